"""A device's folder after interruptions: what the state names stays, all else goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from detection.edge.installation import slots
from detection.edge.installation.disk import InstallationError
from detection.edge.installation.slots import Root
from detection.edge.installation.state import Installed, State

ONE = Installed("colours", 1, "1" * 64, "cpu-plain", "environment/bin/python")


@pytest.fixture
def root(tmp_path: Path) -> Root:
    """A device with a version in slot a."""
    made = Root(tmp_path / "root")
    slots.prepare(made)
    slots.change(made, lambda found: found.switched(ONE, 3).kept())
    (made.slot("a") / "bundle").mkdir()
    (made.slot("a") / "bundle" / "manifest.json").write_text("whole")
    return made


def test_leftovers_go_and_the_live_slot_stays(root: Root, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "kept").write_text("kept")
    deep = root.slot("b") / "bundle" / "models"
    deep.mkdir(parents=True)
    (deep / "half").write_text("half")
    (deep / "link").symlink_to(outside)
    for name in ("state.json.part", "supervisor.pyz.part"):
        (root.folder / name).write_text("half")
    (root.folder / "trust.part").mkdir()
    assert slots.recover(root).running == ONE
    assert (root.slot("a") / "bundle" / "manifest.json").read_text() == "whole"
    assert list(root.slot("b").iterdir()) == []
    assert not list(root.folder.glob("*.part"))
    assert (outside / "kept").read_text() == "kept"


def test_a_slot_that_is_being_filled_is_left_alone(root: Root) -> None:
    """A supervisor starts while an installation goes on."""
    (root.slot("b") / "bundle").mkdir()
    with slots.held(root, "installing"):
        slots.recover(root)
        assert (root.slot("b") / "bundle").is_dir()
    slots.recover(root)
    assert not (root.slot("b") / "bundle").exists()


def test_a_lock_is_held_once(root: Root) -> None:
    with slots.held(root, "supervisor", wait=False) as first, slots.held(root, "supervisor", wait=False) as second:
        assert (first, second) == (True, False)
    with slots.held(root, "supervisor", wait=False) as again:
        assert again


def test_a_step_that_is_refused_changes_nothing(root: Root) -> None:
    before = root.state.read_bytes()
    with pytest.raises(InstallationError):
        slots.change(root, State.kept)
    assert root.state.read_bytes() == before


def test_a_new_device_has_nothing_live(tmp_path: Path) -> None:
    assert slots.recover(Root(tmp_path / "new")) == State()


def test_a_damaged_state_is_refused_not_guessed(root: Root) -> None:
    root.state.write_text("{}")
    with pytest.raises(InstallationError, match=r"state\.json"):
        slots.read(root)
