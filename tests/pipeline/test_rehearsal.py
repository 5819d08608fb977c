"""The rehearsal on the tiny world: real stages, real faults; and the world is afterwards as it was before.

The tiny world's limits of quality are as low as can be, so that only what is caught whatever a model is worth is caught
here; that a good model's own limits catch the rest is seen on the default world.
"""

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
    "missing-labels": "stage evaluate takes what it reads",
    "leaked-split": "the split is certified",
    "wrong-thresholds": "stage evaluate takes what it reads",
}
"""Faults that are caught whatever the model is worth, and a part of the name of the line that catches each."""


@pytest.fixture(scope="module")
def folder(finished: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a rehearsal of every fault left; some are not caught, which is a failure of the rehearsal."""
    place = tmp_path_factory.mktemp("rehearsal")
    done = finished.run("detection", "rehearse", "--out", place, check=False)
    assert done.returncode == 2, done.stdout[-4000:]
    assert "NOT CAUGHT" in done.stdout
    return place


@pytest.fixture(scope="module")
def sheet(folder: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((folder / "rehearsal.json").read_text())
    return read


def test_every_fault_is_planted_and_the_sound_model_is_green(sheet: dict[str, Any]) -> None:
    assert {check["verdict"] for check in sheet["sound"]} == {"PASS"}
    assert [row["obstacle"] for row in sheet["rows"]] == [""] * 10, "nine faults, one of them in two ways"


@pytest.mark.parametrize("fault", CAUGHT)
def test_what_no_limit_of_quality_has_to_see_is_caught(fault: str, sheet: dict[str, Any]) -> None:
    first = next(row for row in sheet["rows"] if row["fault"] == fault)
    assert any(CAUGHT[fault] in check["name"] for check in first["caught_by"])


def test_a_fault_that_nobody_catches_is_a_failure(sheet: dict[str, Any]) -> None:
    """Labels that never were change no digest, and limits as low as can be let everything through."""
    assert sheet["verdict"] == "FAIL"
    never = [row for row in sheet["rows"] if row["fault"] == "missing-labels"][1]
    assert not never["caught_by"]
    assert "nobody caught" in sheet["sentence"]


def test_the_page_says_how_many_were_caught(folder: Path, sheet: dict[str, Any]) -> None:
    caught = sum(bool(row["caught_by"]) for row in sheet["rows"])
    assert f"{caught} of 10" in (folder / "rehearsal.html").read_text()


def test_the_world_is_as_it_was_and_nothing_lies_about(finished: Workspace, folder: Path) -> None:
    assert folder.is_dir()
    assert "up to date" in finished.run("dvc", "status").stdout


def test_where_nothing_was_judged_the_next_step_is_named(tmp_path: Path) -> None:
    made = workspace.make(tmp_path / "checkout", "tiny")
    done = made.run("detection", "rehearse", check=False)
    assert done.returncode == 1
    assert "run `dvc repro`" in done.stdout
