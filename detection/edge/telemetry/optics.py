"""What a picture looks like, in a few numbers: light, contrast, sharpness, colour, and where the camera points.

Measured on a reduced picture, every ``n``-th pixel of every ``n``-th row, so that the cost does not grow with the
frame: the same numbers for the reference and in the field, at any time of the day.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.edge.vision.frames import Image

REDUCED_PX = 96
"""Longest side of the reduced picture, at most."""
DARK_U8, BLOWN_U8 = 16, 250
"""Grey at or below which a pixel is dark, and at or above which it is blown."""
VIEW_WIDTH, VIEW_HEIGHT = 16, 12

Thumbnail = NDArray[np.uint8]
"""``(12, 16)`` grey: where a camera points, too small to show anybody."""


class Measured(NamedTuple):
    """One value each; in the order of the signals' names.

    Attributes:
        brightness: mean grey, 0 to 255.
        contrast: standard deviation of grey.
        sharpness: variance of the Laplacian of grey.
        red_cast: log2 of mean red by mean green.
        blue_cast: log2 of mean blue by mean green.
        dark_share: pixels at or below :data:`DARK_U8`, part of all.
        blown_share: pixels at or above :data:`BLOWN_U8`, part of all.
        view: correlation with the camera's own view, -1 to 1; NaN where none is known or all is one grey.
    """

    brightness: float
    contrast: float
    sharpness: float
    red_cast: float
    blue_cast: float
    dark_share: float
    blown_share: float
    view: float


@dataclass(frozen=True, slots=True, eq=False)
class Optics:
    """What was measured of one frame.

    Attributes:
        width: of the frame, pixels.
        height: of the frame, pixels.
        values: the numbers.
        thumbnail: :data:`Thumbnail` of this frame.
    """

    width: int
    height: int
    values: Measured
    thumbnail: Thumbnail


class OpticalBench:
    """Measures frame after frame; keeps buffers: one frame at a time."""

    def __init__(self, views: Mapping[str, Thumbnail]) -> None:
        """With the cameras' own views by their names."""
        self._views = {camera: _centred(view) for camera, view in views.items()}

    def learn(self, camera: str, view: Thumbnail) -> None:
        """From now on this is the camera's own view."""
        self._views[camera] = _centred(view)

    def knows(self, camera: str) -> bool:
        """Whether the camera's own view is known."""
        return camera in self._views

    def measure(self, image: Image, camera: str) -> Optics:
        """All of one frame.

        Args:
            image: ``(h, w, 3)`` blue, green, red.
            camera: who took it.
        """
        height, width = image.shape[:2]
        small = _reduced(image)
        blue, green, red = cv2.mean(small)[:3]
        grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
        brightness, contrast = _moments(grey)
        _, edginess = _moments(cv2.Laplacian(grey, cv2.CV_16S))
        spread = cv2.calcHist([grey], [0], None, [256], [0, 256]).ravel()
        thumbnail = np.asarray(cv2.resize(grey, (VIEW_WIDTH, VIEW_HEIGHT), interpolation=cv2.INTER_AREA), np.uint8)
        values = Measured(
            brightness,
            contrast,
            edginess * edginess,
            math.log2((red + 1) / (green + 1)),
            math.log2((blue + 1) / (green + 1)),
            float(spread[: DARK_U8 + 1].sum()) / grey.size,
            float(spread[BLOWN_U8:].sum()) / grey.size,
            self._likeness(camera, thumbnail),
        )
        return Optics(width, height, values, thumbnail)

    def _likeness(self, camera: str, thumbnail: Thumbnail) -> float:
        own = self._views.get(camera)
        return math.nan if own is None else float(np.dot(_centred(thumbnail), own))


def mean_view(thumbnails: Sequence[Thumbnail]) -> Thumbnail:
    """What a camera sees on average, of at least one picture."""
    return np.round(np.mean(np.stack(thumbnails).astype(np.float64), axis=0)).astype(np.uint8)


def likeness(one: Thumbnail, other: Thumbnail) -> float:
    """Correlation of two thumbnails, -1 to 1; NaN where one of them is all one grey."""
    return float(np.dot(_centred(one), _centred(other)))


def _reduced(image: Image) -> Image:
    height, width = image.shape[:2]
    step = -(-max(height, width) // REDUCED_PX)
    if step == 1:
        return image
    size = (max(width // step, 1), max(height // step, 1))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_NEAREST), np.uint8)


def _moments(grey: cv2.typing.MatLike) -> tuple[float, float]:
    mean, deviation = cv2.meanStdDev(grey)
    return float(mean[0, 0]), float(deviation[0, 0])


def _centred(view: Thumbnail) -> NDArray[np.float64]:
    """``(192,)`` of mean 0 and length 1; NaN where all is one grey."""
    flat = view.ravel().astype(np.float64)
    flat -= flat.mean()
    length = math.sqrt(float(np.dot(flat, flat)))
    centred: NDArray[np.float64] = flat / (length or math.nan)
    return centred
