"""Which side a group stands on: stratified over classes and conditions, and never moved when data grows.

New groups are placed one after the other in the order of a salted hash, each where it helps most that every side gets
its part of the frames, of each class and of each condition value; then groups change places while that helps. What
stood on a side before stays there and counts. Nothing is placed by falling back: too few groups are a refusal.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detection.errors import SplitError
from detection.rules.labels.intake.arrivals import strings
from detection.rules.labels.intake.lists import listed
from detection.rules.labels.samples import Strings
from detection.rules.labels.splits import balancing
from detection.rules.labels.splits.grouping import Grouping
from detection.rules.labels.splits.strata import Strata
from detection.rules.spec.labels import MinimumGroups

TRAIN, VAL, JUDGING = "train", "val", "judging"
TEST, GOLDEN, CHALLENGE = "test", "golden", "challenge"
SIDES = (TRAIN, VAL, JUDGING)
"""Three sides must be apart; test, golden and challenge all judge and may share a camera."""
SIDE_OF = {TRAIN: TRAIN, VAL: VAL, TEST: JUDGING, GOLDEN: JUDGING, CHALLENGE: JUDGING}
NOWHERE = -1

Integers = NDArray[np.int64]
"""Sides are numbered in the order of :data:`SIDES`; -1 is nowhere."""


@dataclass(frozen=True, slots=True)
class Shares:
    """Parts of all frames, and of everything in them; they sum to 1."""

    train: float
    val: float
    test: float

    def parts(self) -> tuple[float, ...]:
        """In the order of :data:`SIDES`."""
        return (self.train, self.val, self.test)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the sides should be.

    Attributes:
        shares: of everything.
        minimum: groups that each side must have.
        salt: another salt is another split.
    """

    shares: Shares
    minimum: MinimumGroups
    salt: str

    def least(self) -> tuple[int, ...]:
        """Groups that each side must have, in the order of :data:`SIDES`."""
        return (self.minimum.train, self.minimum.val, self.minimum.test)


def place(grouping: Grouping, strata: Strata, standing: Integers, wanted: Wanted) -> Integers:
    """``(g,)`` the side of every group.

    Args:
        grouping: ``n`` frames in ``g`` groups.
        strata: of the same frames.
        standing: ``(g,)`` the side on which a group stands already; -1 for new groups.
        wanted: shares, minimum and salt.

    Raises:
        SplitError: a side has fewer groups than the spec wants.
    """
    sums = strata.sums(grouping.number, len(grouping.names))
    totals = sums.sum(axis=0)
    sums = np.divide(sums, totals, out=np.zeros_like(sums), where=totals > 0)
    parts = np.array(wanted.shares.parts())
    side = np.array(standing, np.int64)
    old = np.flatnonzero(side != NOWHERE)
    here = np.stack([sums[side == s].sum(axis=0) for s in range(len(SIDES))])
    has = np.bincount(side[old], minlength=len(SIDES)) - np.array(wanted.least())
    cost = strata.weights()[None, :] / parts[:, None]
    scale = balancing.Scale(sums, here - parts[:, None], cost, has.astype(np.int64), side)
    balancing.settle(scale, _salted(grouping.names, np.flatnonzero(side == NOWHERE), wanted.salt))
    return scale.side


def enough_groups(group_of: Strings, side_of: Strings, wanted: MinimumGroups) -> None:
    """Refuse a split that proves nothing.

    Args:
        group_of: ``(n,)`` names of groups.
        side_of: ``(n,)`` names of sides.
        wanted: groups that each side must have.

    Raises:
        SplitError: a side has fewer groups than the spec wants.
    """
    least = {TRAIN: wanted.train, VAL: wanted.val, JUDGING: wanted.test}
    found = {side: len(set(group_of[side_of == side].tolist())) for side in SIDES}
    faults = [f"{side}: {found[side]} groups (needs {n})" for side, n in least.items() if found[side] < n]
    if faults:
        total, needed = len(set(group_of.tolist())), sum(least.values())
        more = f"at least {needed - total} more cameras, scenes or stretches of time" if total < needed else "more"
        raise SplitError(
            f"no honest split of {total} group(s) exists here: bring frames of {more}, "
            "or change the shares in params.yaml, or the spec's split (keys, window, radius, minimum) with a reason",
            faults,
        )


def official(names: Strings, lists: Mapping[str, Sequence[str]]) -> Strings:
    """``(n,)`` train, val, judging as a split that somebody brought says; ``""`` for frames in no list.

    Args:
        names: frame names.
        lists: train, val and test: file names, with or without folders and suffix.

    Raises:
        SplitError: a list names nothing we have, or two lists name one frame.
    """
    side_of = strings([""] * len(names))
    faults = []
    for name, wanted in lists.items():
        rows = np.flatnonzero(listed(names, wanted))
        twice = [str(names[row]) for row in rows if side_of[row]]
        faults += [f"{name}: {frame} stands in another list too" for frame in twice]
        if not len(rows):
            faults.append(f"{name}: none of its {len(wanted)} names is among the {len(names)} frames")
        side_of[rows] = SIDE_OF[name]
    if faults:
        raise SplitError(f"the split lists do not fit the data: {len(faults)} fault(s)", faults[:20])
    return side_of


def salted(salt: str, name: str) -> str:
    """A name's place in an order that is ours."""
    return hashlib.sha256(f"{salt}\0{name}".encode()).hexdigest()


def _salted(names: Strings, groups: Integers, salt: str) -> Integers:
    return np.array(sorted(groups.tolist(), key=lambda group: salted(salt, str(names[group]))), np.int64)
