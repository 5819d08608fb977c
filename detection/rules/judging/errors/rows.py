"""The rows of the error sheet: counts and costs of one variant in every slice of a set, class by class."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from detection.rules.judging.errors.costs import FALSE_NEGATIVES, MENDED, Ranking, costs, counts, ranking
from detection.rules.judging.errors.sheet import EVERY, ErrorRow
from detection.rules.judging.errors.taxonomy import CLASSIFICATION, LOCALISATION, MISSED, RIGHT, Taxonomy, taxonomy
from detection.rules.judging.matching import Flags, Integers, Predictions, Reals, Truth


@dataclass(frozen=True, slots=True)
class Place:
    """What rows are about."""

    variant: str
    set: str
    slice: str


@dataclass(frozen=True, slots=True, eq=False)
class Examined:
    """One variant's detections beside the objects, with the kind of every error.

    Attributes:
        variant: the variant's name.
        truth: the objects.
        predictions: everything above the score floor.
        kept: ``(n,)`` at or above the shipped thresholds.
        told: the kinds among all detections; positions are those of ``predictions``.
        shown: the kinds among the kept ones; positions are those of ``predictions`` too.
    """

    variant: str
    truth: Truth
    predictions: Predictions
    kept: Flags
    told: Taxonomy
    shown: Taxonomy


@dataclass(frozen=True, slots=True, eq=False)
class Ranked:
    """The rankings of all detections, and of those that are shown."""

    told: Ranking
    shown: Ranking


def examined(variant: str, truth: Truth, predictions: Predictions, kept: Flags, iou: float) -> Examined:
    """Tell the kinds of one variant's errors, among all its detections and among those that are shown."""
    rows = np.flatnonzero(kept)
    few = taxonomy(truth, predictions.take(rows), iou)
    shown = Taxonomy(rows[few.row], few.kind, few.object, few.overlap, few.mends, few.found, few.missed)
    return Examined(variant, truth, predictions, kept, taxonomy(truth, predictions, iou), shown)


def ranked(one: Examined, classes: int) -> Ranked:
    """Both rankings, from which every slice is counted."""
    whole, shown = (ranking(one.truth, one.predictions, told, classes) for told in (one.told, one.shown))
    return Ranked(whole, shown)


def error_rows(place: Place, of: Ranked, frames: Flags, labels: Sequence[str]) -> Iterator[ErrorRow]:
    """The rows of all classes together, then those of each, a row for each kind.

    Args:
        place: what the rows are about.
        of: the variant's detections.
        frames: mask over frame numbers: the slice.
        labels: class ids in the order of their numbers.
    """
    cost = costs(of.told, frames)
    mean = _means(np.vstack((cost.ap, cost.mended)))
    rise = np.column_stack((np.clip(cost.mended - cost.ap, 0, None), np.clip(mean[1:] - mean[0], 0, None)))
    gain = np.column_stack((cost.gain, rise[:, -1]))
    df1 = f1_gains(of.shown, frames)
    count, shown = (_with_sum(n) for n in (cost.count, counts(of.shown, frames)))
    for number, label in ((len(labels), EVERY), *enumerate(labels)):
        for kind, name in enumerate(MENDED):
            yield ErrorRow(
                variant=place.variant,
                set=place.set,
                label=label,
                slice=place.slice,
                kind=name,
                count=int(count[kind, number]),
                shown=int(shown[kind, number]),
                dap=_number(rise[kind, number]),
                dap_every_class=_number(gain[kind, number]),
                df1=_number(df1[kind, number]),
            )


def f1_gains(ranked: Ranking, frames: Flags) -> Reals:
    """By how much F1 rises once the errors of one kind are mended, each kind alone.

    What a localisation or classification error stands on is found, and so is what was missed; the other false
    detections go.

    Args:
        ranked: the detections that are shown.
        frames: mask over frame numbers.

    Returns:
        ``(8, classes + 1)``, the last column for all classes together; NaN where nothing is there and nothing shown.
    """
    n = ranked.classes
    rows = frames[ranked.frame]
    own = rows & ~ranked.moved
    objects = np.bincount(ranked.truth_label[frames[ranked.truth_frame]], minlength=n)
    right = np.bincount(ranked.said[own & (ranked.kind == RIGHT)], minlength=n)
    detections = np.bincount(ranked.said[own], minlength=n)
    errors = counts(ranked, frames)
    found = np.zeros_like(errors)
    found[CLASSIFICATION] = np.bincount(ranked.label[rows & ranked.moved], minlength=n)
    found[LOCALISATION] = np.bincount(ranked.said[own & ranked.mends & (ranked.kind == LOCALISATION)], minlength=n)
    found[MISSED], found[FALSE_NEGATIVES] = errors[MISSED], errors[FALSE_NEGATIVES]
    gone = errors.copy()
    gone[[MISSED, FALSE_NEGATIVES]] = 0
    before = _f1(_with_sum(right[None]), _with_sum(detections[None]), _with_sum(objects[None]))
    after = _f1(_with_sum(right + found), _with_sum(detections - gone + found), _with_sum(objects[None]))
    return after - before


def _f1(right: Integers, detections: Integers, objects: Integers) -> Reals:
    whole = np.broadcast_to(detections + objects, right.shape).astype(np.float64)
    share: Reals = np.divide(2.0 * right, whole, out=np.full(right.shape, np.nan), where=whole > 0)
    return share


def _with_sum(table: Integers) -> Integers:
    """``(k, classes)`` with the sum over classes as a last column."""
    return np.column_stack((table, table.sum(axis=1)))


def _means(values: Reals) -> Reals:
    """Mean of each row over what is there; NaN where nothing is."""
    present = ~np.isnan(values)
    total = np.where(present, values, 0.0).sum(axis=1)
    mean: Reals = np.divide(total, present.sum(axis=1), out=np.full(len(values), np.nan), where=present.any(axis=1))
    return mean


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
