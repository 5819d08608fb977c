"""``detection score`` in a workspace: what lies there is found, what does not is an honest zero."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from detection.cli import call
from detection.errors import DetectionError
from detection.outside import documents
from detection.outside.assurance.gathering import gather
from detection.outside.database.registry import open_registry
from tests.examples_registry import NOW, PEOPLE
from tests.examples_store import Desk, year
from tests.examples_verdict import gate, parity

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of which only the specification is there."""
    (tmp_path / "specs").mkdir()
    shutil.copy(ROOT / "specs/spec.yaml", tmp_path / "specs")
    shutil.copy(ROOT / "params.yaml", tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_an_empty_workspace_scores_zero_and_names_the_first_move(
    workspace: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call(["score", "--json", "score.json"])
    said = json.loads((workspace / "score.json").read_text())
    assert len(said["score"]["rows"]) == 28
    assert said["score"]["final"] == 0
    assert {row["answer"]["points"] for row in said["score"]["rows"]} == {0}
    assert "Next move: dvc repro" in capsys.readouterr().out


def test_what_lies_in_the_workspace_is_found(workspace: Path) -> None:
    documents.write_value(workspace / "data/gate/verdict.json", gate("PASS"))
    documents.write_value(workspace / "data/parity/parity.json", parity())
    call(["score", "--json", "score.json"])
    rows = json.loads((workspace / "score.json").read_text())["score"]["rows"]
    proven = {(row["section"], row["number"]) for row in rows if row["answer"]["points"]}
    assert {("Data", 3), ("Data", 7), ("Model", 6)} <= proven


def test_the_registry_is_evidence(workspace: Path) -> None:
    """Live versions, returns and sound approvals are counted from the registry itself."""
    with open_registry("sqlite:///registry.db", create=True, at=NOW) as registry:
        year(Desk(registry))
    found = gather("sqlite:///registry.db", PEOPLE, NOW).governed
    assert found is not None
    assert found.versions
    assert found.chain == ""
    assert {one.action for one in found.periods} & {"rollback", "withdraw"}
    assert gather("sqlite:///none.db", PEOPLE, NOW).governed is None
    assert not (workspace / "none.db").exists()


def test_damaged_evidence_is_an_error_and_no_zero(workspace: Path) -> None:
    (workspace / "data/gate").mkdir(parents=True)
    (workspace / "data/gate/verdict.json").write_text('{"verdict": "PASS"')
    with pytest.raises(DetectionError, match=r"verdict\.json"):
        call(["score"])
