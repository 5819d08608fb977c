"""Curves for people: precision over recall, figures over the cut, what scores say over what comes true. Table rows.

What is correct is told by one column of the matches, the overlap that the spec asks for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from detection.rules.judging.calibration.reliability import bins_of
from detection.rules.judging.matching import Matches
from detection.rules.judging.operating.cuts import Evidence, class_curve, outcome
from detection.rules.judging.operating.policies import cost
from detection.rules.spec.judging import Policy

CUTS = np.linspace(0.0, 1.0, 51)
RECALLS = np.linspace(0.0, 1.0, 51)


@dataclass(frozen=True, slots=True)
class PrecisionRecallPoint:
    """Best precision at or beyond a recall; 0 where that recall is never reached."""

    variant: str
    label: str
    recall: float
    precision: float


@dataclass(frozen=True, slots=True)
class CutPoint:
    """What a cut would give."""

    variant: str
    label: str
    threshold: float
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class CostPoint:
    """What a cut would give, chosen among on frames that never judge.

    Attributes:
        variant: the variant's name.
        label: class id.
        threshold: calibrated score.
        precision: at it; 1 where nothing is kept.
        recall: at it; 0 without objects.
        f1: of both.
        cost: of one frame, by the policy's costs; None without.
    """

    variant: str
    label: str
    threshold: float
    precision: float
    recall: float
    f1: float
    cost: float | None


@dataclass(frozen=True, slots=True)
class ReliabilityPoint:
    """What scores of a bin say and what comes true; empty bins have no point."""

    variant: str
    label: str
    mean_score: float
    share_correct: float
    detections: int


def precision_recall(
    variant: str, matches: Matches, labels: Sequence[str], column: int = 0
) -> Iterator[PrecisionRecallPoint]:
    """51 points for each class that has objects."""
    for number, label in enumerate(labels):
        if number not in matches.truth_label:
            continue
        curve = class_curve(matches, number, column)
        falling = np.append(np.maximum.accumulate(curve.precision[::-1])[::-1], 0.0)
        for recall, precision in zip(RECALLS, falling[np.searchsorted(curve.recall, RECALLS)], strict=True):
            yield PrecisionRecallPoint(variant, label, float(recall), float(precision))


def mean_precisions(points: Sequence[PrecisionRecallPoint]) -> dict[str, list[float]]:
    """Columns ``recall`` and one for each variant: its precision there, averaged over classes."""
    columns: dict[str, list[float]] = {"recall": [float(recall) for recall in RECALLS]}
    for variant in dict.fromkeys(point.variant for point in points):
        precisions = np.array([point.precision for point in points if point.variant == variant])
        columns[variant] = [float(mean) for mean in precisions.reshape(-1, len(RECALLS)).mean(axis=0)]
    return columns


def cuts(variant: str, matches: Matches, labels: Sequence[str], column: int = 0) -> Iterator[CutPoint]:
    """51 cuts for each class, those left out that keep nothing."""
    for number, label in enumerate(labels):
        curve = class_curve(matches, number, column)
        for cut in CUTS:
            kept = int((curve.score >= cut).sum())
            if kept:
                figures = (float(column[kept - 1]) for column in (curve.precision, curve.recall, curve.f1))
                yield CutPoint(variant, label, float(cut), *figures)


def cost_curve(variant: str, label: str, policy: Policy, evidence: Evidence) -> Iterator[CostPoint]:
    """51 cuts of one class."""
    for cut in CUTS.tolist():
        given = outcome(evidence, cut)
        total = cost(policy, given)
        each = None if total is None else total / max(evidence.frames, 1)
        precision = 1.0 if given.precision is None else given.precision
        yield CostPoint(variant, label, cut, precision, given.recall or 0.0, given.f1 or 0.0, each)


def reliabilities(variant: str, matches: Matches, labels: Sequence[str], column: int = 0) -> Iterator[ReliabilityPoint]:
    """The bins of each class that hold anything."""
    for number, label in enumerate(labels):
        of_class = matches.label == number
        for one in bins_of(matches.score[of_class], matches.partner[of_class, column] >= 0):
            if one.mean_score is not None and one.share_correct is not None:
                yield ReliabilityPoint(variant, label, one.mean_score, one.share_correct, one.n)
