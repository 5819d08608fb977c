"""``detection verdict``: the table, the places, the exit."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from detection import cli
from detection.errors import DetectionError, GateRefusalError
from detection.outside import documents
from detection.rules.judging.gates.lines import Line, Verdict

LINE = Line(
    set="golden", variant="int8", label="tube", where={"lighting": ["dusk"]}, metric="recall", at_least=0.75,
    confidence=0.95, observed=0.91, lower=0.8609, upper=0.95, n=120, groups=6, verdict="PASS", needs_more=None,
    sentence="tube",
)  # fmt: skip

CASE = replace(
    LINE, kind="case", variant="fp32", label="box", where={}, metric="never_miss", at_least=1.0, observed=1.0,
    lower=None, upper=None, n=1, sentence="a long name.jpg · fp32 · must find box at 1 2 3 4: found: PASS",
)  # fmt: skip


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


def write(*lines: Line) -> None:
    worst = next((w for w in ("FAIL", "NOT PROVEN") if w in {line.verdict for line in lines}), "PASS")
    verdict = Verdict(worst, lines, {})  # type: ignore[arg-type]
    documents.write_value(Path("data/gate/verdict.json"), verdict)


def test_a_green_verdict_shows_each_line_and_where_the_bundle_is(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(LINE)
    (checkout / "export/bundle").mkdir(parents=True)
    (checkout / "export/bundle/manifest.json").write_text("{}")
    cli.call(["verdict"])
    said = capsys.readouterr().out
    assert "verdict: PASS" in said
    assert "golden recall, tube, lighting dusk" in said
    assert "0.860" in said, "a bound is never rounded up"
    assert "python export/bundle/runtime.pyz run export/bundle FOLDER_OF_IMAGES --draw drawn" in said


def test_a_red_verdict_is_shown_whole_and_refused(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(LINE, replace(LINE, verdict="FAIL"), replace(LINE, verdict="NOT PROVEN", needs_more=31))
    with pytest.raises(GateRefusalError, match="1 of 3 lines failed, 1 not proven"):
        cli.call(["verdict"])
    said = capsys.readouterr().out
    assert "golden recall, tube, lighting dusk, int8: needs about 31 more" in said
    assert "bundle   none" in said


def test_nothing_to_count_is_not_shown_as_a_number(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(replace(LINE, observed=None, lower=None, upper=None, n=0, verdict="NOT PROVEN"))
    with pytest.raises(GateRefusalError):
        cli.call(["verdict"])
    row = next(line for line in capsys.readouterr().out.splitlines() if "golden" in line)
    assert re.split(r"\s{2,}", row.strip())[2:6] == ["-", "-", "0.75", "0"]


def test_the_table_fits_a_narrow_terminal(
    checkout: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    write(
        LINE,
        replace(LINE, variant="fp32"),
        CASE,
        replace(CASE, variant="int8", sentence=CASE.sentence.replace("fp32", "int8")),
    )
    cli.call(["verdict"])
    said = capsys.readouterr().out
    assert "…" not in said
    assert max(map(len, said.splitlines()[:8])) <= 80
    assert said.count("tube") == 1, "a criterion is named once, whatever the number of variants"
    assert re.search(r"cases kept +all +1 +- +1 +1 +- +PASS", said)


def test_a_violated_case_is_told_in_words(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = "a long name.jpg · int8 · must find box at 1 2 3 4: not found at overlap 0.5 (the largest): FAIL"
    write(LINE, CASE, replace(CASE, variant="int8", verdict="FAIL", observed=0.0, sentence=said))
    with pytest.raises(GateRefusalError, match="1 of 3 lines failed"):
        cli.call(["verdict"])
    assert said in capsys.readouterr().out


def test_without_a_verdict_the_next_step_is_named(checkout: Path) -> None:
    with pytest.raises(DetectionError, match="dvc repro"):
        cli.call(["verdict"])
