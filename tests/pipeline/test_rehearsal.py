"""The rehearsal on the tiny world: real stages, real faults; and the world is afterwards as it was before."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests import workspace
from tests.workspace import Workspace

pytestmark = pytest.mark.pipeline

CAUGHT = {
    "swapped-channels": "tensors",
    "stretched-input": "tensors",
    "half-pixel-shift": "tensors",
    "leaked-split": "the split is certified",
    "wrong-thresholds": "stage evaluate takes what it reads",
}
"""Faults that are caught whatever the model is worth, and a part of the name of the line that catches each."""


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace that was judged; its limits of quality are as low as can be."""
    made = workspace.make(tmp_path_factory.mktemp("rehearsal") / "checkout", "tiny")
    made.run("dvc", "repro", "gate")
    return made


def rehearsed(judged: Workspace, *faults: str, status: int) -> dict[str, Any]:
    """Run the rehearsal, see that it leaves the workspace alone, and give its record."""
    words = [word for fault in faults for word in ("--only", fault)]
    done = judged.run("detection", "rehearse", *words, check=False)
    assert done.returncode == status, done.stdout[-4000:]
    assert "up to date" in judged.run("dvc", "status").stdout
    sheet: dict[str, Any] = json.loads((judged.folder / "rehearsal" / "rehearsal.json").read_text())
    return sheet


def test_faults_of_runtime_split_and_thresholds_are_caught_whatever_the_model_is_worth(judged: Workspace) -> None:
    sheet = rehearsed(judged, *CAUGHT, status=0)
    assert sheet["verdict"] == "PASS"
    assert {check["verdict"] for check in sheet["sound"]} == {"PASS"}
    names = {row["fault"]: [check["name"] for check in row["caught_by"]] for row in sheet["rows"]}
    for fault, part in CAUGHT.items():
        assert any(part in name for name in names[fault]), fault
    page = (judged.folder / "rehearsal" / "rehearsal.html").read_text()
    assert "5 of 5" in page


def test_a_fault_that_nobody_catches_is_a_failure(judged: Workspace) -> None:
    """Labels that never were change no digest, and limits as low as can be let everything through."""
    sheet = rehearsed(judged, "missing-labels", status=2)
    assert sheet["verdict"] == "FAIL"
    assert [bool(row["caught_by"]) for row in sheet["rows"]] == [True, False]
    assert "nobody caught missing-labels" in sheet["sentence"]


def test_where_nothing_was_judged_the_next_step_is_named(tmp_path: Path) -> None:
    made = workspace.make(tmp_path / "checkout", "tiny")
    done = made.run("detection", "rehearse", check=False)
    assert done.returncode == 1
    assert "run `dvc repro`" in done.stdout
