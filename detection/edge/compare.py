"""How far two detectors' answers over the same frames lie apart. Measures; what is allowed is for others to say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detection.edge.boxes import Detections, partners

FAR = 1e6
"""Stands for a difference that is not a number: above every limit, and still a number of JSON."""


@dataclass(frozen=True, slots=True)
class Gap:
    """How far two sides lie apart.

    Attributes:
        frames: compared.
        detections: of the left side.
        box_px: largest difference of a partner's corner, pixels of the frame.
        score: largest difference of a partner's score.
        unmatched_share: detections without a partner, part of all of both sides.
    """

    frames: int
    detections: int
    box_px: float
    score: float
    unmatched_share: float


def gap(left: Iterable[Detections], right: Iterable[Detections]) -> Gap:
    """Compare frame by frame; both sides answer for the same frames in the same order.

    Raises:
        ValueError: one side has more frames than the other.
    """
    frames, counted, total, unmatched, box_px, score = 0, 0, 0, 0, 0.0, 0.0
    for a, b in zip(left, right, strict=True):
        pairs = partners(a, b)
        frames += 1
        counted += len(a)
        total += len(a) + len(b)
        unmatched += len(a) + len(b) - 2 * len(pairs.left)
        box_px = max(box_px, farthest(a.boxes[pairs.left], b.boxes[pairs.right]))
        score = max(score, farthest(a.scores[pairs.left], b.scores[pairs.right]))
    return Gap(frames, counted, box_px, score, unmatched / max(total, 1))


def farthest(left: NDArray[np.float32], right: NDArray[np.float32]) -> float:
    """Largest absolute difference of two arrays of one shape; 0 if they are empty, :data:`FAR` if not finite."""
    largest = float(np.abs(left - right).max(initial=0.0))
    return min(largest, FAR) if np.isfinite(largest) else FAR
