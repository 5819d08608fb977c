"""Which boxes of two answers are one object: all couples of answers at once, one to one, overlaps summing to the most.

Boxes match if they overlap by the spec's IoU. Within one class, boxes of another class are no candidates; with any
class, a confused class is still one object. Columns with offsets in, partners out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from detection.edge.boxes import Boxes
from detection.rules.labels.agreement.answers import Couples
from detection.rules.labels.agreement.assignment import partners

Integers = NDArray[np.int64]
Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Drawings:
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
    sizes = counts[couples.first] + counts[couples.second]
    slots = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    label = np.zeros_like(drawn.label) if any_class else drawn.label
    partner, shares = _match_all(
        drawn.corners, label, drawn.starts, couples.first, couples.second, slots, at_least
    )  # fmt: skip
    couple = np.repeat(np.arange(len(couples), dtype=np.int64), sizes)
    place = np.arange(slots[-1], dtype=np.int64) - slots[couple]
    of_first = counts[couples.first][couple]
    is_first = place < of_first
    box = np.where(is_first, drawn.starts[couples.first[couple]] + place,
                   drawn.starts[couples.second[couple]] + place - of_first)  # fmt: skip
    return Matches(couple, box, partner, shares, is_first)


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
def overlap(one: Reals, other: Reals) -> float:
    """IoU of two boxes ``(4,)``, 0 to 1; of empty ones 0."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    if width <= 0 or height <= 0:
        return 0.0
    both = (one[2] - one[0]) * (one[3] - one[1]) + (other[2] - other[0]) * (other[3] - other[1])
    return float(width * height / (both - width * height))


@njit(cache=True)
def _match_all(corners, label, starts, first, second, slots, at_least):  # type: ignore[no-untyped-def]
    """Partner and overlap of every box of every couple, at the couple's slots."""
    partner, shares = np.full(slots[-1], -1, np.int64), np.zeros(slots[-1])
    for couple in range(len(first)):
        a, b, slot = starts[first[couple]], starts[second[couple]], slots[couple]
        n, m = starts[first[couple] + 1] - a, starts[second[couple] + 1] - b
        worth = np.zeros((n, m))
        for i in range(n):
            for j in range(m):
                if label[a + i] == label[b + j]:
                    shared = overlap(corners[a + i], corners[b + j])
                    if shared >= at_least:
                        worth[i, j] = shared
        chosen = partners(worth)
        for i in range(n):
            j = chosen[i]
            if j >= 0:
                partner[slot + i], partner[slot + n + j] = b + j, a + i
                shares[slot + i] = shares[slot + n + j] = worth[i, j]
    return partner, shares
