"""From a frame to the tensor a model sees, and back from its pixels to the frame's. The only place where this exists.

The frame is scaled to fit (bilinear), centred on grey 114 and turned to planes of red, green, blue: bit for bit what
the training framework's own letterbox gives (enlarging allowed), which ``parity`` proves. The graph itself divides by
255: eight bits go in.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.edge.boxes import Boxes
from detection.edge.vision.frames import Image

Tensor = NDArray[np.uint8]
"""``(1, 3, height, width)`` planes of red, green, blue; 0 to 255."""

PADDING_U8 = 114
"""Grey around the scaled frame."""


@dataclass(frozen=True, slots=True)
class Letterbox:
    """Where a frame lies in the tensor.

    Attributes:
        scale: tensor pixels per frame pixel, before rounding to whole pixels.
        left: column of the tensor where the frame begins.
        top: row of the tensor where the frame begins.
        width: of the frame, pixels.
        height: of the frame, pixels.
        inner_width: of the scaled frame, pixels of the tensor; at least 1.
        inner_height: of the scaled frame, pixels of the tensor; at least 1.
    """

    scale: float
    left: int
    top: int
    width: int
    height: int
    inner_width: int
    inner_height: int

    def to_frame(self, boxes: Boxes) -> Boxes:
        """``(n, 4)`` boxes in pixels of the tensor, to pixels of the frame, clipped to it."""
        terms = _terms(self)
        in_frame: Boxes = (boxes - terms.offset) / terms.gain
        np.maximum(in_frame, np.float32(0), out=in_frame)
        np.minimum(in_frame, terms.limit, out=in_frame)
        return in_frame


class _Terms(NamedTuple):
    """Of the way back, ``(4,)`` each."""

    offset: NDArray[np.float32]
    gain: NDArray[np.float32]
    limit: NDArray[np.float32]


@lru_cache(maxsize=64)
def _terms(where: Letterbox) -> _Terms:
    return _Terms(
        offset=np.array((where.left, where.top) * 2, np.float32),
        gain=np.array((where.inner_width / where.width, where.inner_height / where.height) * 2, np.float32),
        limit=np.array((where.width, where.height) * 2, np.float32),
    )


def placement(frame_width: int, frame_height: int, width: int, height: int) -> Letterbox:
    """Where a frame of that size lies in a tensor of ``width`` x ``height``: centred, whole, as large as fits."""
    scale = min(height / frame_height, width / frame_width)
    inner_width, inner_height = max(round(frame_width * scale), 1), max(round(frame_height * scale), 1)
    # A tenth of a pixel decides ties, as the training framework does: odd padding goes below and to the right.
    left, top = round((width - inner_width) / 2 - 0.1), round((height - inner_height) / 2 - 0.1)
    return Letterbox(scale, left, top, frame_width, frame_height, inner_width, inner_height)


class Preprocessor:
    """Letterboxes frame after frame into one tensor: no memory is asked for while sizes stay the same."""

    def __init__(self, tensor: Tensor) -> None:
        """Write into ``tensor`` ``(1, 3, height, width)`` from now on; usually a session's own."""
        self._tensor = tensor
        self._last = Letterbox(0, 0, 0, 0, 0, 0, 0)
        self._small: Image = np.empty((0, 0, 3), np.uint8)
        self._planes: list[NDArray[np.uint8]] = []

    def place(self, image: Image) -> Letterbox:
        """Fill the tensor from a frame and say where the frame lies in it."""
        frame_height, frame_width = image.shape[:2]
        if (frame_width, frame_height) != (self._last.width, self._last.height):
            self._prepare(frame_width, frame_height)
        inner = (self._last.inner_width, self._last.inner_height)
        small = image
        if inner != (frame_width, frame_height):
            small = cv2.resize(image, inner, dst=self._small, interpolation=cv2.INTER_LINEAR)  # type: ignore[assignment]
        cv2.split(small, self._planes)
        return self._last

    def _prepare(self, frame_width: int, frame_height: int) -> None:
        height, width = self._tensor.shape[2:]
        self._last = where = placement(frame_width, frame_height, width, height)
        self._tensor[:] = PADDING_U8
        self._small = np.empty((where.inner_height, where.inner_width, 3), np.uint8)
        rows = slice(where.top, where.top + where.inner_height)
        columns = slice(where.left, where.left + where.inner_width)
        self._planes = [self._tensor[0, channel, rows, columns] for channel in (2, 1, 0)]


class Letterboxed(NamedTuple):
    """A tensor of its own, and where the frame lies in it."""

    tensor: Tensor
    letterbox: Letterbox


def letterbox(image: Image, width: int, height: int) -> Letterboxed:
    """One frame into a new ``(1, 3, height, width)`` tensor."""
    tensor: Tensor = np.empty((1, 3, height, width), np.uint8)
    return Letterboxed(tensor, Preprocessor(tensor).place(image))
