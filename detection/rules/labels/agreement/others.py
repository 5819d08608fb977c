"""Every annotator's answer held against what the others who looked at the frame agree on.

An object is there if enough of the others' weight drew it; its class is the one most of that weight says, its corners
are their weighted mean. The annotator's own box is left out of all three.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit

from detection.rules.labels.agreement.answers import Answers, Integers, Reals
from detection.rules.labels.agreement.matching import overlap
from detection.rules.labels.agreement.objects import Objects

ENOUGH = 0.45
"""Part of the weight that must have drawn an object: half, less what weights from few frames may be wrong by.

People overlook more than they invent, so of two equally good annotators one is enough; 4 of 9 are not.
"""
_TINY = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """``n`` answers held against what is taken for true.

    Attributes:
        answer: ``(n,)`` position of the answer.
        found: ``(n,)`` boxes that match an object in place and class.
        drawn: ``(n,)`` boxes.
        there: ``(n,)`` objects.
        overlap: ``(n,)`` sum of the IoU of what was found.
    """

    answer: Integers
    found: Reals
    drawn: Reals
    there: Reals
    overlap: Reals

    def take(self, rows: Integers) -> Tally:
        """The answers in ``rows``, in that order."""
        return Tally(self.answer[rows], self.found[rows], self.drawn[rows], self.there[rows], self.overlap[rows])


def against_others(answers: Answers, objects: Objects, weight: Reals, at_least: float) -> Tally:
    """Hold every annotator's answer against what the others who looked agree on.

    Args:
        answers: everybody's; the expert's are left out.
        objects: what the annotators drew, gathered.
        weight: ``(annotators,)`` above 0.
        at_least: overlap from which a box is on an object.
    """
    of_box = np.full(len(answers.row), -1, np.int64)
    of_box[objects.box] = objects.of_box
    rows = np.flatnonzero(~answers.verified)
    rows = rows[objects.looked[answers.frame[rows]] >= 2]
    bounds = np.append(np.flatnonzero(np.diff(answers.frame[rows], prepend=-1)), len(rows)).astype(np.int64)
    first = np.searchsorted(objects.frame, answers.frame[rows[bounds[:-1]]]).astype(np.int64)
    sums = _judge_all(
        answers.corners, answers.label, answers.starts, of_box, rows, bounds, first,
        weight[answers.annotator[rows]], len(answers.labels), at_least,
    )  # fmt: skip
    return Tally(rows, sums[0], np.diff(answers.starts)[rows].astype(np.float64), sums[1], sums[2])


@njit(cache=True)
def _judge_all(corners, label, starts, of_box, rows, bounds, first, weight, classes, at_least):  # type: ignore[no-untyped-def]
    """``(3, n)``: objects found, objects there, and overlap of the found, for every answer in ``rows``."""
    sums, pair = np.zeros((3, len(rows))), np.empty((2, 4))
    for frame in range(len(bounds) - 1):
        begin, end = bounds[frame], bounds[frame + 1]
        objects = 0
        for place in range(begin, end):
            for box in range(starts[rows[place]], starts[rows[place] + 1]):
                objects = max(objects, of_box[box] - first[frame] + 1)
        said, mean = np.zeros((objects, classes)), np.zeros((objects, 5))
        total = weight[begin:end].sum()
        for place in range(begin, end):
            for box in range(starts[rows[place]], starts[rows[place] + 1]):
                _vote(said, mean, of_box[box] - first[frame], label[box], corners[box], weight[place])
        for place in range(begin, end):
            a, b = starts[rows[place]], starts[rows[place] + 1]
            rest = total - weight[place]
            for box in range(a, b):
                _vote(said, mean, of_box[box] - first[frame], label[box], corners[box], -weight[place])
            for thing in range(objects):
                sums[1, place] += _there(mean, thing, rest)
            for box in range(a, b):
                thing = of_box[box] - first[frame]
                if _there(mean, thing, rest) and np.argmax(said[thing]) == label[box]:
                    pair[0], pair[1] = corners[box], mean[thing, :4] / mean[thing, 4]
                    shared = overlap(pair, 0, 1)
                    if shared >= at_least:
                        sums[0, place] += 1
                        sums[2, place] += shared
            for box in range(a, b):
                _vote(said, mean, of_box[box] - first[frame], label[box], corners[box], weight[place])
    return sums


@njit(cache=True)
def _vote(said, mean, thing, label, corners, weight):  # type: ignore[no-untyped-def]
    """Add a box to its object, or with a negative weight take it away."""
    said[thing, label] += weight
    mean[thing, 4] += weight
    for side in range(4):
        mean[thing, side] += weight * corners[side]


@njit(cache=True)
def _there(mean, thing, rest):  # type: ignore[no-untyped-def]
    """Whether enough of the weight ``rest`` drew the object."""
    return mean[thing, 4] > _TINY and mean[thing, 4] >= ENOUGH * rest - _TINY
