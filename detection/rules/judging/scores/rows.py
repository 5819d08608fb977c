"""How good is a variant: average precision, and precision and recall where we cut. Counts stand beside every share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from detection.rules.judging.average_precision import average_precisions, mean
from detection.rules.judging.intervals import Interval, PrecisionIntervals
from detection.rules.judging.matching import Flags, Integers, Matches, Reals

EVERY = "every"
"""The label of all classes together."""
ALL = "all"
"""The slice that takes every frame."""


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """Scores of one variant on one slice of one set. A share without a denominator is None, never 0.

    Attributes:
        variant: the variant's name.
        set: ``test``, ``golden`` or ``challenge``.
        label: class id, or ``every``: AP is then the mean over classes with truth, the rest counts all boxes together.
        slice: ``all``, or ``<condition>=<value>``.
        frames: frames in the slice.
        truths: labelled objects.
        detections: detections at or above the shipped threshold.
        correct: those of them that found an object, at IoU 0.5.
        ap50: average precision at IoU 0.5, 101 points as COCO does.
        ap50_95: mean of the average precision at IoU 0.50, 0.55 ... 0.95.
        precision: ``correct / detections``.
        recall: ``correct / truths``.
        f1: ``2 correct / (detections + truths)``.
        threshold: shipped threshold on the calibrated scale; None for ``every``.
        ap50_interval: only for ``every`` on ``all``.
        ap50_95_interval: only for ``every`` on ``all``.
    """

    variant: str
    set: str
    label: str
    slice: str
    frames: int
    truths: int
    detections: int
    correct: int
    ap50: float | None
    ap50_95: float | None
    precision: float | None
    recall: float | None
    f1: float | None
    threshold: float | None
    ap50_interval: Interval | None = None
    ap50_95_interval: Interval | None = None


@dataclass(frozen=True, slots=True)
class ScoreSheet:
    """``data/evaluate/scores.json``, whole.

    Attributes:
        rows: by variant, set, slice and label, in the order of their documents; ``every`` and ``all`` come first.
        resamples: how often groups were drawn for the intervals.
        seed: of these draws.
        model_digests: variant to the SHA-256 of the model file that was judged, lower-case hex.
    """

    rows: tuple[ScoreRow, ...]
    resamples: int
    seed: int
    model_digests: dict[str, str] = field(default_factory=dict)

    def row(self, variant: str, set: str, label: str = EVERY, slice: str = ALL) -> ScoreRow | None:  # noqa: A002
        """The row of that name, or None: a set without frames has no rows."""
        wanted = (variant, set, label, slice)
        return next((r for r in self.rows if (r.variant, r.set, r.label, r.slice) == wanted), None)


@dataclass(frozen=True, slots=True)
class Place:
    """What a group of rows is about; see :class:`ScoreRow`."""

    variant: str
    set: str
    slice: str


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """What was found where we cut, by class number: ``(classes,)`` int64 each."""

    correct: Integers
    detections: Integers
    truths: Integers


def above(matches: Matches, cuts: Reals) -> Flags:
    """``(n,)`` whether each detection reaches the threshold of its class.

    Matching goes from the best score down, so a detection left out takes no object from one that is kept.
    """
    return matches.score >= cuts[matches.label]


def counts(matches: Matches, cuts: Reals) -> Counts:
    """Count at the first overlap of ``matches`` what a consumer sees who cuts at ``cuts`` ``(classes,)``."""
    kept = above(matches, cuts)
    found = kept & (matches.partner[:, 0] >= 0)
    by_class = (
        np.bincount(labels, minlength=len(cuts)).astype(np.int64)
        for labels in (matches.label[found], matches.label[kept], matches.truth_label)
    )
    return Counts(*by_class)


def score_rows(place: Place, matches: Matches, frames: int, cuts: Reals, labels: Sequence[str]) -> Iterator[ScoreRow]:
    """The row of all classes together, then one per class; a class without truth still shows its false detections.

    Args:
        place: what the rows are about.
        matches: the slice's frames, and only these, at :data:`matching.OVERLAPS`.
        frames: how many frames the slice has.
        cuts: ``(classes,)`` shipped thresholds.
        labels: class ids in the order of their numbers.
    """
    precisions = average_precisions(matches, len(labels))
    counted = counts(matches, cuts)
    total = Counts(*(np.atleast_1d(column.sum()) for column in (counted.correct, counted.detections, counted.truths)))
    yield _row(place, EVERY, frames, total, 0, precisions)
    for number, label in enumerate(labels):
        row = _row(place, label, frames, counted, number, precisions[number : number + 1])
        yield replace(row, threshold=float(cuts[number]))


def with_intervals(row: ScoreRow, intervals: PrecisionIntervals) -> ScoreRow:
    """The row, with how far its average precisions may be from the truth."""
    return replace(row, ap50_interval=intervals.ap50, ap50_95_interval=intervals.ap50_95)


def _row(place: Place, label: str, frames: int, counted: Counts, number: int, precisions: Reals) -> ScoreRow:
    correct, detections, truths = (
        int(column[number]) for column in (counted.correct, counted.detections, counted.truths)
    )
    return ScoreRow(
        variant=place.variant,
        set=place.set,
        label=label,
        slice=place.slice,
        frames=frames,
        truths=truths,
        detections=detections,
        correct=correct,
        ap50=_number(mean(precisions[:, 0])),
        ap50_95=_number(mean(precisions)),
        precision=_share(correct, detections),
        recall=_share(correct, truths),
        f1=_share(2 * correct, detections + truths),
        threshold=None,
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _number(value: float) -> float | None:
    return None if np.isnan(value) else value
