"""What was found in one slice, counted by class and group: every figure and every draw comes from these counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from detection.rules.judging.drawn import Standing, drawn_precisions, drawn_recalls, mean_over_classes
from detection.rules.judging.matching import Flags, Integers, Reals
from detection.rules.spec.judging import Metric


@dataclass(frozen=True, slots=True, eq=False)
class Boxes:
    """``n`` boxes by number: of what class, in which frame."""

    frame: Integers
    label: Integers

    def take(self, rows: Flags) -> Boxes:
        """Those in ``rows``."""
        return Boxes(self.frame[rows], self.label[rows])


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """The frames of a slice.

    Attributes:
        group: ``(frames,)`` number of each frame's group from 0 on; -1 for frames outside of the slice.
        groups: how many groups there are.
        classes: how many classes.
    """

    group: Integers
    groups: int
    classes: int

    def count(self, boxes: Boxes) -> Integers:
        """``(classes, groups)`` how many boxes; none may stand outside of the slice."""
        cell = boxes.label * self.groups + self.group[boxes.frame]
        return np.bincount(cell, minlength=self.classes * self.groups).reshape(self.classes, self.groups)


@dataclass(frozen=True, slots=True, eq=False)
class Tallied:
    """Counts of one slice, ``(classes, groups)`` int64 each unless said otherwise.

    Attributes:
        standing: what average precision needs.
        found: objects that a kept detection found.
        correct: kept detections that found an object.
        detections: kept detections.
        truths: objects.
        background_frames: ``(classes + 1, groups)`` frames without an object of the class; the last row: without any.
        background_detections: ``(classes + 1, groups)`` kept detections (of the class) in those frames.
    """

    standing: Standing
    found: Integers
    correct: Integers
    detections: Integers
    truths: Integers
    background_frames: Integers
    background_detections: Integers

    @property
    def groups(self) -> int:
        """How many groups the slice's frames come from."""
        return int(self.truths.shape[1])

    def of(self, counts: Integers, number: int | None) -> Integers:
        """``(groups,)`` one class's row of ``(classes, groups)`` counts; the sum of all with None."""
        row: Integers = counts.sum(axis=0) if number is None else counts[number]
        return row

    def background(self, counts: Integers, number: int | None) -> Integers:
        """``(groups,)`` one class's row of ``(classes + 1, groups)`` counts; the last with None."""
        row: Integers = counts[-1 if number is None else number]
        return row


def background(ground: Ground, truths: Boxes, kept: Boxes) -> Sequence[Integers]:
    """``(classes + 1, groups)`` twice: frames without an object, kept detections in them; see :class:`Tallied`."""
    inside = ground.group >= 0
    busy = np.zeros((len(ground.group), ground.classes + 1), np.bool_)
    busy[truths.frame, truths.label] = True
    busy[truths.frame, -1] = True
    frames = np.zeros((ground.classes + 1, ground.groups), np.int64)
    for number in range(ground.classes + 1):
        idle = inside & ~busy[:, number]
        frames[number] = np.bincount(ground.group[idle], minlength=ground.groups)
    false = ground.count(kept.take(~busy[kept.frame, kept.label]))
    anywhere = ground.count(kept.take(~busy[kept.frame, -1])).sum(axis=0)
    return frames, np.concatenate((false, anywhere[None]))


class Drawn:
    """Figures of a slice when its groups count as often as they were drawn.

    Args:
        tallied: the slice.
        draws: ``(r, groups)`` how often each group counts; see :func:`intervals.draw_groups`.
    """

    def __init__(self, tallied: Tallied, draws: Integers) -> None:
        self._tallied = tallied
        self._draws = draws

    @classmethod
    def once(cls, tallied: Tallied) -> Drawn:
        """Every group counts once: one draw, the observed figures."""
        return cls(tallied, np.ones((1, tallied.groups), np.int64))

    def figure(self, metric: Metric, number: int | None) -> Reals:
        """``(r,)`` of one class, or of all together with None; NaN where a draw leaves it undefined.

        Average precision and recall of all classes are the mean over classes with truth; the other figures count all
        boxes together. The calibration error is not a matter of these counts: see ``metrics``.
        """
        counts = self._tallied
        if metric in ("ap50", "ap50_95"):
            precision = self._mean_precisions if number is None else self._precisions[:, number]
            chosen: Reals = precision[:, 0] if metric == "ap50" else precision.mean(axis=1)
            return chosen
        if metric == "average_recall":
            recall = self._mean_recalls if number is None else self._recalls[:, number]
            return np.asarray(recall.mean(axis=1))
        if metric == "false_per_background_frame":
            return self._ratio(
                counts.background(counts.background_detections, number),
                counts.background(counts.background_frames, number),
            )
        detections, truths = counts.of(counts.detections, number), counts.of(counts.truths, number)
        correct, found = counts.of(counts.correct, number), counts.of(counts.found, number)
        if metric == "precision":
            return self._ratio(correct, detections)
        if metric == "recall":
            return self._ratio(found, truths)
        if metric == "f1":
            return self._ratio(correct + found, detections + truths)
        raise ValueError(f"{metric} is not counted here")

    @cached_property
    def _precisions(self) -> Reals:
        return drawn_precisions(self._tallied.standing, self._draws)

    @cached_property
    def _recalls(self) -> Reals:
        return drawn_recalls(self._tallied.standing, self._draws)

    @cached_property
    def _mean_precisions(self) -> Reals:
        return mean_over_classes(self._precisions)

    @cached_property
    def _mean_recalls(self) -> Reals:
        return mean_over_classes(self._recalls)

    def _ratio(self, part: Integers, whole: Integers) -> Reals:
        above, below = (self._draws @ counts for counts in (part.astype(np.float64), whole.astype(np.float64)))
        ratio: Reals = np.divide(above, below, out=np.full(len(above), np.nan), where=below > 0)
        return ratio
