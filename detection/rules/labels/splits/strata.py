"""What every side should have its part of: frames, classes and conditions, counted frame by frame."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detection.rules.labels.samples import Annotations, Frames, Rows
from detection.rules.labels.splits.columns import ranked, rows_of

Integers = NDArray[np.int64]
FRAMES, CLASS = "frames", "class"


@dataclass(frozen=True, slots=True, eq=False)
class Strata:
    """Counts of ``n`` frames over ``f`` values.

    Attributes:
        dimension: ``f`` of them: ``frames``, ``class``, or a condition of the spec.
        value: ``f`` of them: the class or the condition's value; ``""`` for frames, and for unknown.
        counts: ``(n, f)`` int32: 1 for the frame itself, its boxes of each class, 1 for its condition values.
    """

    dimension: tuple[str, ...]
    value: tuple[str, ...]
    counts: NDArray[np.int32]

    def take(self, rows: Rows) -> Strata:
        """Those of the frames in ``rows``, in that order."""
        return Strata(self.dimension, self.value, self.counts[rows])

    def sums(self, number: Integers, groups: int) -> NDArray[np.float64]:
        """``(groups, f)`` summed over the frames of each group, given the group's number of each frame."""
        columns = [np.bincount(number, weights=column, minlength=groups) for column in self.counts.T]
        return np.stack(columns, axis=1)

    def weights(self) -> NDArray[np.float64]:
        """``(f,)``: each dimension weighs as much as the others, and each value as much as the others of its own."""
        present = self.counts.any(axis=0)
        values = Counter(np.array(self.dimension, object)[present].tolist())
        return np.where(present, 1 / np.array([values[d] or 1 for d in self.dimension], np.float64), 0.0)


def strata(frames: Frames, labels: Annotations) -> Strata:
    """Count what is to be balanced; boxes of other frames are passed over."""
    rows, known = rows_of(frames.id, labels.frame)
    classes, which = ranked(labels.label[known])
    boxes = np.bincount(rows[known] * len(classes) + which, minlength=len(frames) * len(classes))
    dimension, value = [FRAMES, *[CLASS] * len(classes)], ["", *classes.tolist()]
    columns = [np.ones((len(frames), 1), np.int32), boxes.reshape(len(frames), -1).astype(np.int32)]
    for condition, column in sorted(frames.conditions.items()):
        values, place = ranked(column)
        columns.append((place[:, None] == np.arange(len(values))).astype(np.int32))
        dimension += [condition] * len(values)
        value += values.tolist()
    return Strata(tuple(dimension), tuple(value), np.concatenate(columns, axis=1))
