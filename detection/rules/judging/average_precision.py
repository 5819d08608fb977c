"""Average precision and recall as COCO defines them: 101 points of the monotone precision-recall curve."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np

from detection.rules.judging.matching import (
    DETECTIONS_PER_FRAME_AND_CLASS,
    SIZES,
    Flags,
    Matches,
    Predictions,
    Reals,
    SizeRange,
    Truth,
    match,
)

RECALLS: Reals = np.linspace(0.0, 1.0, 101)


@dataclass(frozen=True, slots=True)
class CocoFigures:
    """COCO's twelve, in its order; NaN where nothing was there to be found."""

    ap: float
    ap50: float
    ap75: float
    ap_small: float
    ap_medium: float
    ap_large: float
    ar1: float
    ar10: float
    ar100: float
    ar_small: float
    ar_medium: float
    ar_large: float

    def values(self) -> Reals:
        """``(12,)``."""
        return np.array([getattr(self, field.name) for field in fields(self)])


def average_precisions(matches: Matches, classes: int) -> Reals:
    """Average precision of every class at every overlap.

    Args:
        matches: what was found.
        classes: how many classes there are.

    Returns:
        ``(classes, t)`` in [0, 1]; NaN for a class without truth.
    """
    truths = _truths(matches, classes)
    result = np.full((classes, len(matches.overlaps)), np.nan)
    edges = np.searchsorted(matches.label, np.arange(classes + 1))
    found = matches.partner >= 0
    for label in np.flatnonzero(truths):
        rows = slice(edges[label], edges[label + 1])
        result[label] = _class_precisions(found[rows], matches.counted[rows], int(truths[label]))
    return result


def recalls(matches: Matches, classes: int, maximum: int = DETECTIONS_PER_FRAME_AND_CLASS) -> Reals:
    """``(classes, t)`` share of objects found by the best ``maximum`` of a frame and class; NaN without truth."""
    truths = _truths(matches, classes)
    right = (matches.partner >= 0) & matches.counted & (matches.rank < maximum)[:, None]
    columns = [np.bincount(matches.label[right[:, t]], minlength=classes) for t in range(right.shape[1])]
    found = np.stack(columns, axis=1).astype(np.float64)
    return np.divide(found, truths[:, None], out=np.full_like(found, np.nan), where=truths[:, None] > 0)


def mean(values: Reals) -> float:
    """Mean over what is there; NaN if nothing is."""
    present = values[~np.isnan(values)]
    return float(present.mean()) if present.size else float("nan")


def coco_figures(
    truth: Truth, predictions: Predictions, classes: int, sizes: Mapping[str, SizeRange] = SIZES
) -> CocoFigures:
    """COCO's twelve figures of one set.

    Args:
        truth: the objects.
        predictions: the detections.
        classes: how many classes there are.
        sizes: what ``small``, ``medium`` and ``large`` mean; COCO's unless the spec says otherwise.
    """
    whole = match(truth, predictions)
    by_size = [match(truth, predictions, size=sizes[name]) for name in SIZES]
    ap = average_precisions(whole, classes)
    figures = [
        *(ap, ap[:, 0], ap[:, 5]),
        *(average_precisions(matches, classes) for matches in by_size),
        *(recalls(whole, classes, maximum) for maximum in (1, 10, 100)),
        *(recalls(matches, classes) for matches in by_size),
    ]
    return CocoFigures(*map(mean, figures))


def _truths(matches: Matches, classes: int) -> Reals:
    return np.bincount(matches.truth_label, minlength=classes).astype(np.float64)


def _class_precisions(found: Flags, counted: Flags, truths: int) -> Reals:
    """``(t,)`` for one class: curves are evaluated where something was found; elsewhere they only fall."""
    result = np.zeros(found.shape[1])
    alike = counted.all()
    seen = np.arange(1, len(found) + 1)
    for t in range(found.shape[1]):
        if not alike:
            seen = np.cumsum(counted[:, t])
        rows = np.flatnonzero(found[:, t] & counted[:, t])
        right = np.arange(1, len(rows) + 1)
        precision = np.append(right / seen[rows], 0.0)
        falling = np.maximum.accumulate(precision[::-1])[::-1]
        result[t] = falling[np.searchsorted(right / truths, RECALLS, side="left")].mean()
    return result
