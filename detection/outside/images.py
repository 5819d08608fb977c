"""Is this file an image that may be decoded? Pillow, header first, under a pixel limit, then every byte.

OpenCV neither limits nor notices: it fills the memory for a small hostile file and returns a full-size picture for half
a JPEG. So nothing of ours decodes an image that has not passed here.
"""

from __future__ import annotations

import io
import struct
import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from detection.errors import FrameError

EXTENSION_OF = {"JPEG": "jpg", "MPO": "jpg", "PNG": "png", "BMP": "bmp"}
"""Pillow's format name to the extension; the formats whose header the edge can size by itself."""

JPEG_QUALITY = 92

_OPENED_AS = ("JPEG", "PNG", "BMP")  # the JPEG reader itself answers with MPO where it finds one
_PILLOW_FAULTS = (
    OSError, SyntaxError, ValueError, TypeError, IndexError, KeyError, EOFError, OverflowError, struct.error
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Checked:
    """What an image file is.

    Attributes:
        width: pixels as stored, before EXIF orientation.
        height: likewise.
        extension: of its true format, whatever its name says; without a dot.
    """

    width: int
    height: int
    extension: str


def check(content: bytes, pixel_limit: int) -> Checked:
    """Decode an image once to prove that it is whole; the pixels are thrown away.

    Args:
        content: the image file's bytes.
        pixel_limit: largest ``width * height`` that is decoded.

    Raises:
        FrameError: no image, of another format, larger than the limit, or truncated.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what a file has wrong beside its pixels is not kept
            return _checked(content, pixel_limit)
    except Image.DecompressionBombError as error:
        raise FrameError(f"more than the pixel limit of {pixel_limit} pixels; not decoded ({error})") from error
    except UnidentifiedImageError as error:
        raise FrameError("is no JPEG, PNG or BMP image; expected one of these") from error
    except _PILLOW_FAULTS as error:
        raise FrameError(f"cannot be decoded whole ({error}); get the file again") from error


def jpeg(pixels: NDArray[np.uint8]) -> bytes:
    """A picture ``(h, w, 3)`` uint8 BGR as the bytes of a JPEG file; same pixels, same bytes."""
    stream = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels[:, :, ::-1])).save(stream, "JPEG", quality=JPEG_QUALITY)
    return stream.getvalue()


def _checked(content: bytes, pixel_limit: int) -> Checked:
    with Image.open(io.BytesIO(content), formats=_OPENED_AS) as image:
        width, height = image.size
        if width * height > pixel_limit:
            raise FrameError(
                f"{width} x {height} pixels, more than the pixel limit of {pixel_limit}; not decoded. "
                "Scale it down, or raise collect.limits.pixels"
            )
        image.load()
        return Checked(width, height, EXTENSION_OF[str(image.format)])
