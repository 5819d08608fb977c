"""Contact sheets: equally large pictures with a caption each, tiled into one file. Knows not what they show."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from detection.edge.vision.frames import Image
from detection.errors import DetectionError

FORMATS = (".png", ".jpg")
BAR_PX = 20
"""Height of the caption's bar."""
GAP_PX = 4


def captioned(image: Image, caption: str) -> Image:
    """``(h + BAR_PX, w, 3)``: the picture under a dark bar with one line of plain letters."""
    bar = np.full((BAR_PX, image.shape[1], 3), 34, np.uint8)
    cv2.putText(bar, caption, (6, BAR_PX - 6), cv2.FONT_HERSHEY_SIMPLEX, 0.42, (232, 232, 232), 1, cv2.LINE_AA)
    return np.concatenate([bar, image], axis=0)


def tiled(images: Sequence[Image], columns: int) -> Image:
    """At least one picture, all of one size, row by row with gaps; what is left of the last row is dark."""
    height, width = images[0].shape[:2]
    rows = -(-len(images) // columns)
    page = np.full((rows * (height + GAP_PX) + GAP_PX, columns * (width + GAP_PX) + GAP_PX, 3), 18, np.uint8)
    for place, image in enumerate(images):
        top, left = GAP_PX + place // columns * (height + GAP_PX), GAP_PX + place % columns * (width + GAP_PX)
        page[top : top + height, left : left + width] = image
    return page


def check(extension: str) -> None:
    """Refuse a format before any work is done for it.

    Raises:
        DetectionError: the extension names no format we write.
    """
    if extension.lower() not in FORMATS:
        raise DetectionError(f"cannot write a picture as {extension!r}; name a file ending in {' or '.join(FORMATS)}")


def encoded(image: Image, extension: str) -> bytes:
    """The picture as a file's bytes.

    Args:
        image: BGR.
        extension: one of :data:`FORMATS`, with its dot; capitals do not matter.

    Raises:
        DetectionError: the extension names no format we write.
    """
    check(extension)
    settings = [cv2.IMWRITE_JPEG_QUALITY, 92] if extension.lower() == ".jpg" else []
    return bytes(cv2.imencode(extension.lower(), image, settings)[1].tobytes())
