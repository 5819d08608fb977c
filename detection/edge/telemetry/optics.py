"""What a picture looks like, in a few numbers: light, contrast, sharpness, colour, and where the camera points.

Measured on a reduced picture, every ``n``-th pixel of every ``n``-th row, so that the cost does not grow with the
frame; sharpness alone on a part in the middle, pixel by pixel, for a reduced picture hides what blurs it. The reference
and the field are measured by the same lines.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.edge.vision.frames import Image

REDUCED_PX = 96
"""Longest side of the reduced picture, at most."""
SHARP_PX, SHARP_PART = 64, 6
"""Side of the square in the middle whose sharpness is told: at least so many pixels, or so small a part of the frame's
shorter side."""
DARK_U8, BLOWN_U8 = 16, 250
"""Grey at or below which a pixel is dark, and at or above which it is blown."""
VIEW_WIDTH, VIEW_HEIGHT = 16, 12

Thumbnail = NDArray[np.uint8]
"""``(12, 16)`` grey: where a camera points, too small to show anybody."""

View = NDArray[np.float64]
"""``(192,)`` a thumbnail of mean 0 and length 1; NaN where all is one grey. Two of them multiply to their likeness."""


class Optics(NamedTuple):
    """What was measured of one frame at once; the rest is measured when it is counted (:func:`measured`).

    Attributes:
        width: of the frame, pixels.
        height: of the frame, pixels.
        brightness: mean grey, 0 to 255.
        contrast: standard deviation of grey.
        sharpness: variance of the Laplacian in the middle of the frame.
        small: the reduced picture.
        grey: the same in grey.
        own_view: the camera's own; None where nobody knows.
    """

    width: int
    height: int
    brightness: float
    contrast: float
    sharpness: float
    small: cv2.typing.MatLike
    grey: cv2.typing.MatLike
    own_view: View | None

    def thumbnail(self) -> Thumbnail:
        """Where the camera points."""
        size = (VIEW_WIDTH, VIEW_HEIGHT)
        return np.asarray(cv2.resize(self.grey, size, interpolation=cv2.INTER_AREA), np.uint8)


class OpticalBench:
    """Measures frame after frame; knows the cameras' own views."""

    def __init__(self, views: Mapping[str, Thumbnail]) -> None:
        """With the cameras' own views by their names."""
        self._views = {camera: view_of(view) for camera, view in views.items()}

    def learn(self, camera: str, view: Thumbnail) -> None:
        """From now on this is the camera's own view."""
        self._views[camera] = view_of(view)

    def measure(self, image: Image, camera: str) -> Optics:
        """What the guard must know at once of one frame.

        Args:
            image: ``(h, w, 3)`` blue, green, red; not held afterwards.
            camera: who took it.
        """
        height, width = image.shape[:2]
        step, side = -(-max(height, width) // REDUCED_PX), max(SHARP_PX, min(height, width) // SHARP_PART)
        top, left = max((height - side) // 2, 0), max((width - side) // 2, 0)
        small = cv2.resize(image, (width // step or 1, height // step or 1), interpolation=cv2.INTER_NEAREST)
        grey = cv2.cvtColor(small, cv2.COLOR_BGR2GRAY)
        middle = cv2.cvtColor(image[top : top + side, left : left + side], cv2.COLOR_BGR2GRAY)
        mean, deviation = cv2.meanStdDev(grey)
        _, edges = cv2.meanStdDev(cv2.Laplacian(middle, cv2.CV_16S))
        own = self._views.get(camera)
        return Optics(width, height, mean.item(), deviation.item(), edges.item() ** 2, small, grey, own)


MEASURED = ("brightness", "contrast", "sharpness", "red_cast", "blue_cast", "dark_share", "blown_share", "view")
"""Columns of :func:`measured`: casts are log2 of mean red and blue by mean green, shares are parts of all pixels, the
view is the correlation with the camera's own, -1 to 1, NaN where none is known or all is one grey."""


def measured(many: Sequence[Optics]) -> NDArray[np.float64]:
    """Everything that is told of some frames.

    Args:
        many: at least one.

    Returns:
        ``(n, 8)``, columns as :data:`MEASURED` names them.
    """
    places: dict[tuple[int, ...], list[int]] = {}
    for place, one in enumerate(many):
        places.setdefault(one.grey.shape, []).append(place)
    rows = np.empty((len(many), len(MEASURED)))
    for alike in places.values():
        rows[alike] = _alike([many[place] for place in alike])
    return rows


def _alike(many: Sequence[Optics]) -> NDArray[np.float64]:
    """:func:`measured` of reduced pictures of one size: one above the other they are measured at once."""
    greys = np.concatenate([np.asarray(one.grey) for one in many])
    quick = np.array([(one.brightness, one.contrast, one.sharpness) for one in many], np.float64)
    colours = np.array([cv2.mean(one.small) for one in many], np.float64) + 1
    casts = np.log2(colours[:, [2, 0]] / colours[:, [1]])
    flat = greys.reshape(len(many), -1)
    shares = np.stack([_share(flat <= DARK_U8), _share(flat >= BLOWN_U8)], axis=1)
    views = _views(_thumbnails(greys, many).astype(np.float64))
    own = np.concatenate([_NOWHERE if one.own_view is None else one.own_view for one in many]).reshape(views.shape)
    likeness = np.einsum("ij,ij->i", views, own)[:, None]
    return np.concatenate([quick, casts, shares, likeness], axis=1)


def mean_view(thumbnails: Sequence[Thumbnail]) -> Thumbnail:
    """What a camera sees on average, of at least one picture."""
    mean: Thumbnail = np.round(np.stack(thumbnails).astype(np.float64).mean(axis=0)).astype(np.uint8)
    return mean


def view_of(thumbnail: Thumbnail) -> View:
    """As correlations need it."""
    flat = thumbnail.reshape(-1).astype(np.float64)
    centred = flat - flat.sum() / flat.size
    length = math.sqrt(np.einsum("i,i->", centred, centred))
    view: View = centred / (length if length > 0 else math.nan)
    return view


_NOWHERE: View = np.full(VIEW_WIDTH * VIEW_HEIGHT, np.nan)


def _share(pixels: NDArray[np.bool_]) -> NDArray[np.float64]:
    """``(n,)`` how many of each row."""
    share: NDArray[np.float64] = np.array([np.count_nonzero(row) for row in pixels]) / pixels.shape[1]
    return share


def _thumbnails(greys: NDArray[np.uint8], many: Sequence[Optics]) -> NDArray[np.uint8]:
    """``(n, 192)`` thumbnails: at once, unless the pictures are so small that neighbours would mix."""
    if greys.shape[0] < VIEW_HEIGHT * len(many) or greys.shape[1] < VIEW_WIDTH:
        return np.concatenate([one.thumbnail() for one in many]).reshape(len(many), -1)
    size = (VIEW_WIDTH, VIEW_HEIGHT * len(many))
    return np.asarray(cv2.resize(greys, size, interpolation=cv2.INTER_AREA), np.uint8).reshape(len(many), -1)


def _views(flat: NDArray[np.float64]) -> NDArray[np.float64]:
    """``(n, 192)`` thumbnails as views."""
    centred = flat - flat.mean(axis=1, keepdims=True)
    lengths = np.sqrt(np.einsum("ij,ij->i", centred, centred))[:, None]
    views: NDArray[np.float64] = centred / np.where(lengths > 0, lengths, np.nan)
    return views
