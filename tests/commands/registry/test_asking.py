"""What people ask the registry, through the real command line."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from detection.cli import call
from detection.commands.registry.asking.audit import NEWEST
from detection.errors import DetectionError
from tests.examples_governed import URL, write_workspace
from tests.examples_registry import MODEL, digest_of

REGISTRY = ("--registry", f"sqlite:///{URL}")


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("workspace")
    write_workspace(folder)
    return folder


@pytest.fixture
def workspace(lived: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(lived)
    return lived


@pytest.fixture
def own(lived: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    place = tmp_path / "workspace"
    shutil.copytree(lived, place)
    monkeypatch.chdir(place)
    return place


def asked(*words: str) -> None:
    call(["registry", *words, *REGISTRY])


def status_of(*words: str) -> int:
    with pytest.raises(SystemExit) as end:
        asked(*words)
    return int(end.value.code or 0)


def test_live_says_what_who_and_on_what_evidence(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked("live", "line-1/prod")
    said = capsys.readouterr().out
    assert f"{MODEL}/line-1/prod  1.0.0" in said
    assert digest_of(1) in said
    assert "rollback  by engineer-2: tubes are missed at dusk" in said
    assert "approved  by quality-1 (quality)" in said
    assert "line-1/dev" not in said


def test_live_at_a_day_says_what_was_live_then(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An examiner asks about a day in the past; the answer does not change when versions change."""
    asked("live", "line-1/prod", "--at", "2026-06-23")
    assert f"{MODEL}/line-1/prod  1.1.0" in capsys.readouterr().out
    asked("live", "--at", "2026-06-01")
    assert capsys.readouterr().out == "nothing is live\n"


def test_a_slot_where_nothing_is_live_is_told_from_one_that_is_none(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked("live", "line-1/staging")
    assert "nothing is live" in capsys.readouterr().out
    with pytest.raises(DetectionError, match="has no line-9"):
        asked("live", "line-9/prod")


def test_live_ends_with_2_where_a_signature_is_bad(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    people = own / "specs" / "people.yaml"
    people.write_text(people.read_text().replace("quality-1", "quality-9"))
    assert status_of("live", "line-1/prod") == 2
    said = capsys.readouterr().out
    assert "NOT VERIFIED: 'quality-1' is not in specs/people.yaml" in said
    assert status_of("history", "line-1/prod") == 2
    assert status_of("audit", "--verify") == 2


def test_list_shows_the_newest_first_and_where_each_stands(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked("list")
    said = capsys.readouterr().out
    assert re.findall(r"^  (1\.\d\.0)", said, re.M) == ["1.2.0", "1.1.0", "1.0.0"]
    assert "Production in line-1/prod since 2026-06-24 08:00" in said
    asked("list", "--limit", "1")
    assert "and 2 older: --limit 3" in capsys.readouterr().out
    asked("list", "--model", "other")
    assert "no version of other is registered" in capsys.readouterr().out


def test_history_is_read_page_by_page(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each page begins where the one before ended, and says for how long each was live."""
    asked("history", "line-1/prod", "--limit", "1")
    first = capsys.readouterr().out
    assert "until now" in first
    assert "older: --before 3" in first
    asked("history", "line-1/prod", "--limit", "1", "--before", "3")
    second = capsys.readouterr().out
    assert "1.1.0" in second
    assert "for 2 days" in second
    asked("history", "line-1/prod", "--before", "1")
    assert "nothing before that" in capsys.readouterr().out


def test_info_shows_everything_of_a_version(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked("info", digest_of(2)[:6])
    said = capsys.readouterr().out
    for words in ("1.1.0", "Deprecated", "quality-1", "Seed", "AP50-95", "Commit"):
        assert words in said
    assert "\x1b[31m" not in said, "words of an approval colour no terminal"


def test_compare_recommends_with_reasons_and_writes_a_page(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked("compare", "1.0.0", "latest", "--html", "comparison.html")
    said = capsys.readouterr().out
    assert "COMPARE FIRST" in said
    assert "detection compare" in said
    assert "COMPARE FIRST" in Path("comparison.html").read_text()


@pytest.mark.parametrize(
    ("thing", "there"),
    [
        ("1.0.0", "line-1/prod"),
        ("latest", "went into nothing"),
        ("data/split/splits.parquet", "1.2.0"),
        ("777777", "line-1/dev"),
        ("line-1/prod", "(Archived)"),
        (f"{MODEL}/line-1/prod", "shards"),
    ],
    ids=["version", "latest", "data", "commit", "slot", "whole-slot"],
)
def test_lineage_walks_both_ways_from_anything(
    workspace: Path, capsys: pytest.CaptureFixture[str], thing: str, there: str
) -> None:
    asked("lineage", thing)
    assert there in capsys.readouterr().out


@pytest.mark.parametrize("thing", ["nosuch", "9.9.9", "../..", "<b>"])
def test_lineage_of_nothing_known_says_what_can_be_asked(workspace: Path, thing: str) -> None:
    with pytest.raises(DetectionError):
        asked("lineage", thing)


def test_affected_names_the_live_ones_first(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked("affected", "--package", "torch==2.15.0")
    first = capsys.readouterr().out.splitlines()[0]
    assert first.startswith("3 version(s)")
    assert "1.0.0 in warehouse-parcels/line-1/prod" in first
    asked("affected", "--commit", "abcdef")
    assert capsys.readouterr().out.startswith("0 version(s) with commit abcdef; live: none")
    with pytest.raises(DetectionError, match="name one of"):
        asked("affected", "--commit", "777777", "--package", "torch")
    with pytest.raises(DetectionError, match="name one of"):
        asked("affected")


def test_audit_shows_a_period_and_verifies_against_a_head_kept_elsewhere(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked("audit", "--from", "2026-06-24", "--to", "2026-06-25")
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[4] for line in lines] == ["supersede", "rollback"]
    asked("audit", "--head")
    head = capsys.readouterr().out.strip()
    asked("audit", "--verify", "--against", head)
    assert "audit log whole: 20 entries, 12 signatures verified" in capsys.readouterr().out
    assert status_of("audit", "--against", head.replace(head[-4:], "0000")) == 2
    with pytest.raises(DetectionError, match="--against"):
        asked("audit", "--verify", "--against", "yesterday")


def test_audit_without_a_period_shows_the_newest(workspace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked("audit")
    assert 0 < len(capsys.readouterr().out.splitlines()) <= NEWEST


def test_the_catalogue_is_written_and_says_where(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked("catalogue")
    assert capsys.readouterr().out.startswith("governance/index.html: 13 pages")
    page = Path("governance/index.html").read_text()
    assert "Content-Security-Policy" in page
    assert 'href="live.warehouse-parcels.line-1.prod.html"' in page


HEAVY = ("alembic", "cv2", "daft", "dvc", "mlflow", "numpy", "psycopg", "rich", "torch")


def test_live_loads_nothing_that_it_does_not_need(workspace: Path) -> None:
    """It is asked while a line stands still: as a whole process it has to answer within half a second."""
    words = ["registry", "live", *REGISTRY]
    loaded = f"[name for name in {HEAVY!r} if name in sys.modules]"
    program = f"import sys; from detection.cli import call; call({words!r}); print({loaded})"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
