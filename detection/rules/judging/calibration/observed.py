"""Reliability on the sets that judge, where the maps were not fitted: what calibration is worth."""

from __future__ import annotations

import numpy as np

from detection.rules.judging.calibration.reliability import ReliabilitySheet, Resampling
from detection.rules.judging.calibration.rows import Scored, map_facts, reliability_rows
from detection.rules.judging.scores.observations import Observations
from detection.rules.spec.judging import SIZE


def observed(seen: Observations, fitted: ReliabilitySheet, resampling: Resampling) -> ReliabilitySheet:
    """``data/evaluate/reliability.json``: every variant in every set, in the order in which they were observed.

    Args:
        seen: every detection above the floor; objects are not looked at.
        fitted: the sheet of stage calibrate, which knows the maps.
        resampling: of the intervals.
    """
    detections = seen.take(seen.kind == "detection")
    parts = dict.fromkeys(zip(detections.variant.tolist(), detections.set.tolist(), strict=True))
    rows = (
        row
        for variant, name in parts
        for row in reliability_rows(_scored(detections, variant, name), map_facts(fitted), resampling)
    )
    return ReliabilitySheet(tuple(rows), fitted.iou, resampling.resamples, resampling.confidence, resampling.seed)


def _scored(detections: Observations, variant: str, name: str) -> Scored:
    some = detections.take(np.asarray((detections.variant == variant) & (detections.set == name), np.bool_))
    slices = {**some.conditions, SIZE: some.size}
    return Scored(variant, name, some.group, some.label, some.raw, some.score, some.correct, slices)
