"""A folder changes in one step: whatever stops the machine, it is the old one or the new one."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from detection.outside.files import DiskError
from detection.outside.intake import generations

ROOT = Path(__file__).parents[3]
OLD = {"frames": "old", "sources/a/x": "kept", "gone/y": "old"}
NEW = {"frames": "new", "sources/a/x": "kept", "sources/b/z": "new"}
CHANGE = """
import sys
from pathlib import Path
from detection.outside import files
from detection.outside.intake import generations
folder = Path(sys.argv[1])
building = generations.begin(folder)
generations.adopt(["sources/a/x"], folder, building)
for name in ("frames", "sources/b/z"):
    files.write_text(building / name, "new")
generations.finish(building, folder)
"""
CALLS = ("rename", "renameat2", "link", "unlink", "unlinkat", "rmdir", "mkdir", "fsync", "write", "chmod")


def made(folder: Path, content: dict[str, str]) -> Path:
    for name, text in content.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def seen(folder: Path) -> dict[str, str]:
    return {p.relative_to(folder).as_posix(): p.read_text() for p in folder.rglob("*") if p.is_file()}


def changed(folder: Path) -> None:
    building = generations.begin(folder)
    generations.adopt(["sources/a/x"], folder, building)
    for name in ("frames", "sources/b/z"):
        (building / name).parent.mkdir(parents=True, exist_ok=True)
        (building / name).write_text("new")
    generations.finish(building, folder)


def test_a_folder_is_exchanged_whole(tmp_path: Path) -> None:
    """What is no longer there is gone; beside it nothing is left."""
    folder = made(tmp_path / "out", OLD)
    changed(folder)
    assert seen(folder) == NEW
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_what_is_taken_over_keeps_its_inode_and_its_time(tmp_path: Path) -> None:
    """A hundred gigabytes of shards are not copied for a new source beside them."""
    folder = made(tmp_path / "out", OLD)
    before = (folder / "sources/a/x").stat()
    changed(folder)
    after = (folder / "sources/a/x").stat()
    assert (before.st_ino, before.st_mtime_ns, after.st_nlink) == (after.st_ino, after.st_mtime_ns, 1)


def test_the_first_generation_needs_none_before_it(tmp_path: Path) -> None:
    """A fresh clone."""
    building = generations.begin(tmp_path / "data" / "out")
    made(building, NEW)
    generations.finish(building, tmp_path / "data" / "out")
    assert seen(tmp_path / "data" / "out") == NEW


def test_a_machine_without_exchange_is_mended_by_the_next_run(tmp_path: Path) -> None:
    """It stopped between two renames: the old folder has another name and comes back."""
    made(tmp_path / ".out.previous", OLD)
    generations.begin(tmp_path / "out")
    assert seen(tmp_path / "out") == OLD


def test_files_that_nobody_named_are_removed(tmp_path: Path) -> None:
    """With folders left empty and links to elsewhere; what they point at stays."""
    folder, outside = made(tmp_path / "out", OLD), made(tmp_path / "outside", {"x": "mine"})
    (folder / "link").symlink_to(outside)
    (folder / "sources" / "file").symlink_to(outside / "x")
    generations.keep_only(folder, ["sources/a/x"])
    assert seen(folder) == {"sources/a/x": "kept"}
    assert [path.name for path in folder.iterdir()] == ["sources"]
    assert seen(outside) == {"x": "mine"}


def test_a_disk_that_refuses_is_our_error(tmp_path: Path) -> None:
    """A file stands where the folder should."""
    (tmp_path / "data").write_text("a file")
    with pytest.raises(DiskError, match="cannot be written"):
        generations.begin(tmp_path / "data" / "out")


@pytest.mark.slow
def test_without_the_call_for_it_two_renames_exchange(tmp_path: Path) -> None:
    """As on file systems that know no exchange."""
    folder = made(tmp_path / "place" / "out", OLD)
    words = [_strace(), "-qq", "-o", str(tmp_path / "log"), "-e", "inject=renameat2:error=EINVAL"]
    done = subprocess.run([*words, sys.executable, "-B", "-c", CHANGE, str(folder)], cwd=ROOT, check=False)
    assert "INJECTED" in (tmp_path / "log").read_text()
    assert (done.returncode, seen(folder), [path.name for path in folder.parent.iterdir()]) == (0, NEW, ["out"])


def _strace() -> str:
    program = shutil.which("strace")
    if program is None:
        pytest.skip("no strace here; install it to stop the machine at every call")
    return program


def _faults(folder: Path, call: str, fault: str) -> list[dict[str, str]]:
    """Run the change with a fault at the first, second ... such call, until there is none left; what each run left."""
    left: list[dict[str, str]] = []
    for number in range(1, 100):
        shutil.rmtree(folder.parent, ignore_errors=True)
        made(folder, OLD)
        words = [_strace(), "-qq", "-o", str(folder.parent / "log"), "-e", f"inject={call}:{fault}:when={number}"]
        words += ["-e", f"trace={call}", sys.executable, "-B", "-c", CHANGE, str(folder)]
        subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
        told = (folder.parent / "log").read_text()
        if not ("INJECTED" in told or "SIGKILL" in told):
            return left
        left.append(seen(folder))
    raise AssertionError("the change never ended")


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["signal=SIGKILL", "error=ENOSPC", "error=EIO"])
def test_whatever_stops_it_the_folder_is_the_old_or_the_new(tmp_path: Path, fault: str) -> None:
    """At every call that touches the two folders; and the next run ends the change."""
    folder = tmp_path / "place" / "out"
    left = [state for call in CALLS for state in _faults(folder, call, fault)]
    assert len(left) > 15
    assert all(state in (OLD, NEW) for state in left)
    made(folder, OLD)
    changed(folder)
    assert seen(folder) == NEW
