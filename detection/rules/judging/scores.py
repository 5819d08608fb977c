"""How good is a variant: average precision, and precision and recall where we cut. Counts stand beside every share."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Interval:
    """Where a score lies, by resampling groups of frames.

    Attributes:
        lower: lower end, 0 to 1.
        upper: upper end, 0 to 1.
        confidence: two-sided level.
        groups: how many groups were resampled.
    """

    lower: float
    upper: float
    confidence: float
    groups: int


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
    """

    rows: tuple[ScoreRow, ...]
    resamples: int
    seed: int

    def row(self, variant: str, set: str, label: str = "every", slice: str = "all") -> ScoreRow | None:  # noqa: A002
        """The row of that name, or None: a set without frames has no rows."""
        wanted = (variant, set, label, slice)
        return next((r for r in self.rows if (r.variant, r.set, r.label, r.slice) == wanted), None)
