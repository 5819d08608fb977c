"""What belongs together: frames that could leak into one another are one group and stay on one side.

A group is a connected component over the image's own bytes, the spec's keys, its time window and its near-duplicates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from detection.errors import SplitError
from detection.rules.labels import near_duplicates
from detection.rules.labels.intake.arrivals import strings
from detection.rules.labels.samples import Frames, Rows, Strings
from detection.rules.labels.splits.columns import numbered, ranked
from detection.rules.labels.statistics import Hashes
from detection.rules.spec.labels import Split

Integers = NDArray[np.int64]
SAME_IMAGE, TIME, NEAR = "same image", "time", "near-duplicate"


@dataclass(frozen=True, slots=True, eq=False)
class Signatures:
    """Perceptual hashes of ``n`` frames.

    Attributes:
        hash: ``(n,)``.
        known: ``(n,)`` False for frames without pixels, whose hash means nothing.
    """

    hash: Hashes
    known: NDArray[np.bool_]

    def take(self, rows: Rows) -> Signatures:
        """Those of the frames in ``rows``, in that order."""
        return Signatures(self.hash[rows], self.known[rows])


@dataclass(frozen=True, slots=True)
class Tie:
    """What one kind of tie joined.

    Attributes:
        kind: ``same image``, a key of the spec, ``time`` or ``near-duplicate``.
        merges: by how many it lowered the number of groups, after the kinds before it.
    """

    kind: str
    merges: int


@dataclass(frozen=True, slots=True, eq=False)
class Grouping:
    """``n`` frames in groups.

    Attributes:
        names: ``(g,)`` of the groups, ascending.
        number: ``(n,)`` the group of each frame, a row of ``names``.
        ties: what joined them, in the order looked at.
    """

    names: Strings
    number: Integers
    ties: tuple[Tie, ...]

    @property
    def group_of(self) -> Strings:
        """``(n,)`` the name of each frame's group."""
        return self.names[self.number]


def joined(frames: Frames, duplicates: Frames) -> Frames:
    """``frames``, then ``duplicates``: the same images under other names, so that ids repeat."""
    plain = {f.name: np.concatenate([getattr(frames, f.name), getattr(duplicates, f.name)])
             for f in fields(Frames) if f.name != "conditions"}  # fmt: skip
    conditions = {c: np.concatenate([column, duplicates.conditions[c]]) for c, column in frames.conditions.items()}
    return Frames(**plain, conditions=conditions)


def groups(frames: Frames, signatures: Signatures, rule: Split) -> Grouping:
    """The group of every frame, named by its smallest key, or first moment, or smallest id.

    Raises:
        SplitError: a key or a moment is unknown for some frame, or the spec ties nothing together.
    """
    _known(frames, rule)
    component, count = np.arange(len(frames), dtype=np.int64), len(frames)
    ties = []
    for kind, tied in edges(frames, signatures, rule).items():
        graph = coo_array((np.ones(len(tied), np.int8), tuple(component[tied].T)), shape=(count, count))
        left, merged = connected_components(graph, directed=False)
        ties.append(Tie(kind, count - int(left)))
        component, count = merged.astype(np.int64)[component], int(left)
    own = ranked(_own_names(frames, rule))
    smallest = np.zeros(count, np.int64)
    order = np.argsort(-own.number, kind="stable")
    smallest[component[order]] = own.number[order]  # of several values for one place the last, here the smallest, stays
    names, place = np.unique(smallest, return_inverse=True)
    return Grouping(own.values[names], place.astype(np.int64)[component], tuple(ties))


def clocks(frames: Frames) -> Integers:
    """``(n,)`` the camera of each frame, those of two sites apart: whose times compare."""
    return numbered(strings([f"{s}\0{c}" for s, c in zip(frames.site, frames.camera, strict=True)]))


def edges(frames: Frames, signatures: Signatures, rule: Split) -> dict[str, Integers]:
    """Pairs of rows ``(e, 2)`` by kind of tie, enough to join all that belongs together."""
    found = {SAME_IMAGE: _chain(numbered(frames.id))}
    found |= {key: _chain(numbered(getattr(frames, key))) for key in rule.keys}
    if rule.time_window_s is not None:
        found[TIME] = _time_edges(frames, rule.time_window_s)
    if rule.near_duplicate_bits is not None:
        rows = np.flatnonzero(signatures.known)
        found[NEAR] = rows[near_duplicates.forest(signatures.hash[rows], rule.near_duplicate_bits)]
    return found


def _chain(value: Integers) -> Integers:
    """``(e, 2)``: each row with the next of its value."""
    order = np.argsort(value, kind="stable")
    same = np.diff(value[order]) == 0
    return np.stack([order[:-1][same], order[1:][same]], axis=1)


def _time_edges(frames: Frames, window_s: float) -> Integers:
    """Frame to the next frame of its camera, ``(e, 2)``, where it is not further away than the window."""
    camera = clocks(frames)
    order = np.lexsort((frames.captured_at, camera))
    gap_s = np.diff(frames.captured_at[order]) / np.timedelta64(1, "s")
    linked = (np.diff(camera[order]) == 0) & (gap_s <= window_s)
    return np.stack([order[:-1][linked], order[1:][linked]], axis=1)


def _own_names(frames: Frames, rule: Split) -> Strings:
    if rule.keys:
        return strings([f"{rule.keys[0]}:{value}" for value in getattr(frames, rule.keys[0])])
    if rule.time_window_s is None:
        return strings([f"frame:{value}" for value in frames.id])
    moments = np.datetime_as_string(frames.captured_at, unit="ms")
    return strings([f"time:{s}/{c}@{t}" for s, c, t in zip(frames.site, frames.camera, moments, strict=True)])


def _known(frames: Frames, rule: Split) -> None:
    faults = _unknown_keys(frames, rule.keys)
    untimed = np.flatnonzero(np.isnat(frames.captured_at))
    if rule.time_window_s is not None and len(untimed):
        faults.append(
            f"time of {len(untimed)} frames, such as {frames.name[untimed[0]]}: give the source's metadata.time a place"
        )
    if not rule.keys and rule.time_window_s is None and rule.near_duplicate_bits is None:
        faults.append("the spec's split has neither keys nor a time window nor a near-duplicate radius: give it one")
    if faults:
        raise SplitError("frames cannot be grouped: what belongs together is not known", faults)


def _unknown_keys(frames: Frames, keys: Sequence[str]) -> list[str]:
    faults = []
    for key in keys:
        unknown = np.flatnonzero(getattr(frames, key) == "")
        if len(unknown):
            name = frames.name[unknown[0]]
            faults.append(
                f"{key} of {len(unknown)} frames, such as {name}: give the source's metadata.{key} a place, "
                f"or take {key} out of the spec's split.keys"
            )
    return faults
