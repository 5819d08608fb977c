"""``detection power``: what the sets can prove, shown; status 2 if a line is out of reach."""

from __future__ import annotations

from pathlib import Path

import pytest

from detection import cli
from detection.errors import GateRefusalError
from tests.examples_gates import labelled

ROOT = Path(__file__).parents[2]
CRITERION = "{{set: golden, variant: every, label: {}, where: {{}}, metric: recall, at_least: {}, confidence: 0.95}}"


def checkout(folder: Path, *criteria: str) -> None:
    """A checkout with 60 golden frames of a box each, every frame a group of its own."""
    spec = (ROOT / "specs/spec.yaml").read_text(encoding="utf-8")
    begin, end = spec.index("acceptance:"), spec.index("comparison:")
    lines = "".join(f"    - {criterion}\n" for criterion in criteria)
    rest = "  subgroups: []\n  cases: {never_miss: [], never_fire: []}\n"
    mine = f"acceptance:\n  correction: none\n  criteria:\n{lines}{rest}"
    (folder / "specs").mkdir()
    (folder / "specs/spec.yaml").write_text(spec[:begin] + mine + spec[end:], encoding="utf-8")
    labelled(folder, "box", frames=60)


@pytest.fixture(autouse=True)
def _in_its_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "140")


def test_a_line_that_can_be_proven_is_shown_with_what_it_takes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    checkout(tmp_path, CRITERION.format("box", 0.8))
    cli.call(["power", "--draws", "200"])
    said = capsys.readouterr().out
    assert "golden recall, box" in said
    assert "60 (60)" in said


def test_a_line_out_of_any_models_reach_is_refused_with_the_way_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Known before a night of training, not after it."""
    checkout(tmp_path, CRITERION.format("box", 0.8), CRITERION.format("tube", 0.8))
    with pytest.raises(GateRefusalError, match="1 of 2 lines cannot pass, however good the model is"):
        cli.call(["power", "--draws", "200"])
    assert "golden recall, tube" in capsys.readouterr().out


def test_the_defaults_fit_a_narrow_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    checkout(tmp_path, CRITERION.format("box", 0.8))
    cli.call(["power", "--draws", "200"])
    assert "…" not in capsys.readouterr().out
