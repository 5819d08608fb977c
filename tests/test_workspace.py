"""A workspace is a copy that runs for itself and keeps what a run made."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import real_data
from tests import workspace


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> workspace.Workspace:
    return workspace.make(tmp_path_factory.mktemp("workspace") / "checkout", "tiny")


def test_the_presets_spec_and_params_stand_in_place_of_the_default(made: workspace.Workspace) -> None:
    assert "name: tiny" in (made.folder / "specs/spec.yaml").read_text()
    assert (made.folder / "params.yaml").read_bytes() == (workspace.EXAMPLES / "tiny/params.yaml").read_bytes()


def test_programs_run_the_copys_code_not_the_checkouts(made: workspace.Workspace) -> None:
    said = made.run("python", "-c", "import detection; print(detection.__file__)").stdout
    assert Path(said.strip()).parent.parent == made.folder


def test_a_failed_program_shows_what_it_said(made: workspace.Workspace) -> None:
    with pytest.raises(AssertionError, match="no-such-thing"):
        made.run("git", "no-such-thing")


def test_a_refreshed_workspace_keeps_what_a_run_made_and_drops_the_rest(made: workspace.Workspace) -> None:
    (made.folder / "data/train").mkdir(parents=True)
    (made.folder / "data/train/weights.pt").write_bytes(b"weights")
    (made.folder / "detection/left_over.py").write_text("")
    workspace.make(made.folder, "tiny")
    assert (made.folder / "data/train/weights.pt").exists()
    assert not (made.folder / "detection/left_over.py").exists()


def test_a_value_is_edited_in_its_place(made: workspace.Workspace) -> None:
    made.edit("params.yaml", {("train", "epochs"): 3})
    assert "  epochs: 3\n" in (made.folder / "params.yaml").read_text()


@pytest.mark.parametrize("preset", real_data.presets())
def test_a_preset_is_pointed_at_its_data(preset: str, tmp_path: Path) -> None:
    (tmp_path / "set").mkdir()
    made = real_data.prepare(tmp_path / "spaces" / preset, preset, tmp_path / "set")
    params = (made.folder / "params.yaml").read_text()
    assert f"path: {tmp_path / 'set'}" in params
    assert real_data.DATA not in params
    assert (tmp_path / "spaces/.gitignore").read_text() == "*\n"
