"""What happened to the boxes of frames that two versions have, one row a box that is not as it was."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from detection.rules.labels.versions.pairing import Flags, Integers
from detection.rules.labels.versions.partners import Partners, Reals, Side
from detection.rules.labels.versions.version import Version

ADDED, REMOVED, MOVED, RECLASSED, REMARKED = range(5)
KINDS = ("added", "removed", "moved", "re-classed", "re-marked")
"""Name of each kind, by its code; re-marked boxes have other flags (occluded, truncated, verified, crowd)."""
MARKS = ("occluded", "truncated", "verified", "crowd")


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """Two versions, their boxes in the frames that both have, and which of these are partners.

    Attributes:
        old: the earlier version.
        new: the later one.
        before: boxes of the earlier version.
        after: boxes of the later one.
        found: partners among them.
    """

    old: Version
    new: Version
    before: Side
    after: Side
    found: Partners


@dataclass(frozen=True, slots=True, eq=False)
class BoxChanges:
    """``c`` boxes that are not as they were; the largest change first.

    Attributes:
        kind: ``(c,)`` code of the kind, a place in :data:`KINDS`.
        pair: ``(c,)`` number of the frame among those that both versions have.
        old: ``(c,)`` row of the old version's labels; -1 for an added box.
        new: ``(c,)`` row of the new version's labels; -1 for a removed box.
        overlap: ``(c,)`` IoU of the two; 0 where there is one only.
    """

    kind: Integers
    pair: Integers
    old: Integers
    new: Integers
    overlap: Reals

    def __len__(self) -> int:
        return len(self.kind)

    def take(self, rows: Integers | Flags) -> BoxChanges:
        """The changes in ``rows``, in that order."""
        return BoxChanges(*(getattr(self, f.name)[rows] for f in fields(self)))

    def weights(self) -> Reals:
        """``(c,)`` how large each change is, in boxes: 1 for a whole box or class, 1 - IoU if it moved, else 0."""
        moved, remarked = self.kind == MOVED, self.kind == REMARKED
        return np.where(moved, 1 - self.overlap, 1.0 - remarked)

    def count(self, kind: int) -> int:
        """How many are of one kind."""
        return int(np.count_nonzero(self.kind == kind))


def changes_of(compared: Compared) -> BoxChanges:
    """Everything but what stayed as it was, the largest first; of equal changes the larger box."""
    one, other = compared.before.take(compared.found.old), compared.after.take(compared.found.new)
    kind = _kinds(compared, one, other)
    kept = np.flatnonzero(kind >= 0)
    gone = compared.before.take(_without(compared.before, compared.found.old))
    here = compared.after.take(_without(compared.after, compared.found.new))
    changed = BoxChanges(
        kind=np.concatenate([kind[kept], np.full(len(gone), REMOVED), np.full(len(here), ADDED)]),
        pair=np.concatenate([one.place[kept], gone.place, here.place]),
        old=np.concatenate([one.row[kept], gone.row, np.full(len(here), -1)]),
        new=np.concatenate([other.row[kept], np.full(len(gone), -1), here.row]),
        overlap=np.concatenate([compared.found.overlap[kept], np.zeros(len(gone) + len(here))]),
    )
    area = np.concatenate([_areas(other)[kept], _areas(gone), _areas(here)])
    return changed.take(np.lexsort((changed.new, changed.old, -area, -changed.weights())))


def _kinds(compared: Compared, one: Side, other: Side) -> Integers:
    """What happened to every two partners; -1 for nothing."""
    old, new = compared.old.labels, compared.new.labels
    marked = [getattr(old, mark)[one.row] != getattr(new, mark)[other.row] for mark in MARKS]
    kind = np.full(len(one), -1, np.int64)
    kind[np.logical_or.reduce(marked)] = REMARKED
    kind[(one.corners.view(np.int64) != other.corners.view(np.int64)).any(axis=1)] = MOVED
    kind[one.label != other.label] = RECLASSED
    return kind


def _without(side: Side, taken: Integers) -> Integers:
    free = np.ones(len(side), bool)
    free[taken] = False
    return np.flatnonzero(free)


def _areas(side: Side) -> Reals:
    sides = np.clip(np.nan_to_num(side.corners[:, 2:] - side.corners[:, :2]), 0, None)
    return np.asarray(np.prod(sides, axis=1), np.float64)
