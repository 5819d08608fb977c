"""What one picture's pixels say: light, contrast, sharpness, colour, and a perceptual hash. OpenCV; knows no folder.

A JPEG is decoded at a half, a quarter or an eighth of its size, which costs about half of a full decode; other formats
are decoded whole and made smaller. All figures are of the reduced picture, whose shorter side keeps 90 to 180 pixels,
so that they compare between cameras of different size.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.edge.vision import headers
from detection.edge.vision.frames import PIXEL_LIMIT, Image
from detection.edge.vision.headers import PictureSize
from detection.errors import FrameError

DARK_U8, BLOWN_U8 = 5, 250
"""Grey up to which a pixel is dark, and from which it is blown."""

SHORTER_SIDE = 90
"""Pixels that the shorter side keeps at least, where it has them."""

FLAT_U8 = 1.5
"""Contrast of the coarse picture below which a frame has no structure of its own to hash."""

_REDUCED = (
    (8, cv2.IMREAD_REDUCED_COLOR_8),
    (4, cv2.IMREAD_REDUCED_COLOR_4),
    (2, cv2.IMREAD_REDUCED_COLOR_2),
    (1, cv2.IMREAD_COLOR),
)
_COARSE = 32
_BITS = 8

Grey = NDArray[np.uint8]
"""``(height, width)``, 0 to 255."""


@dataclass(frozen=True, slots=True)
class Pixels:
    """One frame's row of :class:`detection.rules.labels.statistics.Statistics`, which says what each value is."""

    readable: bool
    width: int = 0
    height: int = 0
    mean_u8: float = 0.0
    contrast_u8: float = 0.0
    sharpness: float = 0.0
    saturation_u8: float = 0.0
    dark_share: float = 0.0
    blown_share: float = 0.0
    hash: int = 0


UNREADABLE = Pixels(readable=False)


def measure(content: bytes, pixel_limit: int = PIXEL_LIMIT) -> Pixels:
    """Measure a JPEG, PNG, BMP or WebP file; what cannot be decoded is :data:`UNREADABLE`.

    Args:
        content: the file's bytes.
        pixel_limit: pixels above which it is not decoded.
    """
    try:
        stored = headers.size_of(content)
        if stored.width * stored.height > pixel_limit:
            return UNREADABLE
        reduced = _decoded(content, stored)
    except (FrameError, cv2.error):
        return UNREADABLE
    return _measured(reduced.image, reduced.size, content)


@dataclass(frozen=True, slots=True, eq=False)
class _Reduced:
    """The reduced picture, upright, and how large the whole one is, upright too."""

    image: Image
    size: PictureSize


def _decoded(content: bytes, stored: PictureSize) -> _Reduced:
    factor, flag = next((r for r in _REDUCED if min(stored) >= r[0] * SHORTER_SIDE), _REDUCED[-1])
    turned = PictureSize(stored.height, stored.width)
    if stored != turned and _divided(stored, factor) == _divided(turned, factor):
        factor, flag = _REDUCED[-1]  # so nearly square that the reduced picture does not show whether EXIF turned it
    image = cv2.imdecode(np.frombuffer(content, np.uint8), flag)
    if image is None or image.size == 0:
        raise FrameError("cannot be decoded; copy it again")
    found = PictureSize(image.shape[1], image.shape[0])
    for size in (stored, turned):
        if found in (_divided(size, factor), PictureSize(size.width // factor, size.height // factor)):
            return _Reduced(np.asarray(image, np.uint8), size)
    raise FrameError(f"claims {stored.width} x {stored.height} pixels and holds others; copy it again")


def _divided(size: PictureSize, factor: int) -> PictureSize:
    return PictureSize(-(-size.width // factor), -(-size.height // factor))


def _measured(image: Image, size: PictureSize, content: bytes) -> Pixels:
    grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)
    levels = cv2.calcHist([grey], [0], None, [256], [0, 256])
    mean, deviation = (float(value.item()) for value in cv2.meanStdDev(grey))
    _, ripple = cv2.meanStdDev(cv2.Laplacian(grey, cv2.CV_16S))
    return Pixels(
        readable=True,
        width=size.width,
        height=size.height,
        mean_u8=mean,
        contrast_u8=deviation,
        sharpness=float(ripple.item()) ** 2,
        saturation_u8=_saturation(image),
        dark_share=float(levels[: DARK_U8 + 1].sum() / grey.size),
        blown_share=float(levels[BLOWN_U8:].sum() / grey.size),
        hash=perceptual_hash(grey, content),
    )


def _saturation(image: Image) -> float:
    """Mean of HSV saturation, 0 to 255."""
    return float(cv2.mean(cv2.cvtColor(image, cv2.COLOR_BGR2HSV))[1])


def perceptual_hash(grey: Grey, content: bytes) -> int:
    """64 bits of which similar pictures share most: signs of the lowest frequencies of the coarse picture.

    The cosine transform of the picture at 32 x 32 pixels, its 8 x 8 lowest frequencies, each bit saying whether one
    lies above the median of those but the constant. Chosen over gradients (dHash), which find more neighbours within 8
    bits (15 % instead of 11 % of frames of one ride a second apart) but also join frames of other rides there.

    A picture without structure (night, fog, a lens cap) would hash to its noise, or to what every other such picture
    hashes to: it takes 64 bits of its content's digest instead, and so is near to nothing but itself.

    Args:
        grey: ``(height, width)`` picture of any size.
        content: the file's bytes, for pictures without structure.
    """
    coarse = cv2.resize(grey, (_COARSE, _COARSE), interpolation=cv2.INTER_AREA)
    if float(cv2.meanStdDev(coarse)[1].item()) < FLAT_U8:
        return int.from_bytes(hashlib.sha256(content).digest()[:8], "big")
    lowest = cv2.dct(coarse.astype(np.float32))[:_BITS, :_BITS].ravel()
    median = np.sort(lowest[1:])[(lowest.size - 1) // 2]
    return int.from_bytes(np.packbits(lowest > median).tobytes(), "big")
