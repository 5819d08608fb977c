"""Boxes and detections: the values that leave the detector. Knows geometry, not pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Boxes = NDArray[np.float32]
"""``(n, 4)`` corners ``x1 y1 x2 y2``, pixels of the original frame, half-open; ``n`` may be 0."""

Overlaps = NDArray[np.float32]
"""``(n, m)`` intersection over union, in [0, 1]."""


@dataclass(frozen=True, slots=True, eq=False)
class Detections:
    """What was found in one frame, best score first.

    Attributes:
        boxes: ``(n, 4)`` :data:`Boxes`.
        labels: ``(n,)`` int64, index into the bundle's class list.
        scores: ``(n,)`` float32 in [0, 1]; calibrated unless the producer says otherwise.
        raw: ``(n,)`` float32 in [0, 1], what the model itself said; the same as ``scores`` until they are calibrated.
    """

    boxes: Boxes
    labels: NDArray[np.int64]
    scores: NDArray[np.float32]
    raw: NDArray[np.float32]

    @classmethod
    def uncalibrated(cls, boxes: Boxes, labels: NDArray[np.int64], scores: NDArray[np.float32]) -> Detections:
        """Detections whose scores are still the model's own."""
        return cls(boxes, labels, scores, scores)

    def __len__(self) -> int:
        return len(self.scores)

    def take(self, index: NDArray[np.bool_] | NDArray[np.int64]) -> Detections:
        """The detections chosen by a mask ``(n,)`` or by positions ``(k,)``."""
        return Detections(self.boxes[index], self.labels[index], self.scores[index], self.raw[index])


def nothing() -> Detections:
    """An empty frame's detections."""
    return Detections.uncalibrated(np.zeros((0, 4), np.float32), np.zeros(0, np.int64), np.zeros(0, np.float32))


def areas(boxes: Boxes) -> NDArray[np.float32]:
    """``(n,)`` areas in square pixels; a box whose corners are swapped has area 0."""
    sides: NDArray[np.float32] = np.clip(boxes[:, 2:] - boxes[:, :2], 0, None)
    return sides[:, 0] * sides[:, 1]


def iou(a: Boxes, b: Boxes) -> Overlaps:
    """Overlap of every box in ``a`` with every box in ``b``.

    Args:
        a: ``(n, 4)`` boxes; ``n`` may be 0.
        b: ``(m, 4)`` boxes; ``m`` may be 0.

    Returns:
        ``(n, m)`` values in [0, 1]; two empty boxes overlap by 0, not NaN.
    """
    top_left = np.maximum(a[:, None, :2], b[None, :, :2])
    bottom_right = np.minimum(a[:, None, 2:], b[None, :, 2:])
    shared = np.prod(np.clip(bottom_right - top_left, 0, None), axis=2)
    union = areas(a)[:, None] + areas(b)[None, :] - shared
    overlap: Overlaps = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    return overlap


class Pairs(NamedTuple):
    """Positions of partners, ``(k,)`` each."""

    left: NDArray[np.int64]
    right: NDArray[np.int64]


def partners(left: Detections, right: Detections, minimum_iou: float = 0.5) -> Pairs:
    """Pair what two detectors found in one frame: of one class, best overlap first, each with one partner at most."""
    overlap = np.where(left.labels[:, None] == right.labels[None, :], iou(left.boxes, right.boxes), np.float32(0))
    order = np.argsort(-overlap, axis=None, kind="stable")
    free_left, free_right = np.ones(len(left), bool), np.ones(len(right), bool)
    chosen: list[tuple[int, int]] = []
    for flat in order[: int((overlap >= minimum_iou).sum())]:
        i, j = divmod(int(flat), len(right))
        if free_left[i] and free_right[j]:
            free_left[i] = free_right[j] = False
            chosen.append((i, j))
    columns = np.array(chosen, np.int64).reshape(-1, 2)
    return Pairs(columns[:, 0], columns[:, 1])
