"""What happened to the boxes of each class between two versions, counted.

A box without an area overlaps with nothing, not even with itself: it is counted as unmatched on both sides though it
stands in both versions unchanged, and told apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detection.rules.labels.samples import Strings
from detection.rules.labels.versions.boxes import ADDED, MOVED, RECLASSED, REMARKED, REMOVED, BoxChanges, Compared
from detection.rules.labels.versions.pairing import Flags, Integers


@dataclass(frozen=True, slots=True)
class ClassChange:
    """One class.

    Attributes:
        label: class id.
        before: boxes in the old version.
        after: boxes in the new version.
        unchanged: the same to the last bit, and with an area.
        moved: matched within the class, at other corners.
        remarked: the same corners with other flags.
        only_old: without a partner in the new version, in frames of both.
        only_new: without a partner in the old version, in frames of both.
        without_area: of these, the same box in both versions, to which nothing can be matched.
        became: of this class in the new version, of another in the old.
        ceased: of this class in the old version, of another in the new.
        came: boxes in frames that were added.
        went: boxes in frames that were removed.
        mean_iou: over all boxes matched within the class, those unchanged included; None if none was.
    """

    label: str
    before: int
    after: int
    unchanged: int
    moved: int
    remarked: int
    only_old: int
    only_new: int
    without_area: int
    became: int
    ceased: int
    came: int
    went: int
    mean_iou: float | None

    @property
    def matched(self) -> int:
        """Boxes with a partner of the class in the other version."""
        return self.unchanged + self.moved + self.remarked


def of_classes(compared: Compared, changed: BoxChanges, labels: Sequence[str]) -> tuple[ClassChange, ...]:
    """One entry for each class of ``labels``, which is sorted."""
    return tuple(_of_class(compared, changed, label, code) for code, label in enumerate(labels))


def _of_class(compared: Compared, changed: BoxChanges, label: str, code: int) -> ClassChange:
    """Count one class.

    Args:
        compared: the boxes and their partners.
        changed: what happened to them.
        label: the class.
        code: its number among the boxes compared.
    """
    old, new = compared.old.labels.label, compared.new.labels.label
    before, after, found = compared.before, compared.after, compared.found
    mine = (before.label[found.old] == code) & (after.label[found.new] == code)
    flat = int(np.count_nonzero(mine & (found.overlap <= 0)))
    mine &= found.overlap > 0
    were = changed.take(_is(old, changed.old, label))
    are = changed.take(_is(new, changed.new, label))
    totals = int(np.count_nonzero(old == label)), int(np.count_nonzero(new == label))
    matched, moved = int(np.count_nonzero(mine)), were.count(MOVED)
    remarked = were.take(were.overlap > 0).count(REMARKED)
    return ClassChange(
        label, *totals,
        unchanged=matched - moved - remarked,
        moved=moved,
        remarked=remarked,
        only_old=were.count(REMOVED) + flat,
        only_new=are.count(ADDED) + flat,
        without_area=flat,
        became=are.count(RECLASSED),
        ceased=were.count(RECLASSED),
        came=totals[1] - int(np.count_nonzero(after.label == code)),
        went=totals[0] - int(np.count_nonzero(before.label == code)),
        mean_iou=float(found.overlap[mine].mean()) if matched else None,
    )  # fmt: skip


def _is(labels: Strings, rows: Integers, label: str) -> Flags:
    """``(c,)`` whether the box at each row is of the class; a row of -1 is no box."""
    there = rows >= 0
    there[there] = labels[rows[there]] == label
    return there
