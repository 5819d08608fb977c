"""Pictures from bytes: sized before they are decoded, refused when they are cut short. Knows no folder.

Every picture becomes blue, green, red in 8 bits: EXIF's rotation applied, 16 bits cut to 8, grey tripled, alpha
dropped.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.edge.vision import headers
from detection.errors import FrameError

Image = NDArray[np.uint8]
"""``(height, width, 3)`` blue, green, red; 0 to 255."""

PIXEL_LIMIT = 64_000_000
"""Pixels above which no picture is decoded, where nothing else is said."""

SUFFIXES = frozenset((".bmp", ".jpeg", ".jpg", ".png", ".webp"))
"""Names of pictures that can be read end like this."""


def read_image(content: bytes, pixel_limit: int = PIXEL_LIMIT) -> Image:
    """Decode a whole JPEG, PNG, BMP or WebP file.

    Args:
        content: the file's bytes.
        pixel_limit: pixels above which it is refused before it is decoded.

    Raises:
        FrameError: too large, cut short, damaged, or of another format.
    """
    size = headers.size_of(content)
    if size.width * size.height > pixel_limit:
        raise FrameError(
            f"claims {size.width} x {size.height} pixels; expected at most {pixel_limit} in all; make it smaller first"
        )
    try:
        image = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error as error:
        raise FrameError(f"cannot be decoded ({_reason(error)}); copy it again") from error
    if image is None or image.size == 0:
        raise FrameError("cannot be decoded; copy it again")
    if sorted(image.shape[:2]) != sorted(size):
        raise FrameError(f"claims {size.width} x {size.height} pixels and holds {image.shape[1]} x {image.shape[0]}")
    return np.asarray(image, np.uint8)


def read_file(path: Path, pixel_limit: int = PIXEL_LIMIT) -> Image:
    """Read and decode one file.

    Raises:
        FrameError: unreadable, or for the reasons of :func:`read_image`.
    """
    try:
        return read_image(path.read_bytes(), pixel_limit)
    except OSError as error:
        raise FrameError(f"cannot be read ({error.strerror or error})") from error


def _reason(error: cv2.error) -> str:
    return str(error).strip().splitlines()[-1].strip() or "unknown"
