"""Where frames come from: a folder, a picture, a video. One bad picture is an item like any other, with its reason."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from detection.edge.vision import frames
from detection.edge.vision.frames import Image
from detection.errors import FrameError

VIDEO_SUFFIXES = frozenset((".avi", ".m4v", ".mkv", ".mov", ".mp4", ".webm"))
_LOOKED_AT = frames.SUFFIXES | {".gif", ".heic", ".tif", ".tiff"}
"""Pictures by their name; those we cannot read are said, not skipped."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """One frame that was decoded.

    Attributes:
        name: path below the source with ``/``, or ``<video>#<number>``.
        camera: who took it.
        image: ``(h, w, 3)`` blue, green, red.
    """

    name: str
    camera: str
    image: Image


@dataclass(frozen=True, slots=True)
class Unreadable:
    """One frame that could not be decoded, and why."""

    name: str
    camera: str
    reason: str


@dataclass(frozen=True, slots=True)
class Choice:
    """How a source is read.

    Attributes:
        camera: name of the camera where no sub-folder names it; ``""`` takes the source's own name.
        pixel_limit: larger pictures are refused before they are decoded.
    """

    camera: str
    pixel_limit: int


def frames_of(source: Path, choice: Choice) -> Iterator[Frame | Unreadable]:
    """Every frame of a source, in the order of names; in a folder the first sub-folder names the camera.

    Raises:
        FrameError: there is no such source, it cannot be read as a whole, or it holds no picture.
    """
    if source.is_dir():
        return _of_folder(source, choice)
    if not source.is_file():
        raise FrameError(f"{source}: does not exist; name a folder, a picture or a video")
    if source.suffix.lower() in VIDEO_SUFFIXES:
        return _of_video(source, choice)
    return iter([_read(source, source.name, choice.camera or source.stem, choice.pixel_limit)])


def _of_folder(folder: Path, choice: Choice) -> Iterator[Frame | Unreadable]:
    names = sorted(_pictures(folder))
    if not names:
        raise FrameError(f"{folder}: holds no picture ({', '.join(sorted(frames.SUFFIXES))}); name another folder")
    otherwise = choice.camera or folder.resolve().name
    for name in names:
        first, _, rest = name.partition("/")
        yield _read(folder / name, name, first if rest else otherwise, choice.pixel_limit)


def _pictures(folder: Path) -> Iterator[str]:
    for place, _, files in os.walk(folder):
        for file in files:
            path = Path(place) / file
            if path.suffix.lower() in _LOOKED_AT and not file.startswith("."):
                yield path.relative_to(folder).as_posix()


def _read(path: Path, name: str, camera: str, pixel_limit: int) -> Frame | Unreadable:
    try:
        return Frame(name, camera, frames.read_file(path, pixel_limit))
    except FrameError as error:
        return Unreadable(name, camera, str(error))


def _of_video(path: Path, choice: Choice) -> Iterator[Frame | Unreadable]:
    capture = cv2.VideoCapture(str(path))
    try:
        pixels = capture.get(cv2.CAP_PROP_FRAME_WIDTH) * capture.get(cv2.CAP_PROP_FRAME_HEIGHT)
        if not capture.isOpened() or not 0 < pixels <= choice.pixel_limit:
            raise FrameError(f"{path}: is no video of 1 to {choice.pixel_limit} pixels a frame; convert it first")
        number = 0
        while True:
            found, image = capture.read()
            if not found:
                break
            yield Frame(f"{path.name}#{number:06d}", choice.camera or path.stem, np.asarray(image, np.uint8))
            number += 1
    finally:
        capture.release()
    if number == 0:
        raise FrameError(f"{path}: holds no frame that can be decoded; copy it again")
