"""The short form of ``make faults``, and proof that it finds what it looks for."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.faults import __main__ as harness
from benchmarks.faults import devices
from benchmarks.faults.cuts import Change, Recorder, read_tree, states, write_tree
from benchmarks.faults.devices import EXPECTED
from benchmarks.faults.table import Fault
from benchmarks.faults.telemetry.line import line
from detection.edge.__main__ import main as runtime
from detection.edge.installation import disk, slots
from detection.edge.installation.slots import Root
from detection.edge.installation.state import Installed, State
from detection.outside.telemetry.stored import places
from tests.examples_telemetry import BOOT, BUNDLE, Sent, body, record

ONE = Installed("colours", 1, "1" * 64, "cpu-plain", "environment/bin/python")


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["installation", "power", "disk", "models", "telemetry"])
def test_a_sample_of_faults_is_survived(kind: str, capsys: pytest.CaptureFixture[str]) -> None:
    if kind in ("installation", "disk") and shutil.which("strace") is None:
        pytest.skip("no strace here; install it to stop the machine at every call")
    assert harness.main(["--short", "--only", kind]) == 0, capsys.readouterr().out


def test_a_fault_that_is_not_survived_is_said_and_fails(capsys: pytest.CaptureFixture[str]) -> None:
    made = harness.outcome("kind", [Fault("here", "old", "old"), Fault("there", "old", "none")])
    assert (made.injected, len(made.failed), made.held) == (2, 1, False)
    assert not harness.outcome("kind", []).held, "nothing planted proves nothing"


def test_telemetry_that_is_lost_or_stored_twice_is_found_out(tmp_path: Path) -> None:
    """Two were promised; one is not there, the other twice."""
    with line(tmp_path / "line", tmp_path) as made:
        (made.folder / "promised-0").write_text(f'["{BOOT}", 0]\n["{BOOT}", 1]\n')
        content = body([record(Sent(0)), record(Sent(0))])
        place = made.store / BUNDLE / places.INCOMING / places.arrival_name(1, content)
        place.parent.mkdir(parents=True)
        place.write_bytes(content)
        assert made.verdict() == "of 2: lost 1, stored twice 1, segments set aside 0"


def test_a_disk_without_interruption_is_as_it_was_left(tmp_path: Path) -> None:
    """The last state of the enumerator is what the program really wrote."""
    root = Root(tmp_path / "root")
    slots.prepare(root)
    before = read_tree(root.folder)
    with Recorder(root.folder) as recorder:
        slots.change(root, lambda found: found.switched(ONE, 3))
        slots.change(root, State.kept)
    assert list(states(before, recorder.changes))[-1][1] == read_tree(root.folder)


def names(tmp_path: Path, write: Callable[[Path, bytes], None]) -> set[str]:
    """What a file may hold after a cut, where it held ``old`` and is replaced by ``new!``; ``-`` is no file."""
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "file").write_bytes(b"old")
    before = read_tree(folder)
    with Recorder(folder) as recorder:
        write(folder / "file", b"new!")
    found = [tree.get("file", b"-") for _, tree in states(before, recorder.changes)]
    return {(content or b"").decode() for content in found}


def test_a_file_that_is_replaced_is_the_old_or_the_new(tmp_path: Path) -> None:
    assert names(tmp_path, disk.write) == {"old", "new!"}


def test_the_enumerator_finds_a_rename_before_a_sync(tmp_path: Path) -> None:
    """Without the sync a cut may leave an empty file: what kill tests never show."""

    def careless(path: Path, content: bytes) -> None:
        descriptor = os.open(path.with_suffix(".part"), os.O_WRONLY | os.O_CREAT)
        os.write(descriptor, content)
        os.close(descriptor)
        path.with_suffix(".part").rename(path)

    assert names(tmp_path, careless) == {"old", "new!", "", "ne"}


def test_the_enumerator_finds_two_renames(tmp_path: Path) -> None:
    def careless(path: Path, content: bytes) -> None:
        disk.create(path.with_suffix(".new"), content)
        path.rename(path.with_suffix(".old"))
        path.with_suffix(".new").rename(path)

    assert names(tmp_path, careless) == {"old", "new!", "-"}


def test_the_enumerator_finds_writing_in_place(tmp_path: Path) -> None:
    assert names(tmp_path, disk.create) >= {"", "ne", "new!"}


@pytest.mark.slow
def test_an_installer_that_does_not_sync_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control of the power cuts: the same installation, its syncs of files left out."""

    def unsynced(path: Path, content: bytes, mode: int) -> None:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
        os.write(descriptor, content)
        os.close(descriptor)

    with devices.workplace() as folder:
        scene = devices.scenes(folder)[1]
        monkeypatch.setattr(disk, "_fill", unsynced)
        root = devices.copied(scene, folder / "recorded")
        before = read_tree(root.folder)
        with Recorder(root.folder) as recorder:
            runtime([*scene.words, scene.rooted, str(root.folder)])
        monkeypatch.undo()
        seen = set()
        for _, tree in states(before, recorder.changes):
            cut = Root(folder / "cut")
            write_tree(cut.folder, tree)
            seen.add(devices.after(scene, cut))
            devices.gone(cut)
    assert seen - {EXPECTED}


def test_only_calls_that_name_something_are_counted_as_changes_of_names() -> None:
    kinds = ("create", "mkdir", "rename", "unlink", "rmdir")
    assert all(Change(kind, "x").of_folder for kind in kinds)  # type: ignore[arg-type]
    assert not any(Change(kind, "x").of_folder for kind in ("write", "sync", "sync folder"))
