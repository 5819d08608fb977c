"""A video file: every frame, in order, however long one takes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

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
        number = 0
        found, image = capture.read()
        while found:
            yield Frame(f"{path.name}#{number:06d}", choice.camera or path.stem, np.asarray(image, np.uint8))
            number += 1
            found, image = capture.read(image)
    finally:
        capture.release()
    if number == 0:
        raise FrameError(f"{path}: holds no frame that can be decoded; copy it again")
