"""The loops behind placement: groups onto three sides so that each side has its part of everything."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

Reals = NDArray[np.float64]
Integers = NDArray[np.int64]

SIDES = 3
SWAPPED_UP_TO = 2000
"""Groups up to which every two are tried in each other's place; with more, moving one at a time is fine enough."""
_PASSES = 30
_GAIN = 1e-12
_MISSING = 1e3
"""Cost of each group that a side lacks: above whatever balance could gain."""


class Scale(NamedTuple):
    """A balance with three pans, changed as groups are put on it.

    Attributes:
        sums: ``(g, f)`` what each group weighs in each value, as parts of that value's total.
        off: ``(3, f)`` what each side has above its target, in the same parts.
        cost: ``(3, f)`` weight of a squared part.
        lacking: ``(3,)`` groups that each side has, less the groups it needs.
        side: ``(g,)`` where each group is; -1 for not yet.
    """

    sums: Reals
    off: Reals
    cost: Reals
    lacking: Integers
    side: Integers


@njit(cache=True)
def _change(scale, group, side, sign):  # type: ignore[no-untyped-def]
    """What putting a group on a side (1), or taking it off (-1), adds to the cost."""
    total = 0.0
    for f in range(scale.sums.shape[1]):
        part = sign * scale.sums[group, f]
        total += scale.cost[side, f] * part * (2 * scale.off[side, f] + part)
    if sign > 0 and scale.lacking[side] < 0:
        total -= _MISSING
    if sign < 0 and scale.lacking[side] <= 0:
        total += _MISSING
    return total


@njit(cache=True)
def _put(scale, group, side, sign):  # type: ignore[no-untyped-def]
    for f in range(scale.sums.shape[1]):
        scale.off[side, f] += sign * scale.sums[group, f]
    scale.lacking[side] += sign
    scale.side[group] = side if sign > 0 else -1


@njit(cache=True)
def _best(scale, group):  # type: ignore[no-untyped-def]
    best, least = 0, np.inf
    for side in range(SIDES):
        change = _change(scale, group, side, 1)
        if change < least - _GAIN:
            best, least = side, change
    return best


@njit(cache=True)
def _swap(scale, one, other):  # type: ignore[no-untyped-def]
    """Exchange two groups if that is better; whether it was."""
    here, there = scale.side[one], scale.side[other]
    change = 0.0
    for f in range(scale.sums.shape[1]):
        part = scale.sums[other, f] - scale.sums[one, f]
        change += scale.cost[here, f] * part * (2 * scale.off[here, f] + part)
        change += scale.cost[there, f] * part * (part - 2 * scale.off[there, f])
    if change > -_GAIN:
        return False
    _put(scale, one, here, -1)
    _put(scale, other, there, -1)
    _put(scale, one, there, 1)
    _put(scale, other, here, 1)
    return True


@njit(cache=True)
def settle(scale: Scale, order: Integers) -> None:
    """Put the groups of ``order`` on, one after the other where it costs least; then move and exchange while it helps.

    Groups that stand already are not touched.
    """
    for group in order:
        _put(scale, group, _best(scale, group), 1)
    for _ in range(_PASSES):
        better = False
        for group in order:
            was = scale.side[group]
            off = _change(scale, group, was, -1)
            _put(scale, group, was, -1)
            best = _best(scale, group)
            if off + _change(scale, group, best, 1) > -_GAIN:
                best = was
            _put(scale, group, best, 1)
            better = better or best != was
        for place in range(len(order) if len(order) <= SWAPPED_UP_TO else 0):
            for later in range(place):
                if scale.side[order[place]] != scale.side[order[later]]:
                    better = _swap(scale, order[place], order[later]) or better
        if not better:
            return
