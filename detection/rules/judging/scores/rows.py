"""How good is a variant: average precision, and precision and recall where we cut. Counts stand beside every share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from detection.rules.judging.intervals import Bounds, Interval, figure_bounds, interval, rate_bounds, share_bounds
from detection.rules.judging.matching import Integers, Reals
from detection.rules.judging.scores.tallies import Drawn, Tallied
from detection.rules.spec.judging import Metric

EVERY = "every"
"""The label of all classes together."""
ALL = "all"
"""The slice that takes every frame."""


@dataclass(frozen=True, slots=True)
class Intervals:
    """Where each figure of a row lies, two-sided, over groups; None where a single group, or nothing, is known."""

    ap50: Interval | None = None
    ap50_95: Interval | None = None
    average_recall: Interval | None = None
    precision: Interval | None = None
    recall: Interval | None = None
    f1: Interval | None = None
    false_per_background_frame: Interval | None = None


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """Scores of one variant on one slice of one set. A share without a denominator is None, never 0.

    Attributes:
        variant: the variant's name.
        set: ``test``, ``golden`` or ``challenge``.
        label: class id, or ``every``: average precision and recall are then the mean over classes with truth, the rest
            counts all boxes together.
        slice: ``all``, ``<condition>=<value>``, ``<condition>=<value>,<condition>=<value>`` for a crossing that the
            spec declares, or ``size=small|medium|large``, where other sizes are neither demanded nor held against.
        frames: frames in the slice.
        truths: labelled objects.
        detections: detections at or above the shipped threshold.
        correct: those of them that found an object, at the spec's overlap.
        ap50: average precision at IoU 0.5, 101 points as COCO does.
        ap50_95: mean of the average precision at IoU 0.50, 0.55 ... 0.95.
        average_recall: COCO's AR: share found by the 100 best of a frame and class, mean over the same overlaps.
        precision: ``correct / detections``.
        recall: ``correct / truths``.
        f1: ``2 correct / (detections + truths)``.
        threshold: shipped common threshold on the calibrated scale; None for ``every``.
        background_frames: frames without an object (of the class); 0 for a slice by size.
        background_detections: detections (of the class) shown in those frames.
        false_per_background_frame: ``background_detections / background_frames``.
        groups: independent groups of the slice's frames.
        intervals: of the figures.
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
    average_recall: float | None
    precision: float | None
    recall: float | None
    f1: float | None
    threshold: float | None
    background_frames: int
    background_detections: int
    false_per_background_frame: float | None
    groups: int
    intervals: Intervals


@dataclass(frozen=True, slots=True)
class ScoreSheet:
    """``data/evaluate/scores.json``, whole.

    Attributes:
        rows: by variant, set, slice and label, in the order of their documents; ``every`` and ``all`` come first.
        resamples: intervals of average precision and recall rest on the figures without each group in turn; only of
            more groups than this, so many draws with repetition were made. No other interval is drawn.
        seed: of these draws, if there were any.
        model_digests: variant to the SHA-256 of the model file that was judged, lower-case hex.
        set_digests: judging set to the SHA-256 of its frames and labels; see :mod:`detection.rules.judging.sets`.
        iou: overlap from which a detection has found an object.
    """

    rows: tuple[ScoreRow, ...]
    resamples: int
    seed: int
    model_digests: dict[str, str] = field(default_factory=dict)
    set_digests: dict[str, str] = field(default_factory=dict)
    iou: float = 0.5

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
    frames: int


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """The same slice, counted once and with its groups weighted otherwise.

    Attributes:
        tallied: its counts.
        draws: ``(r, groups)``, how often each group counts: each left out in turn (``groups`` rows), or, of more groups
            than resamples, drawn with repetition.
        confidence: two-sided level of the intervals.
    """

    tallied: Tallied
    draws: Integers
    confidence: float

    @property
    def leaves_out(self) -> bool:
        """Whether ``draws`` leave out one group each."""
        return len(self.draws) == self.tallied.groups


