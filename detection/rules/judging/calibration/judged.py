"""Reliability on the sets that judge: what calibrated scores said of frames that nothing was fitted on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from detection.rules.judging.calibration.reliability import ReliabilityRow, ReliabilitySheet
from detection.rules.judging.calibration.rows import MapFacts, Scored, reliability_rows
from detection.rules.judging.intervals import Resampling
from detection.rules.judging.scores.observations import Observations
from detection.rules.spec.judging import SIZE


def reliability_of(
    seen: Observations, sets: Sequence[str], maps: Sequence[MapFacts], iou: float, resampling: Resampling
) -> ReliabilitySheet:
    """Every variant on every set that holds anything, whole, by condition and by size.

    Args:
        seen: every detection above the score floor.
        sets: names of the sets, in the order in which they are told.
        maps: of every class of every variant.
        iou: overlap from which these detections are correct.
        resampling: of the intervals.
    """
    detections = seen.take(seen.kind == "detection")
    rows: list[ReliabilityRow] = []
    for variant in dict.fromkeys(seen.variant):
        for name in sets:
            if np.any(seen.set == name):
                one = detections.take((detections.variant == variant) & (detections.set == name))
                slices = {**one.conditions, SIZE: one.size}
                scored = Scored(variant, name, one.group, one.label, one.raw, one.score, one.correct, slices)
                rows += reliability_rows(scored, maps, resampling)
    return ReliabilitySheet(tuple(rows), iou, resampling.resamples, resampling.confidence, resampling.seed)
