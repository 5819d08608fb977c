"""Every annotator's answer held against what the others who looked at the frame agree on.

An object is there if enough of the others' weight drew it; its class is the one most of that weight says, its corners
are their weighted mean. The annotator's own box is left out of all three.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit

from detection.rules.labels.agreement.gathering.answers import Answers, Integers, Reals
from detection.rules.labels.agreement.gathering.matching import Drawings, overlap
from detection.rules.labels.agreement.gathering.objects import Objects

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
    looked = _Looked(rows, bounds, first, weight[answers.annotator[rows]])
    drawn = Drawings(answers.corners, answers.label, answers.starts)
    sums = _judge_all(drawn, of_box, looked, len(answers.labels), at_least)
    return Tally(rows, sums[0], np.diff(answers.starts)[rows].astype(np.float64), sums[1], sums[2])


class _Looked(NamedTuple):
    """Who looked at what.

    Attributes:
        rows: ``(n,)`` answers, those to one frame together.
        bounds: ``(frames + 1,)`` where the answers to each frame begin.
        first: ``(frames,)`` each frame's first object.
        weight: ``(n,)`` of each answer.
    """

    rows: Integers
    bounds: Integers
    first: Integers
    weight: Reals


@njit(cache=True)
def _judge_all(drawn, of_box, looked, classes, at_least):  # type: ignore[no-untyped-def]
    """``(3, n)``: objects found, objects there, and overlap of the found, for every answer."""
    sums = np.zeros((3, len(looked.rows)))
    for frame in range(len(looked.bounds) - 1):
        places, first = range(looked.bounds[frame], looked.bounds[frame + 1]), looked.first[frame]
        objects, total = 0, 0.0
        for place in places:
            total += looked.weight[place]
            for box in range(drawn.starts[looked.rows[place]], drawn.starts[looked.rows[place] + 1]):
                objects = max(objects, of_box[box] - first + 1)
        said, mean = np.zeros((objects, classes)), np.zeros((objects, 5))
        for place in places:
            _vote(drawn, of_box, (looked.rows[place], first), looked.weight[place], (said, mean))
        for place in places:
            row, weight = looked.rows[place], looked.weight[place]
            _vote(drawn, of_box, (row, first), -weight, (said, mean))
            for thing in range(objects):
                sums[1, place] += _there(mean, thing, total - weight)
            for box in range(drawn.starts[row], drawn.starts[row + 1]):
                thing = of_box[box] - first
                if _there(mean, thing, total - weight) and np.argmax(said[thing]) == drawn.label[box]:
                    shared = _on_mean(drawn.corners[box], mean[thing])
                    if shared >= at_least:
                        sums[0, place] += 1
                        sums[2, place] += shared
            _vote(drawn, of_box, (row, first), weight, (said, mean))
    return sums


@njit(cache=True)
def _vote(drawn, of_box, place, weight, votes):  # type: ignore[no-untyped-def]
    """Add an answer's boxes to their objects, or with a negative weight take them away."""
    row, first = place
    said, mean = votes
    for box in range(drawn.starts[row], drawn.starts[row + 1]):
        thing = of_box[box] - first
        said[thing, drawn.label[box]] += weight
        mean[thing, 4] += weight
        for side in range(4):
            mean[thing, side] += weight * drawn.corners[box, side]


@njit(cache=True)
def _on_mean(corners, mean):  # type: ignore[no-untyped-def]
    """IoU of a box with an object's weighted corners, whose weight is the fifth number."""
    pair = np.empty((2, 4))
    pair[0], pair[1] = corners, mean[:4] / mean[4]
    return overlap(pair, 0, 1)


@njit(cache=True)
def _there(mean, thing, rest):  # type: ignore[no-untyped-def]
    """Whether enough of the weight ``rest`` drew the object."""
    return mean[thing, 4] > _TINY and mean[thing, 4] >= ENOUGH * rest - _TINY
