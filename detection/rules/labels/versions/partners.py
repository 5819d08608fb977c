"""Which box of one version is which of another, in the frames that both have."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from detection.rules.labels.agreement.gathering import matching
from detection.rules.labels.agreement.gathering.answers import Couples
from detection.rules.labels.agreement.gathering.matching import Drawings
from detection.rules.labels.versions.pairing import Flags, Integers

Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """``b`` boxes of one version, in frames that both versions have.

    Attributes:
        place: ``(b,)`` number of the frame, the same in both versions.
        label: ``(b,)`` code of the class, the same in both versions.
        corners: ``(b, 4)`` float64, pixels of the new version's frame.
        row: ``(b,)`` row of the version's labels.
    """

    place: Integers
    label: Integers
    corners: Reals
    row: Integers

    def __len__(self) -> int:
        return len(self.place)

    def take(self, rows: Integers) -> Side:
        """The boxes at ``rows``, in that order."""
        return Side(*(getattr(self, f.name)[rows] for f in fields(self)))


@dataclass(frozen=True, slots=True, eq=False)
class Partners:
    """``k`` boxes that are in both versions.

    Attributes:
        old: ``(k,)`` position in the old side.
        new: ``(k,)`` position in the new side.
        overlap: ``(k,)`` IoU; 0 for the same box without an area.
    """

    old: Integers
    new: Integers
    overlap: Reals


def find(old: Side, new: Side, at_least: float) -> Partners:
    """Find every box's partner: the same box, else one of its class, else one of another class.

    Args:
        old: boxes of the old version.
        new: boxes of the new version.
        at_least: overlap below which two different boxes are no partners, above 0.
    """
    found = _identical(old, new)
    for any_class in (False, True):
        one, other = _rest(len(old), found.old), _rest(len(new), found.new)
        more = _matched(old.take(one), new.take(other), at_least, any_class=any_class)
        found = Partners(
            np.concatenate([found.old, one[more.old]]),
            np.concatenate([found.new, other[more.new]]),
            np.concatenate([found.overlap, more.overlap]),
        )
    return found


def _identical(old: Side, new: Side) -> Partners:
    """Boxes of one frame, class and corners: the first of one side with the first of the other, and so on."""
    corners = np.concatenate([old.corners, new.corners])
    keys = np.column_stack(
        [np.concatenate([old.place, new.place]), np.concatenate([old.label, new.label]), corners.view(np.int64)]
    )
    order = np.lexsort(keys.T[::-1])
    begins = np.ones(len(order), bool)
    begins[1:] = (keys[order[1:]] != keys[order[:-1]]).any(axis=1)
    group = np.cumsum(begins) - 1
    is_new = order >= len(old)
    rank = np.where(is_new, _rank(group, is_new), _rank(group, ~is_new))
    mine, theirs = np.flatnonzero(~is_new), np.flatnonzero(is_new)
    _, a, b = np.intersect1d(_number(group, rank, mine), _number(group, rank, theirs), True, True)
    one, other = order[mine[a]], order[theirs[b]] - len(old)
    with np.errstate(invalid="ignore"):
        has_area = (old.corners[one, 2:] > old.corners[one, :2]).all(axis=1)
    return Partners(one, other, np.asarray(has_area, np.float64))


def _rank(group: Integers, member: Flags) -> Integers:
    """How many members of the group stand before each row; rows are ordered by group."""
    before: Integers = np.cumsum(member) - member
    first = np.searchsorted(group, group)
    return before - before[first]


def _number(group: Integers, rank: Integers, rows: Integers) -> Integers:
    """One number for group and rank."""
    return group[rows] * (len(group) + 1) + rank[rows]


def _matched(old: Side, new: Side, at_least: float, *, any_class: bool) -> Partners:
    place = np.concatenate([old.place, new.place])
    is_new = np.arange(len(place)) >= len(old)
    order = np.lexsort((is_new, place))
    frames = np.unique(place)
    answers = np.column_stack([2 * frames, 2 * frames + 1]).ravel()
    starts = np.searchsorted((2 * place + is_new)[order], np.append(answers, np.iinfo(np.int64).max))
    corners, label = np.concatenate([old.corners, new.corners]), np.concatenate([old.label, new.label])
    drawn = Drawings(corners[order], label[order], starts.astype(np.int64))
    first = np.arange(0, 2 * len(frames), 2, dtype=np.int64)
    found = matching.match(drawn, Couples(first, first + 1), at_least, any_class=any_class)
    rows = np.flatnonzero(found.is_first & (found.partner >= 0))
    return Partners(order[found.box[rows]], order[found.partner[rows]] - len(old), found.overlap[rows])


def _rest(number: int, taken: Integers) -> Integers:
    free = np.ones(number, bool)
    free[taken] = False
    return np.flatnonzero(free)
