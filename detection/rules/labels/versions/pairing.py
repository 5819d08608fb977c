"""Which frame of one version is which of another: the same bytes, else the same name, else the same name re-encoded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np
from numpy.typing import NDArray

from detection.rules.labels.samples import Frames

Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

DESCRIBED = (
    "width",
    "height",
    "site",
    "camera",
    "scene",
    "captured_at",
    "source",
    "licence",
    "consent",
    "retain_until",
)
"""Columns that may change while a frame stays the same frame."""


@dataclass(frozen=True, slots=True, eq=False)
class Paired:
    """Frames of two versions side by side: ``p`` are in both.

    Attributes:
        old: ``(p,)`` rows of the old version's frames, ascending.
        new: ``(p,)`` rows of the new version's frames.
        removed: rows of the old version's frames that the new one lacks.
        added: rows of the new version's frames that the old one lacks.
        renamed: ``(p,)`` the same bytes under another name.
        re_encoded: ``(p,)`` other bytes under the same name; folder and extension may differ.
        one_sided: ``(p,)`` only one version holds the frame's pixels.
    """

    old: Integers
    new: Integers
    removed: Integers
    added: Integers
    renamed: Flags
    re_encoded: Flags
    one_sided: Flags

    def __len__(self) -> int:
        return len(self.old)


@dataclass(frozen=True, slots=True)
class Described:
    """How many frames in both versions say something else in one column."""

    column: str
    frames: int


def pair(old: Frames, new: Frames) -> Paired:
    """Find every frame's partner; what has none was added or removed.

    A frame is sought by its id, then by its whole name, then by its file name without folder and extension; a name
    that stands twice in one version says nothing.
    """
    keys = (
        (list(old.id), list(new.id)),
        (list(old.name), list(new.name)),
        ([PurePosixPath(name).stem for name in old.name], [PurePosixPath(name).stem for name in new.name]),
    )
    partner = np.full(len(old), -1, np.int64)
    free = np.ones(len(new), bool)
    for of_old, of_new in keys:
        known = _single({row: of_new[row] for row in np.flatnonzero(free).tolist()})
        sought = _single({row: of_old[row] for row in np.flatnonzero(partner < 0).tolist()})
        for key, row in sought.items():
            if key in known:
                partner[row] = known[key]
        free[partner[partner >= 0]] = False
    rows = np.flatnonzero(partner >= 0)
    found = partner[rows]
    same = np.asarray(old.id[rows] == new.id[found], bool)
    renamed = same & np.asarray(old.name[rows] != new.name[found], bool)
    one_sided = np.asarray((old.shard[rows] == "") != (new.shard[found] == ""), bool)
    gone, here = np.flatnonzero(partner < 0), np.flatnonzero(free)
    return Paired(rows, found, gone, here, renamed, ~same & ~one_sided, one_sided)


def described(old: Frames, new: Frames, paired: Paired) -> tuple[Described, ...]:
    """What is said otherwise of the frames in both versions; columns without a change are left out."""
    before, after = old.take(paired.old), new.take(paired.new)
    changed = {name: _differ(getattr(before, name), getattr(after, name)) for name in DESCRIBED}
    unknown = np.full(len(paired), "", object)
    for name in sorted({*before.conditions, *after.conditions}):
        changed[name] = _differ(before.conditions.get(name, unknown), after.conditions.get(name, unknown))
    return tuple(Described(name, number) for name, number in changed.items() if number)


def _single(key_of: Mapping[int, str]) -> Mapping[str, int]:
    """Key to row, for the keys that stand once."""
    times = Counter(key_of.values())
    return {key: row for row, key in key_of.items() if times[key] == 1}


def _differ(before: NDArray[np.generic], after: NDArray[np.generic]) -> int:
    different = np.asarray(before != after, bool)
    if before.dtype.kind == "M":
        different &= ~(np.isnat(before) & np.isnat(after))
    return int(np.count_nonzero(different))
