"""Every change that an installation makes to the disk, made so that a power cut leaves the old or the new.

A file is written under a temporary name, synced, renamed, and its folder synced. All else in this package goes through
these functions: a test that records the calls below sees every state the disk can be in.
"""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

from detection.errors import DetectionError

TEMPORARY = ".part"
"""How names of unfinished files end; such files are removed at the next start."""
_CHUNK_BYTES = 1 << 20


class InstallationError(DetectionError):
    """Nothing was installed or changed for good: do what the message says, then call it again."""


def write(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Replace a file whole: a reader, or a start after a power cut, finds the old bytes or the new.

    Raises:
        OSError: the disk refused; the old file stands.
    """
    temporary = path.with_name(path.name + TEMPORARY)
    try:
        _fill(temporary, content, mode)
        temporary.rename(path)
    except OSError:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    sync_folder(path.parent)


def create(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Write a file that nobody relies on yet, and sync its bytes; its folder is for the caller to sync.

    Raises:
        OSError: the disk refused.
    """
    _fill(path, content, mode)


def append(path: Path, content: bytes) -> None:
    """Add bytes at the end of a file and sync them.

    Raises:
        OSError: the disk refused; part of the bytes may stand.
    """
    fresh = not path.exists()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
    try:
        _write_all(descriptor, content)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if fresh:
        sync_folder(path.parent)


def make_folder(path: Path) -> None:
    """Make a folder, unless it is there, and make its name last.

    Raises:
        OSError: the disk refused.
    """
    if path.is_dir() and not path.is_symlink():
        return
    path.mkdir(0o755)
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Make the names in a folder last.

    Raises:
        OSError: the disk refused.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove(path: Path) -> None:
    """Remove a file, a link or a folder with all below it, if it is there; links are not followed.

    Raises:
        OSError: the disk refused.
    """
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISDIR(mode):
        path.unlink()
        return
    with os.scandir(path) as listing:
        names = sorted(entry.name for entry in listing)
    for name in names:
        remove(path / name)
    path.rmdir()


def sync_all() -> None:
    """Make everything last that was written by anybody: for files that another program wrote."""
    os.sync()


def _fill(path: Path, content: bytes, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW, mode)
    try:
        _write_all(descriptor, content)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_all(descriptor: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view[:_CHUNK_BYTES]) :]
