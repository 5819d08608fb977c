"""A video file: every frame, in order, however long one takes."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from detection.edge.sources.captures import Picture
from detection.edge.sources.items import Choice, Frame, Item
from detection.errors import FrameError

SUFFIXES = frozenset((".avi", ".m4v", ".mkv", ".mov", ".mp4", ".webm"))


def of_video(path: Path, choice: Choice) -> Iterator[Item]:
    """Every frame of a video; one picture's memory serves them all.

    Raises:
        FrameError: it is no video, its frames are too large, or it holds none.
    """
    capture = cv2.VideoCapture(str(path))
    try:
        pixels = capture.get(cv2.CAP_PROP_FRAME_WIDTH) * capture.get(cv2.CAP_PROP_FRAME_HEIGHT)
        if not capture.isOpened() or not 0 < pixels <= choice.pixel_limit:
            raise FrameError(f"{path}: is no video of 1 to {choice.pixel_limit} pixels a frame; convert it first")
        number, image = 0, None
        while True:
            began = time.perf_counter()
            image = _next(capture, image)
            if image is None:
                break
            read_ms = (time.perf_counter() - began) * 1000
            yield Frame(f"{path.name}#{number:06d}", choice.camera or path.stem, image, read_ms=read_ms)
            number += 1
    finally:
        capture.release()
    if number == 0:
        raise FrameError(f"{path}: holds no frame that can be decoded; copy it again")


def _next(capture: cv2.VideoCapture, into: Picture | None = None) -> Picture | None:
    """The next picture, if there is one; what the decoder cannot make anything of ends the video."""
    try:
        found, image = capture.read(into)
    except cv2.error:
        return None
    return np.asarray(image, np.uint8) if found and image is not None else None
