"""One criterion, judged for one variant, on a bound and not on the observed figure."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from detection.rules.judging.gates import counting
from detection.rules.judging.gates.counting import Counted, Evidence
from detection.rules.judging.gates.lines import Line, Outcome
from detection.rules.judging.gates.luck import Dice
from detection.rules.judging.gates.measures import DrawnMeasure, Measure, RateMeasure, ShareMeasure
from detection.rules.judging.gates.sentences import sentence
from detection.rules.judging.intervals import Bounds, draw_groups, group_successes
from detection.rules.judging.scores import metrics
from detection.rules.judging.scores.metrics import Seen
from detection.rules.spec.judging import Criterion, Metric


@dataclass(frozen=True, slots=True)
class Effort:
    """How long is simulated.

    Attributes:
        dice: of each line's error rate.
        resamples: draws of groups, for figures that are no shares.
    """

    dice: Dice
    resamples: int


@dataclass(frozen=True, slots=True, eq=False)
class Examined:
    """A criterion and what was measured for it; :meth:`at` judges it at any confidence."""

    criterion: Criterion
    variant: str
    measure: Measure
    images: int

    @property
    def confidence(self) -> float:
        """That the spec asks for."""
        return self.criterion.confidence

    def at(self, confidence: float) -> Line:
        """The line at that one-sided confidence, without its error rate; the spec's, unless many are corrected for."""
        asked = self.criterion
        bounds = self.measure.bounds(confidence)
        verdict = outcome(bounds, asked)
        more = self.measure.times(asked.bound, confidence) if verdict == "NOT PROVEN" and bounds else None
        found = bounds or Bounds(math.nan, math.nan, math.nan, 0, math.nan, 0, math.nan)
        plain = asked.model_dump(exclude={"variant", "confidence"})
        line = Line(
            **plain, variant=self.variant, confidence=confidence, verdict=verdict, sentence="", n=found.n,
            groups=found.groups, observed=finite(found.observed), lower=finite(found.lower), upper=finite(found.upper),
            effective_n=finite(found.effective_n), design_effect=finite(found.design_effect),
            needs_more=None if more is None else max(math.ceil((more - 1) * found.n), 1),
            needs_images=None if more is None else max(math.ceil((more - 1) * self.images), 1),
        )  # fmt: skip
        return replace(line, sentence=sentence(line))

    def luck(self, line: Line, dice: Dice) -> Line:
        """The line with its own error rate."""
        if line.observed is None:
            return line
        rate = self.measure.luck(self.criterion.bound, line.confidence, dice)
        judged = replace(line, false_pass=rate)
        return replace(judged, sentence=sentence(judged))


def examine(criterion: Criterion, variant: str, evidence: Evidence, effort: Effort) -> Examined:
    """Count what the criterion asks for, for one variant."""
    place = (variant, criterion.set, criterion.label)
    seen = metrics.select(evidence.observations, evidence.frames, place, criterion.where)
    metric = criterion.metric
    if metric == "calibration_error":
        return Examined(criterion, variant, _error(seen, effort), len(seen.frames))
    counted = counting.count(metric, seen)
    if metric == "false_per_background_frame":
        return Examined(criterion, variant, RateMeasure(counted), counted.images)
    if metric not in ("precision", "recall", "f1"):
        counted = _ranked(metric, seen, counted.images)
    return Examined(criterion, variant, ShareMeasure(counted), counted.images)


def outcome(bounds: Bounds | None, asked: Criterion) -> Outcome:
    """PASS if the bound is proven, FAIL if it is refuted."""
    if bounds is None:
        return "NOT PROVEN"
    if asked.at_least is not None:
        return "PASS" if bounds.lower >= asked.at_least else "FAIL" if bounds.upper < asked.at_least else "NOT PROVEN"
    return "PASS" if bounds.upper <= asked.bound else "FAIL" if bounds.lower > asked.bound else "NOT PROVEN"


def finite(value: float) -> float | None:
    """None for what a document cannot hold: nothing was there, or no limit is known."""
    return value if math.isfinite(value) else None


def _ranked(metric: Metric, seen: Seen, images: int) -> Counted:
    """Average precision, or recall over all overlaps, as if it were the mean of the groups' own."""
    observed = metrics.figure(metric, seen)
    if math.isnan(observed):
        return counting.NOTHING
    weight = counting.weights(metric, seen)
    without = metrics.resampled(metric, seen, 1 - np.eye(len(weight), dtype=np.int64))
    there = weight > 0
    return Counted(group_successes(observed, without[there], weight[there]), weight[there], images)


def _error(seen: Seen, effort: Effort) -> DrawnMeasure:
    groups = len(seen.groups)
    if not groups:
        return DrawnMeasure(math.nan, np.zeros(0), 0, 0)
    draws = draw_groups(groups, effort.resamples, effort.dice.seed)
    values = metrics.resampled("calibration_error", seen, draws)
    detections = int((seen.observations.kind == "detection").sum())
    return DrawnMeasure(metrics.figure("calibration_error", seen), values, detections, groups)