def score_rows(place: Place, pair: Pair, labels: Sequence[str], cuts: Reals) -> Iterator[ScoreRow]:
    """The row of all classes together, then one per class; a class without truth still shows its false detections.

    Args:
        place: what the rows are about.
        pair: the slice's counts and draws.
        labels: class ids in the order of their numbers.
        cuts: ``(classes,)`` shipped common thresholds.
    """
    once, drawn = Drawn.once(pair.tallied), Drawn(pair.tallied, pair.draws)
    yield _row(place, EVERY, None, pair, Figures(once, drawn, None))
    for number, label in enumerate(labels):
        yield _row(place, label, float(cuts[number]), pair, Figures(once, drawn, number))


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """Figures of one class (all with None) of a slice, observed and drawn."""

    once: Drawn
    drawn: Drawn
    number: int | None

    def observed(self, metric: Metric) -> float | None:
        """None where nothing was there to be counted."""
        value = float(self.once.figure(metric, self.number)[0])
        return None if np.isnan(value) else value

    def interval(self, metric: Metric, pair: Pair) -> Interval | None:
        """Of a figure that is no share of counts: from what it is without each group; from draws of many groups."""
        observed, tallied = self.observed(metric), pair.tallied
        if observed is None or tallied.groups < 2:
            return None
        values = self.drawn.figure(metric, self.number)
        if not pair.leaves_out:
            return interval(values, observed, pair.confidence, tallied.groups)
        weight = tallied.of(tallied.truths, self.number).astype(np.float64)
        if metric != "average_recall":
            weight = (weight + tallied.of(tallied.detections, self.number)) / 2
        return _interval(figure_bounds(observed, values, weight, pair.confidence, 2), pair.confidence)


def _row(place: Place, label: str, threshold: float | None, pair: Pair, figures: Figures) -> ScoreRow:
    tallied, number = pair.tallied, figures.number
    sums = {name: int(tallied.of(getattr(tallied, name), number).sum()) for name in ("truths", "detections", "correct")}
    return ScoreRow(
        variant=place.variant,
        set=place.set,
        label=label,
        slice=place.slice,
        frames=place.frames,
        threshold=threshold,
        groups=tallied.groups,
        background_frames=int(tallied.background(tallied.background_frames, number).sum()),
        background_detections=int(tallied.background(tallied.background_detections, number).sum()),
        truths=sums["truths"],
        detections=sums["detections"],
        correct=sums["correct"],
        ap50=figures.observed("ap50"),
        ap50_95=figures.observed("ap50_95"),
        average_recall=figures.observed("average_recall"),
        precision=figures.observed("precision"),
        recall=figures.observed("recall"),
        f1=figures.observed("f1"),
        false_per_background_frame=figures.observed("false_per_background_frame"),
        intervals=_intervals(pair, figures),
    )


def _intervals(pair: Pair, figures: Figures) -> Intervals:
    """By the posteriors of :mod:`intervals`, which keep their width at 59 of 59; docs/decisions/0019 says why."""
    tallied, number = pair.tallied, figures.number
    correct, found = tallied.of(tallied.correct, number), tallied.of(tallied.found, number)
    precision = share_bounds(correct, tallied.of(tallied.detections, number), pair.confidence, 2)
    recall = share_bounds(found, tallied.of(tallied.truths, number), pair.confidence, 2)
    boxes = tallied.of(tallied.detections, number) + tallied.of(tallied.truths, number)
    f1 = share_bounds((correct + found) / 2, boxes / 2, pair.confidence, 2)
    false = rate_bounds(
        tallied.background(tallied.background_detections, number),
        tallied.background(tallied.background_frames, number),
        pair.confidence,
        2,
    )
    return Intervals(
        ap50=figures.interval("ap50", pair),
        ap50_95=figures.interval("ap50_95", pair),
        average_recall=figures.interval("average_recall", pair),
        precision=_interval(precision, pair.confidence),
        recall=_interval(recall, pair.confidence),
        f1=_interval(f1, pair.confidence),
        false_per_background_frame=_interval(false, pair.confidence),
    )


def _interval(bounds: Bounds | None, confidence: float) -> Interval | None:
    if bounds is None or bounds.groups < 2:
        return None
    return Interval(bounds.lower, bounds.upper, confidence, bounds.groups)
