"""Which boxes of two answers are one object: all couples of answers at once, one to one, overlaps summing to the most.

Boxes match if they overlap by the spec's IoU. Within one class, boxes of another class are no candidates; with any
class, a confused class is still one object. Columns with offsets in, partners out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from detection.edge.boxes import Boxes
from detection.rules.labels.agreement.gathering.answers import Couples
from detection.rules.labels.agreement.gathering.assignment import partners

Integers = NDArray[np.int64]
Reals = NDArray[np.float64]


class Drawings(NamedTuple):
    """What is matched: boxes side by side, those of one answer together.

    Attributes:
        corners: ``(m, 4)`` float64, pixels.
        label: ``(m,)`` code of the class.
        starts: ``(n + 1,)`` where each answer's boxes begin.
    """

    corners: Reals
    label: Integers
    starts: Integers


@dataclass(frozen=True, slots=True, eq=False)
class Matches:
    """Every box of every couple of answers, with its partner: the first answer's boxes, then the second's.

    Attributes:
        couple: ``(t,)`` number of the couple, ascending.
        box: ``(t,)`` position of the box.
        partner: ``(t,)`` position of the box of the other answer that it matches; -1 for none.
        overlap: ``(t,)`` IoU with the partner; 0 without.
        is_first: ``(t,)`` whether the box is of the couple's first answer.
    """

    couple: Integers
    box: Integers
    partner: Integers
    overlap: Reals
    is_first: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.box)


class _Found(NamedTuple):
    """The columns of :class:`Matches`, to be filled by the loop."""

    couple: Integers
    box: Integers
    partner: Integers
    overlap: Reals
    is_first: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Partners:
    """Partners among ``a`` and ``b`` boxes: positions ``(k,)`` in each and their overlaps ``(k,)``."""

    first: Integers
    second: Integers
    overlaps: Reals


def match(drawn: Drawings, couples: Couples, at_least: float, *, any_class: bool) -> Matches:
    """Find partners in every couple of answers.

    Args:
        drawn: all boxes.
        couples: which answers to compare; both of a couple belong to one frame.
        at_least: overlap below which two boxes are no partners, above 0.
        any_class: boxes of different classes may be partners.
    """
    counts = np.diff(drawn.starts)
    slots = np.concatenate([[0], np.cumsum(counts[couples.first] + counts[couples.second])]).astype(np.int64)
    found = _empty(int(slots[-1]))
    alike = drawn._replace(label=np.zeros_like(drawn.label)) if any_class else drawn
    _match_all(alike, couples.first, couples.second, slots, at_least, found)
    return Matches(*found)


def _empty(size: int) -> _Found:
    return _Found(
        np.empty(size, np.int64), np.empty(size, np.int64), np.full(size, -1, np.int64), np.zeros(size),
        np.empty(size, np.bool_),
    )  # fmt: skip


def match_two(first: Boxes, second: Boxes, at_least: float) -> Partners:
    """Find partners among two sets of boxes, of any class.

    Args:
        first: ``(a, 4)`` boxes; ``a`` may be 0.
        second: ``(b, 4)`` boxes; ``b`` may be 0.
        at_least: overlap below which two boxes are no partners, above 0.
    """
    corners = np.concatenate([first, second]).astype(np.float64)
    starts = np.array([0, len(first), len(corners)], np.int64)
    nobody, one = np.zeros(1, np.int64), np.ones(1, np.int64)
    drawn = Drawings(corners, np.zeros(len(corners), np.int64), starts)
    found = match(drawn, Couples(nobody, one), at_least, any_class=True)
    rows = np.flatnonzero(found.is_first & (found.partner >= 0))
    return Partners(found.box[rows], found.partner[rows] - len(first), found.overlap[rows])


@njit(cache=True)
def overlap(corners: Reals, a: int, b: int) -> float:
    """IoU of two boxes of one table, 0 to 1; of empty ones 0."""
    width = min(corners[a, 2], corners[b, 2]) - max(corners[a, 0], corners[b, 0])
    if width <= 0:
        return 0.0
    height = min(corners[a, 3], corners[b, 3]) - max(corners[a, 1], corners[b, 1])
    if height <= 0:
        return 0.0
    one = (corners[a, 2] - corners[a, 0]) * (corners[a, 3] - corners[a, 1])
    other = (corners[b, 2] - corners[b, 0]) * (corners[b, 3] - corners[b, 1])
    return float(width * height / (one + other - width * height))


@njit(cache=True)
def _match_all(drawn, first, second, slots, at_least, found):  # type: ignore[no-untyped-def]
    """Fill in every box of every couple, at the couple's slots."""
    corners, label, starts = drawn.corners, drawn.label, drawn.starts  # read once: looking up costs as much as an IoU
    most = np.max(starts[1:] - starts[:-1]) if len(starts) > 1 else 0
    of_row, of_column = np.zeros(most, np.int64), np.zeros(most, np.int64)
    last, shares = np.zeros(most, np.int64), np.zeros(most)
    for couple in range(len(first)):
        a, b, slot = starts[first[couple]], starts[second[couple]], slots[couple]
        n, m = starts[first[couple] + 1] - a, starts[second[couple] + 1] - b
        for i in range(n):
            found.couple[slot + i], found.box[slot + i], found.is_first[slot + i] = couple, a + i, True
        for j in range(m):
            found.couple[slot + n + j], found.box[slot + n + j], found.is_first[slot + n + j] = couple, b + j, False
            of_column[j] = 0
        for i in range(n):
            of_row[i] = 0
            for j in range(m):
                if label[a + i] != label[b + j]:
                    continue
                shared = overlap(corners, a + i, b + j)
                if shared >= at_least:
                    of_row[i] += 1
                    of_column[j] += 1
                    last[i], shares[i] = j, shared
        certain = True
        for i in range(n):
            certain = certain and (of_row[i] == 0 or (of_row[i] == 1 and of_column[last[i]] == 1))
        if not certain:
            _search(drawn, (a, b, n, m), at_least, (of_row, last, shares))
        for i in range(n):
            if of_row[i] > 0:
                j = last[i]
                found.partner[slot + i], found.partner[slot + n + j] = b + j, a + i
                found.overlap[slot + i] = found.overlap[slot + n + j] = shares[i]


@njit(cache=True)
def _search(drawn, bounds, at_least, room):  # type: ignore[no-untyped-def]
    """Partners of a couple in which some box has several candidates: where ``of_row`` is 1, ``last`` is the column."""
    a, b, n, m = bounds
    of_row, last, shares = room
    worth = np.zeros((n, m))
    for i in range(n):
        for j in range(m):
            shared = overlap(drawn.corners, a + i, b + j)
            if shared >= at_least and drawn.label[a + i] == drawn.label[b + j]:
                worth[i, j] = shared
    chosen = partners(worth)
    for i in range(n):
        of_row[i] = 1 if chosen[i] >= 0 else 0
        if chosen[i] >= 0:
            last[i], shares[i] = chosen[i], worth[i, chosen[i]]
