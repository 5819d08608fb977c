"""Does anything stand on two sides? Counted from the frames themselves, not from the groups the split was made of.

Three sides must be apart: train, val, judging. Golden, challenge and test are all judging sets and may share a camera.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from detection.rules.labels.samples import Frames, Strings
from detection.rules.spec.labels import Split

SIDE_OF = {"train": "train", "val": "val", "test": "judging", "golden": "judging", "challenge": "judging"}
SHOWN = 20


@dataclass(frozen=True, slots=True)
class ConditionFrames:
    """Frames of one condition value in one set; value ``""`` is unknown."""

    condition: str
    value: str
    frames: int


@dataclass(frozen=True, slots=True)
class SetCount:
    """One of the five sets.

    Attributes:
        set: train, val, test, golden or challenge.
        frames: how many.
        groups: groups with a frame in it.
        verified: frames with an expert's labels.
        digest: SHA-256 over the sorted frame ids, a line each: the set is the same if and only if this is.
        conditions: frames per condition value.
    """

    set: str
    frames: int
    groups: int
    verified: int
    digest: str
    conditions: tuple[ConditionFrames, ...]


@dataclass(frozen=True, slots=True)
class Certificate:
    """``data/split/certificate.json``.

    Attributes:
        statement: what is proven, in one sentence.
        salt: salt of the hash that placed the groups.
        official: the split was brought by the user and only audited.
        keys: frames that share one of these belong together.
        time_window_s: as do frames of one camera no further apart than this; None if not asked for.
        groups: how many in all.
        groups_of_side: train, val and judging: how many groups have a frame there.
        unplaced_frames: labelled frames in no list of an official split.
        crossings: keys and neighbours in time that stand on two sides.
        crossing_examples: the first of them.
        sets: train, val, test, golden, challenge.
    """

    statement: str
    salt: str
    official: bool
    keys: tuple[str, ...]
    time_window_s: float | None
    groups: int
    groups_of_side: dict[str, int]
    unplaced_frames: int
    crossings: int
    crossing_examples: tuple[str, ...]
    sets: tuple[SetCount, ...]


def crossings(frames: Frames, side_of: Strings, keys: Sequence[str], time_window_s: float | None) -> list[str]:
    """One sentence for each thing that stands on two sides.

    Args:
        frames: ``n`` placed frames.
        side_of: ``(n,)`` train, val or judging.
        keys: columns of ``frames`` whose values may not be shared across sides.
        time_window_s: neighbours of one camera no further apart may not be parted; None does not look.
    """
    found = []
    for key in ("id", *keys):
        sides: dict[str, set[str]] = defaultdict(set)
        for value, side in zip(getattr(frames, key), side_of, strict=True):
            sides[value].add(side)
        found += [f"{key} {v!r} stands in {' and '.join(sorted(s))}" for v, s in sorted(sides.items()) if len(s) > 1]
    return found + ([] if time_window_s is None else _parted_neighbours(frames, side_of, time_window_s))


@dataclass(frozen=True, slots=True, eq=False)
class Sets:
    """``n`` placed frames: the set and the group of each, and whether an expert labelled it."""

    frames: Frames
    split_of: Strings
    group_of: Strings
    verified: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Audit:
    """What the recount found.

    Attributes:
        official: the split was brought, not drawn.
        unplaced_frames: labelled frames in no list of it.
        crossings: as :func:`crossings` says them.
    """

    official: bool
    unplaced_frames: int
    crossings: tuple[str, ...]


def certify(sets: Sets, rule: Split, salt: str, audit: Audit) -> Certificate:
    """Everything that a reader needs to believe a split, or not to."""
    on_side = Counter(side for side, _ in {(SIDE_OF[s], g) for s, g in zip(sets.split_of, sets.group_of, strict=True)})
    return Certificate(
        statement=_statement(len(audit.crossings), audit.official, rule),
        salt=salt,
        official=audit.official,
        keys=tuple(rule.keys),
        time_window_s=rule.time_window_s,
        groups=len(set(sets.group_of)),
        groups_of_side={side: on_side[side] for side in sorted(set(SIDE_OF.values()))},
        unplaced_frames=audit.unplaced_frames,
        crossings=len(audit.crossings),
        crossing_examples=audit.crossings[:SHOWN],
        sets=tuple(_set_count(name, sets) for name in SIDE_OF),
    )


def _statement(found: int, official: bool, rule: Split) -> str:
    near = [] if rule.time_window_s is None else [f"pair of neighbours within {rule.time_window_s:g} s"]
    what = " or ".join([*rule.keys, *near])
    if found:
        brought = "the split was brought, not drawn: " if official else ""
        return f"{brought}{found} times an image, {what} stands on more than one of train, val and judging"
    return f"no {what} stands on more than one of train, val and judging (golden, challenge and test judge)"


def _parted_neighbours(frames: Frames, side_of: Strings, window_s: float) -> list[str]:
    clocks: dict[tuple[str, str], list[tuple[np.datetime64, int]]] = defaultdict(list)
    for row in range(len(frames)):
        clocks[frames.site[row], frames.camera[row]].append((frames.captured_at[row], row))
    found = []
    window = np.timedelta64(round(window_s * 1e6), "us")
    for clock in clocks.values():
        clock.sort()
        for (before, a), (after, b) in pairwise(clock):
            if after - before <= window and side_of[a] != side_of[b]:
                apart = (after - before) / np.timedelta64(1, "s")
                found.append(
                    f"{frames.name[a]} ({side_of[a]}) and {frames.name[b]} ({side_of[b]}) are {apart:g} s apart"
                )
    return found


def _set_count(name: str, sets: Sets) -> SetCount:
    rows = np.flatnonzero(sets.split_of == name)
    lines = "".join(f"{frame}\n" for frame in sorted(sets.frames.id[rows]))
    conditions = tuple(
        ConditionFrames(condition, value, count)
        for condition, column in sorted(sets.frames.conditions.items())
        for value, count in sorted(Counter(column[rows]).items())
    )
    return SetCount(
        set=name,
        frames=len(rows),
        groups=len(set(sets.group_of[rows])),
        verified=int(np.count_nonzero(sets.verified[rows])),
        digest=hashlib.sha256(lines.encode()).hexdigest(),
        conditions=conditions,
    )
