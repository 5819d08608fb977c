"""A folder that changes in one step: built beside its place, then exchanged with what stands there.

Whenever the machine stops, the folder is the old one or the new one, whole. What was built before a stop is found
again by the next run, which may use what is finished of it. Files that did not change are linked, not copied: they
keep their inode and their time.
"""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

from detection.outside.files import DiskError

_HERE = -100  # AT_FDCWD: names are relative to the working folder
_EXCHANGE = 2  # RENAME_EXCHANGE of Linux, RENAME_SWAP of macOS
_NO_SUCH_CALL = frozenset({errno.ENOSYS, errno.EINVAL, errno.ENOTSUP})


def begin(folder: Path) -> Path:
    """The place beside ``folder`` where its next generation is built, with whatever a stopped run left there.

    Raises:
        DiskError: the disk refuses.
    """
    building, previous = beside(folder, "building"), beside(folder, "previous")
    try:
        if previous.exists() and not folder.exists():
            previous.replace(folder)
        if building.is_symlink() or building.is_file():
            building.unlink()
        building.mkdir(parents=True, exist_ok=True)
        for link in filter(Path.is_symlink, building.iterdir()):
            link.unlink()
    except OSError as error:
        raise _refused(building, error) from error
    return building


def adopt(names: Iterable[str], folder: Path, building: Path) -> None:
    """Take files over into the next generation; linked where the disk can, else copied.

    Raises:
        DiskError: the disk is full or refuses.
    """
    for name in names:
        old, new = folder / name, building / name
        try:
            new.parent.mkdir(parents=True, exist_ok=True)
            new.unlink(missing_ok=True)
            _link(old, new)
        except OSError as error:
            raise _refused(new, error) from error


def keep_only(building: Path, names: Iterable[str]) -> None:
    """Remove every file that is not named, and every folder that is left empty."""
    wanted = {building / name for name in names}
    for place, folders, found in os.walk(building, topdown=False):
        for path in (Path(place) / name for name in found):
            if path not in wanted:
                path.unlink()
        for path in (Path(place) / name for name in folders):
            if path.is_symlink():
                path.unlink()
            elif not any(path.iterdir()):
                path.rmdir()


def finish(building: Path, folder: Path) -> None:
    """Put what was built in its place; what stood there is removed afterwards.

    Raises:
        DiskError: the disk refuses.
    """
    try:
        for place, _, _ in os.walk(building):
            _sync(Path(place))
        if folder.exists():
            _exchange(building, folder)
        else:
            building.replace(folder)
        _sync(folder.parent)
        for left in (building, beside(folder, "previous")):
            shutil.rmtree(left, ignore_errors=True)
    except OSError as error:
        raise _refused(folder, error) from error


def beside(folder: Path, word: str) -> Path:
    """A hidden neighbour of a folder."""
    return folder.with_name(f".{folder.name}.{word}")


def _link(old: Path, new: Path) -> None:
    try:
        os.link(old, new)
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.EXDEV, errno.EMLINK, errno.ENOTSUP):
            raise
        shutil.copy2(old, new)
        _sync(new)


def _exchange(building: Path, folder: Path) -> None:
    """Swap two folders; by one call of the system where it has one, else by two renames that :func:`begin` mends."""
    one, other = os.fsencode(building), os.fsencode(folder)
    system = ctypes.CDLL(None, use_errno=True)
    if sys.platform == "darwin":
        status = system.renamex_np(one, other, _EXCHANGE)
    elif hasattr(system, "renameat2"):
        status = system.renameat2(_HERE, one, _HERE, other, _EXCHANGE)
    else:
        status = -1
        ctypes.set_errno(errno.ENOSYS)
    if status == 0:
        return
    if (number := ctypes.get_errno()) not in _NO_SUCH_CALL:
        raise OSError(number, os.strerror(number))
    previous = beside(folder, "previous")
    shutil.rmtree(previous, ignore_errors=True)
    folder.replace(previous)
    building.replace(folder)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _refused(path: Path, error: OSError) -> DiskError:
    return DiskError(f"{path}: cannot be written ({error.strerror or error}); free space or mend it, then rerun")
