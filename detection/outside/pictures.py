"""Photographs for people: frames and crops with boxes drawn, as JPEG. Decides nothing."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from detection.edge.vision.frames import Image, read_image
from detection.rules.evidence.page import DataUri

PIXEL_LIMIT = 64_000_000
QUALITY = 82
GREEN, RED, AMBER, BLUE, WHITE = (96, 200, 60), (60, 60, 235), (40, 170, 250), (225, 140, 60), (255, 255, 255)
CLASS_COLOURS = ((200, 145, 60), (60, 145, 230), (120, 190, 70), (190, 110, 180), (100, 90, 210), (60, 180, 190))
"""Blue, green, red; one per class in the spec's order, repeating."""
BLANK = 238
"""Grey of a frame without pixels."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One box to draw.

    Attributes:
        corners: x1, y1, x2, y2 in pixels of the frame.
        colour: blue, green, red.
        dashed: drawn broken, for what is not there.
    """

    corners: tuple[float, float, float, float]
    colour: tuple[int, int, int]
    dashed: bool = False


def frame(content: bytes, marks: Sequence[Mark], width: int = 320) -> DataUri:
    """A whole frame, scaled to ``width``.

    Raises:
        FrameError: the content is no image that may be decoded.
    """
    image = read_image(content, PIXEL_LIMIT)
    return _uri(_drawn(image, marks, width / image.shape[1]))


def outline(width: int, height: int, marks: Sequence[Mark], scaled_to: int = 320) -> DataUri:
    """A blank frame of ``width`` x ``height`` pixels with its marks, for frames whose pixels are not here."""
    scale = scaled_to / max(width, 1)
    canvas = np.full((max(round(height * scale), 1), scaled_to, 3), BLANK, np.uint8)
    for mark in marks:
        _outline(canvas, mark, scale)
    return _uri(canvas)


def crop(content: bytes, around: Mark, others: Sequence[Mark], side: int = 240) -> DataUri:
    """A square around one box, two and a half times as wide as the box, with the boxes in view.

    Raises:
        FrameError: the content is no image that may be decoded.
    """
    image = read_image(content, PIXEL_LIMIT)
    x1, y1, x2, y2 = around.corners
    height, width = image.shape[:2]
    reach = min(max(2.5 * max(x2 - x1, y2 - y1), 48.0), float(min(height, width)))
    left = int(np.clip((x1 + x2 - reach) / 2, 0, width - reach))
    top = int(np.clip((y1 + y2 - reach) / 2, 0, height - reach))
    view = image[top : top + int(reach), left : left + int(reach)]
    shifted = [_shifted(mark, left, top) for mark in (*others, around)]
    return _uri(_drawn(view, shifted, side / view.shape[1]))


def drawn(image: Image, marks: Sequence[Mark], width: int) -> Image:
    """A copy of ``image`` scaled to ``width`` pixels with the marks on it."""
    return _drawn(image, marks, width / image.shape[1])


def _drawn(image: Image, marks: Sequence[Mark], scale: float) -> Image:
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    canvas = cv2.resize(image, None, fx=scale, fy=scale, interpolation=interpolation).astype(np.uint8)
    for mark in marks:
        _outline(canvas, mark, scale)
    return canvas


def _outline(canvas: Image, mark: Mark, scale: float) -> None:
    x1, y1, x2, y2 = (round(value * scale) for value in mark.corners)
    if not mark.dashed:
        cv2.rectangle(canvas, (x1, y1), (x2, y2), mark.colour, 2, cv2.LINE_AA)
        return
    for x in range(x1, x2, 10):
        for y in (y1, y2):
            cv2.line(canvas, (x, y), (min(x + 5, x2), y), mark.colour, 2)
    for y in range(y1, y2, 10):
        for x in (x1, x2):
            cv2.line(canvas, (x, y), (x, min(y + 5, y2)), mark.colour, 2)


def _shifted(mark: Mark, left: int, top: int) -> Mark:
    x1, y1, x2, y2 = mark.corners
    return Mark((x1 - left, y1 - top, x2 - left, y2 - top), mark.colour, mark.dashed)


def _jpeg(image: Image) -> bytes:
    return bytes(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].tobytes())


def _uri(image: Image) -> DataUri:
    return f"data:image/jpeg;base64,{b64encode(_jpeg(image)).decode()}"
