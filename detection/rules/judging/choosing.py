"""The loops behind matching: detections in one canonical order, each taking the best object that is still free.

Detections and objects stand by class. Within a class the frames are told apart by a small table, so that a detection
sees only the objects of its own frame, and the work is in proportion to what is really there.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Places = NDArray[np.int32]
Reals = NDArray[np.float64]
Flags = NDArray[np.bool_]


class Boxes(NamedTuple):
    """``n`` boxes, by class; the order within a class is the order of choosing.

    Attributes:
        frame: ``(n,)`` number of the frame.
        label: ``(n,)`` number of the class, ascending.
        corners: ``(n, 4)`` pixels.
    """

    frame: Integers
    label: Integers
    corners: Reals

    def take(self, rows: Flags) -> Boxes:
        """The boxes in a mask."""
        return Boxes(self.frame[rows], self.label[rows], self.corners[rows])


def canonical(frame: Integers, corners: NDArray[np.floating], score: Reals) -> Integers:
    """Best score first; equal scores by frame, then by corners: the order of the rows never matters.

    Corners are compared as float32, in which they are kept beside the scores: whoever reads them back has this order.
    What differs by less is told apart by all digits given.

    Returns:
        ``(n,)`` positions.
    """
    order = np.argsort(-score)
    level = score[order]
    same = np.concatenate(([False], level[1:] == level[:-1], [False]))
    tied = np.flatnonzero(same[1:] | same[:-1])
    rows = np.sort(order[tied])
    if len(rows):
        exact, kept = corners[rows].T[::-1], corners[rows].astype(np.float32).T[::-1]
        order[tied] = rows[np.lexsort((*exact, *kept, frame[rows], -score[rows]))]
    return order.astype(np.int64)


def by_class(label: Integers) -> Integers:
    """Positions by class, otherwise in the order given."""
    small = label.astype(np.uint16) if label.max(initial=0) < 1 << 16 else label  # counted instead of compared
    return np.argsort(small, kind="stable").astype(np.int64)


def ranks(frame: Integers, label: Integers) -> Integers:
    """``(n,)`` how many of the same frame and class go before each; classes ascend."""
    rank = np.zeros(len(frame), np.int64)
    _count(frame, label, np.zeros(frame.max(initial=-1) + 1, np.int64), rank)
    return rank


def chosen(said: Boxes, there: Boxes, demanded: Flags, place: Integers, limits: Reals) -> Places:
    """What each detection takes.

    Args:
        said: the detections.
        there: the objects, those of one class and frame side by side.
        demanded: ``(m,)`` an object not demanded is taken only if none that is can be.
        place: ``(m,)`` what each object is called in the answer.
        limits: ``(t,)`` overlaps demanded, ascending.

    Returns:
        ``(n, t)`` the object's place; -1 for none.
    """
    partner = np.full((len(said.frame), len(limits)), -1, np.int32)  # the largest array of judging
    frames = max(said.frame.max(initial=-1), there.frame.max(initial=-1)) + 1
    _choose_all(said, there, (demanded, place), limits, np.zeros((frames, 2), np.int64), partner)
    return partner


@njit(cache=True)
def _count(frame, label, room, rank):  # type: ignore[no-untyped-def]
    begin = 0
    for i in range(len(frame)):
        if label[i] != label[begin]:
            for j in range(begin, i):
                room[frame[j]] = 0
            begin = i
        rank[i] = room[frame[i]]
        room[frame[i]] += 1


@njit(cache=True)
def _choose_all(said, there, objects, limits, stretch, partner):  # type: ignore[no-untyped-def]
    """Fill in every class; ``stretch`` is ``(frames, 2)`` zeros: where the objects of a frame begin and end."""
    demanded, place = objects
    taken = np.zeros((len(there.frame), len(limits)), np.bool_)
    best = np.empty(len(limits))
    i = m = 0
    while i < len(said.frame):
        label = said.label[i]
        while m < len(there.frame) and there.label[m] < label:
            m += 1
        first = m
        while m < len(there.frame) and there.label[m] == label:
            if stretch[there.frame[m], 1] == 0:
                stretch[there.frame[m], 0] = m
            stretch[there.frame[m], 1] = m + 1
            m += 1
        while i < len(said.frame) and said.label[i] == label:
            begin, end = stretch[said.frame[i]]
            if end > begin:
                best[:] = 0.0
                for wanted in (True, False):
                    _choose(
                        said.corners[i], there.corners, (begin, end, wanted), demanded, limits, taken, best, partner[i]
                    )
                for t in range(len(limits)):
                    if partner[i, t] >= 0:
                        taken[partner[i, t], t] = True
                        partner[i, t] = place[partner[i, t]]
            i += 1
        for j in range(first, m):
            stretch[there.frame[j], 1] = 0
            stretch[there.frame[j], 0] = 0


@njit(cache=True)
def _choose(box, corners, stretch, demanded, limits, taken, best, partner):  # type: ignore[no-untyped-def]
    """The best free object at each overlap, of those demanded or of the others; of equal ones the later."""
    begin, end, wanted = stretch
    for j in range(begin, end):
        if demanded[j] != wanted:
            continue
        overlap = _overlap(box, corners[j])
        for t in range(len(limits)):
            if overlap < limits[t]:
                break
            settled = not wanted and partner[t] >= 0 and demanded[partner[t]]
            if not taken[j, t] and not settled and overlap >= best[t]:
                best[t], partner[t] = overlap, j


@njit(cache=True)
def _overlap(a, b):  # type: ignore[no-untyped-def]
    """Intersection over union."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared)
