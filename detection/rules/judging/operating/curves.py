"""Curves for people: precision over recall, figures over the cut, what scores say over what comes true. Table rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from detection.rules.judging.calibration.maps import reliability
from detection.rules.judging.matching import Matches
from detection.rules.judging.operating.cuts import class_curve

CUTS = np.linspace(0.0, 1.0, 51)
RECALLS = np.linspace(0.0, 1.0, 51)


@dataclass(frozen=True, slots=True)
class PrecisionRecallPoint:
    """Best precision at or beyond a recall, IoU 0.5; 0 where that recall is never reached."""

    variant: str
    label: str
    recall: float
    precision: float


@dataclass(frozen=True, slots=True)
class CutPoint:
    """What a cut would give, IoU 0.5."""

    variant: str
    label: str
    threshold: float
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class ReliabilityPoint:
    """What scores of a bin say and what comes true; empty bins have no point."""

    variant: str
    label: str
    mean_score: float
    share_correct: float
    detections: int


def precision_recall(variant: str, matches: Matches, labels: Sequence[str]) -> Iterator[PrecisionRecallPoint]:
    """51 points for each class that has objects."""
    for number, label in enumerate(labels):
        if number not in matches.truth_label:
            continue
        curve = class_curve(matches, number)
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


def cuts(variant: str, matches: Matches, labels: Sequence[str]) -> Iterator[CutPoint]:
    """51 cuts for each class, those left out that keep nothing."""
    for number, label in enumerate(labels):
        curve = class_curve(matches, number)
        for cut in CUTS:
            kept = int((curve.score >= cut).sum())
            if kept:
                figures = (float(column[kept - 1]) for column in (curve.precision, curve.recall, curve.f1))
                yield CutPoint(variant, label, float(cut), *figures)


def reliabilities(variant: str, matches: Matches, labels: Sequence[str]) -> Iterator[ReliabilityPoint]:
    """The bins of each class that hold anything."""
    for number, label in enumerate(labels):
        of_class = matches.label == number
        for one in reliability(matches.score[of_class], matches.partner[of_class, 0] >= 0).bins:
            if one.mean_score is not None and one.share_correct is not None:
                yield ReliabilityPoint(variant, label, one.mean_score, one.share_correct, one.n)
