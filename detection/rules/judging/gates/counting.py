"""What a line counts, group by group: found or not, right or wrong, false detections where nothing is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detection.rules.judging.matching import Flags, Integers, Reals
from detection.rules.judging.scores.metrics import Seen, tallied
from detection.rules.judging.scores.observations import FrameFacts, Observations
from detection.rules.spec.judging import Metric


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What may be counted.

    Attributes:
        observations: of every variant on every frozen set.
        frames: every frame of these sets, with and without boxes.
    """

    observations: Observations
    frames: FrameFacts


@dataclass(frozen=True, slots=True, eq=False)
class Counted:
    """Counts of ``g`` groups.

    Attributes:
        successes: ``(g,)`` of ``n``, halves where ``n`` has halves; events of an exposure.
        n: ``(g,)`` observations, or exposure; above 0.
        images: frames that hold at least one of these observations.
    """

    successes: Reals
    n: Reals
    images: int


NOTHING = Counted(np.zeros(0), np.zeros(0), 0)


def count(metric: Metric, seen: Seen) -> Counted:
    """Counts whose quotient is the metric.

    Of average precision and average recall, which are no quotients, only ``n`` means something. F1 is taken as a share,
    ``(correct + found) / 2`` of ``(detections + objects) / 2``: neither alone is its denominator, so halves occur.

    Args:
        metric: any but the calibration error.
        seen: the slice.
    """
    counts = tallied(seen)
    if metric == "false_per_background_frame":
        exposure = counts.background(counts.background_frames, None)
        return _counted(counts.background(counts.background_detections, None), exposure, int(exposure.sum()))
    detections, truths = counts.of(counts.detections, None), counts.of(counts.truths, None)
    correct, found = counts.of(counts.correct, None), counts.of(counts.found, None)
    boxes = seen.observations
    shown: Flags = boxes.kept & (boxes.kind == "detection")
    if metric == "precision":
        return _counted(correct, detections, _images(boxes, shown))
    if metric in ("recall", "average_recall"):
        return _counted(found, truths, _images(boxes, boxes.kind == "object"))
    n = (detections + truths) / 2
    return _counted((correct + found) / 2, n, _images(boxes, shown | (boxes.kind == "object")))


def weights(metric: Metric, seen: Seen) -> Reals:
    """``(groups,)`` observations of each of ``seen.groups``; 0 where a group has none."""
    counts = tallied(seen)
    truths = counts.of(counts.truths, None).astype(np.float64)
    return truths if metric == "average_recall" else (truths + counts.of(counts.detections, None)) / 2


def _counted(successes: Integers | Reals, n: Integers | Reals, images: int) -> Counted:
    there = n > 0
    return Counted(successes[there].astype(np.float64), n[there].astype(np.float64), images)


def _images(boxes: Observations, rows: Flags) -> int:
    return len(set(boxes.frame[rows].tolist()))
