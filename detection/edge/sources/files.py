"""Pictures on disk: one, a folder as it is, or a folder that is watched. One bad picture is an item like any other."""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from detection.edge.sources.items import QUIET_S, Choice, Frame, Item, Quiet, Unreadable
from detection.edge.vision import frames
from detection.errors import FrameError

_LOOKED_AT = frames.SUFFIXES | {".gif", ".heic", ".tif", ".tiff"}
"""Pictures by their name; those we cannot read are said, not skipped."""

_PIXEL_BYTES, _HEADER_BYTES = 8, 16_000_000
"""No honest picture needs more: four channels of 16 bits, and what a camera writes about it."""


def of_picture(path: Path, choice: Choice) -> Iterator[Item]:
    """One picture."""
    yield _read(path, path.name, choice.camera or path.stem, choice.pixel_limit)


def of_folder(folder: Path, choice: Choice) -> Iterator[Item]:
    """Every picture of a folder and all below it, in the order of names; the first sub-folder names the camera.

    Raises:
        FrameError: it holds no picture.
    """
    names = sorted(_pictures(folder))
    if not names:
        raise FrameError(f"{folder}: holds no picture ({', '.join(sorted(frames.SUFFIXES))}); name another folder")
    for name in names:
        yield _read(folder / name, name, _camera(folder, name, choice), choice.pixel_limit)


def of_watched(folder: Path, choice: Choice, wait: Callable[[float], None] = time.sleep) -> Iterator[Item]:
    """Every picture of a folder, then every one that arrives, for ever.

    A picture counts as arrived when its size and time did not change between two looks: whoever writes under another
    name and renames is seen at once at the second look, and half a file is never read. Pictures that were written over
    are looked at again. What is remembered is as long as the folder is full.

    Args:
        folder: with all below it; read again each :data:`QUIET_S`.
        choice: how.
        wait: for so many seconds.
    """
    before: dict[str, _Stamp] = {}
    answered: dict[str, _Stamp] = {}
    while True:
        now = {name: stamp for name in sorted(_pictures(folder)) if (stamp := _stamp(folder / name)) is not None}
        answered = {name: stamp for name, stamp in answered.items() if now.get(name) == stamp}
        arrived = [name for name, stamp in now.items() if before.get(name) == stamp and name not in answered]
        for name in arrived:
            answered[name] = now[name]
            yield _read(folder / name, name, _camera(folder, name, choice), choice.pixel_limit)
        before = now
        if not arrived:
            yield Quiet("waiting")
        wait(QUIET_S)


@dataclass(frozen=True, slots=True)
class _Stamp:
    bytes: int
    changed_ns: int


def _stamp(path: Path) -> _Stamp | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return _Stamp(found.st_size, found.st_mtime_ns)


def _camera(folder: Path, name: str, choice: Choice) -> str:
    first, _, rest = name.partition("/")
    return first if rest else choice.camera or folder.resolve().name


def _pictures(folder: Path) -> Iterator[str]:
    for place, _, files in os.walk(folder):
        for file in files:
            path = Path(place) / file
            if path.suffix.lower() in _LOOKED_AT and not file.startswith("."):
                yield path.relative_to(folder).as_posix()


def _read(path: Path, name: str, camera: str, pixel_limit: int) -> Frame | Unreadable:
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            return Unreadable(name, camera, "is no ordinary file; take it out of the folder")
        if found.st_size > pixel_limit * _PIXEL_BYTES + _HEADER_BYTES:
            return Unreadable(name, camera, f"has {found.st_size} bytes; no picture of that limit needs as many")
        began = time.perf_counter()
        content = path.read_bytes()
        image = frames.read_image(content, pixel_limit)
        return Frame(name, camera, image, None, content, (time.perf_counter() - began) * 1000)
    except FrameError as error:
        return Unreadable(name, camera, str(error))
    except OSError as error:
        return Unreadable(name, camera, f"cannot be read ({error.strerror or error})")
