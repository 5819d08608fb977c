"""Growth: what was placed stays where it is, and new frames that would tie two sides together are set aside.

A frame that left the data and returns belongs where it stood: a model may have learnt from it. If what it belongs with
stands on another side by now, it is set aside too.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detection.errors import SplitError
from detection.rules.labels.samples import Frames
from detection.rules.labels.splits import grouping
from detection.rules.labels.splits.columns import numbered
from detection.rules.labels.splits.grouping import Grouping, Integers, Signatures
from detection.rules.labels.splits.placement import NOWHERE, SIDES
from detection.rules.spec.labels import Split

Flags = NDArray[np.bool_]
_ROUNDS = 50
_SHOWN = 20


@dataclass(frozen=True, slots=True, eq=False)
class Settled:
    """Frames that can be placed without moving any other.

    Attributes:
        kept: ``(n,)`` False for new and returned frames that would tie two sides together.
        grouping: of the frames kept.
        standing: ``(g,)`` the side on which each group stands already; -1 for new groups.
    """

    kept: NDArray[np.bool_]
    grouping: Grouping
    standing: Integers


def settle(frames: Frames, signatures: Signatures, rule: Split, before: Integers, returned: Flags) -> Settled:
    """Group the frames; set aside, by id, those new ones that would tie together what stands on two sides.

    Args:
        frames: ``n`` frames; rows of one id are the same image, and all new or all old.
        signatures: theirs.
        rule: what belongs together.
        before: ``(n,)`` the side on which each frame stood; -1 for new ones.
        returned: ``(n,)`` it had left the data since.

    Raises:
        SplitError: what stood on two sides belongs together now, without any new frame's doing.
    """
    kept = _at_home(frames, signatures, rule, before, returned)
    rows = np.flatnonzero(kept)
    found = grouping.groups(frames.take(rows), signatures.take(rows), rule)
    rows = rows[_torn(found, before[rows])[found.number]]
    if len(rows):
        old = rows[before[rows] != NOWHERE]
        _refuse(frames.take(old), grouping.groups(frames.take(old), signatures.take(old), rule), before[old])
    for turn in range(_ROUNDS):
        if not len(rows):
            break
        of_rows = frames.take(rows), signatures.take(rows)
        bridging = _bridges(*of_rows, rule, before[rows]) if turn < _ROUNDS - 1 else before[rows] == NOWHERE
        image = numbered(of_rows[0].id)
        kept[rows[np.isin(image, image[bridging])]] = False
        rows = rows[kept[rows]]
        again = grouping.groups(frames.take(rows), signatures.take(rows), rule)
        rows = rows[_torn(again, before[rows])[again.number]]
    if not kept.all():
        found = grouping.groups(frames.take(kept), signatures.take(kept), rule)
    return Settled(kept, found, _standing(found, before[kept]))


def _at_home(frames: Frames, signatures: Signatures, rule: Split, before: Integers, returned: Flags) -> Flags:
    """``(n,)`` False for returned frames whose group, new frames apart, stands on several sides."""
    kept = np.ones(len(frames), bool)
    if returned.any():
        old = np.flatnonzero(before != NOWHERE)
        found = grouping.groups(frames.take(old), signatures.take(old), rule)
        kept[old] = ~(_torn(found, before[old])[found.number] & returned[old])
    return kept


def _sides(found: Grouping, before: Integers) -> NDArray[np.bool_]:
    """``(g, 3)``: which sides a group has frames on."""
    old = before != NOWHERE
    on = np.zeros((len(found.names), len(SIDES)), bool)
    on[found.number[old], before[old]] = True
    return on


def _torn(found: Grouping, before: Integers) -> NDArray[np.bool_]:
    return np.asarray(_sides(found, before).sum(axis=1) > 1)


def _standing(found: Grouping, before: Integers) -> Integers:
    on = _sides(found, before)
    return np.where(on.any(axis=1), on.argmax(axis=1), NOWHERE).astype(np.int64)


def _refuse(frames: Frames, found: Grouping, before: Integers) -> None:
    on = _sides(found, before)
    faults = []
    for group in np.flatnonzero(on.sum(axis=1) > 1)[:_SHOWN]:
        rows = np.flatnonzero(found.number == group)
        where = [f"{frames.name[rows[before[rows] == s][0]]} ({SIDES[s]})" for s in np.flatnonzero(on[group])]
        faults.append(f"{found.names[group]}: {' and '.join(where)} belong together now")
    if faults:
        raise SplitError(
            "frames that stand on two sides belong together now, and what was placed is never moved: undo the change "
            "of metadata, copies or frozen sets that tied them, or choose another split.salt to draw everything anew",
            faults,
        )


def _bridges(frames: Frames, signatures: Signatures, rule: Split, before: Integers) -> NDArray[np.bool_]:
    """``(n,)`` new frames that, added by id one after the other, would join two sides."""
    beside = _neighbours(frames, signatures, rule)
    trees = _Trees()
    bridging = np.zeros(len(frames), bool)
    new = before == NOWHERE
    for row in np.lexsort((numbered(frames.id), new)).tolist():
        near = [node for node in beside[row] if node < 0 or trees.holds(node)]
        if len(trees.sides([*near], int(before[row]))) > 1:
            bridging[row] = True
        else:
            trees.join(row, near, int(before[row]))
    return bridging


def _neighbours(frames: Frames, signatures: Signatures, rule: Split) -> dict[int, list[int]]:
    """For each row the rows tied to it, and its key values as negative numbers."""
    beside: dict[int, list[int]] = defaultdict(list)
    first = 1
    for key in ("id", *rule.keys):
        value = numbered(getattr(frames, key))
        for row, node in enumerate((value + first).tolist()):
            beside[row].append(-node)
        first += int(value.max(initial=-1)) + 1
    for kind in (grouping.TIME, grouping.NEAR):
        for one, other in grouping.edges(frames, signatures, rule).get(kind, np.zeros((0, 2), np.int64)).tolist():
            beside[one].append(other)
            beside[other].append(one)
    return beside


class _Trees:
    """What hangs together so far, and on which side."""

    def __init__(self) -> None:
        self._parent: dict[int, int] = {}
        self._side: dict[int, int] = {}

    def holds(self, node: int) -> bool:
        """Whether the node was joined."""
        return node in self._parent

    def sides(self, nodes: list[int], own: int) -> set[int]:
        """The sides that a frame tied to these would stand on."""
        return {own, *(self._side.get(self._root(node), NOWHERE) for node in nodes)} - {NOWHERE}

    def join(self, row: int, nodes: list[int], own: int) -> None:
        """Add a frame that ties the nodes together."""
        side = max(self.sides(nodes, own), default=NOWHERE)
        root = self._root(row)
        for node in nodes:
            self._parent[self._root(node)] = root
        self._side[root] = side

    def _root(self, node: int) -> int:
        self._parent.setdefault(node, node)
        while self._parent[node] != node:
            self._parent[node] = self._parent[self._parent[node]]
            node = self._parent[node]
        return node
