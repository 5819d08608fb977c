"""Who trains, who chooses, who judges: frames that could leak into one another are one group and stay together.

A group is a connected component over the image's own bytes, the spec's keys and its time window. It is placed by a
salted hash of its name, so it never moves when others arrive. Nothing is placed by falling back: a key that is not
known for every frame, or fewer groups than the spec wants, is a refusal.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from detection.errors import SplitError
from detection.rules.labels.intake.arrivals import strings
from detection.rules.labels.intake.lists import listed
from detection.rules.labels.samples import Frames, Strings
from detection.rules.spec.labels import JudgingFrames, MinimumGroups, Split

TRAIN, VAL, JUDGING = "train", "val", "judging"
TEST, GOLDEN, CHALLENGE = "test", "golden", "challenge"


@dataclass(frozen=True, slots=True)
class Shares:
    """Parts of all groups; they sum to 1."""

    train: float
    val: float
    test: float


def joined(frames: Frames, duplicates: Frames) -> Frames:
    """``frames``, then ``duplicates``: the same images under other names, so that ids repeat."""
    plain = {f.name: np.concatenate([getattr(frames, f.name), getattr(duplicates, f.name)])
             for f in fields(Frames) if f.name != "conditions"}  # fmt: skip
    conditions = {c: np.concatenate([column, duplicates.conditions[c]]) for c, column in frames.conditions.items()}
    return Frames(**plain, conditions=conditions)


def groups(frames: Frames, rule: Split) -> Strings:
    """The group of every frame, ``(n,)``, named by its smallest key or, with a time window alone, its first moment.

    Raises:
        SplitError: a key or a moment is unknown for some frame.
    """
    _known(frames, rule)
    nodes = [_numbered(getattr(frames, key)) for key in ("id", *rule.keys)]
    edges = [*_key_edges(nodes, len(frames)), _time_edges(frames, rule.time_window_s)]
    pairs = np.concatenate(edges).astype(np.int64)
    size = len(frames) + sum(int(node.max(initial=-1)) + 1 for node in nodes)
    ones = np.ones(len(pairs), np.int8)
    graph = coo_array((ones, (pairs[:, 0], pairs[:, 1])), shape=(size, size))
    _, component = connected_components(graph, directed=False)
    return _names(frames, component[: len(frames)], rule)


def place(group_of: Strings, shares: Shares, salt: str) -> Strings:
    """``(n,)`` train, val or judging: where each frame's group stands, whatever other groups there are."""
    side = {group: _side(group, shares, salt) for group in set(group_of)}
    return strings([side[group] for group in group_of])


def enough_groups(group_of: Strings, side_of: Strings, minimum: MinimumGroups) -> None:
    """Refuse a split that proves nothing.

    Raises:
        SplitError: a side has fewer groups than the spec wants.
    """
    wanted = {TRAIN: minimum.train, VAL: minimum.val, JUDGING: minimum.test}
    found = Counter(side for side, _ in set(zip(side_of, group_of, strict=True)))
    faults = [f"{side}: {found[side]} groups (needs {least})" for side, least in wanted.items() if found[side] < least]
    if faults:
        total = len(set(group_of))
        raise SplitError(
            f"no honest split of {total} group(s) exists here; bring frames of more cameras or scenes, "
            "change the shares or split.salt in params.yaml, or the spec's keys with a reason",
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
        side_of[rows] = JUDGING if name == TEST else name
    if faults:
        raise SplitError(f"the split lists do not fit the data: {len(faults)} fault(s)", faults[:20])
    return side_of


def draw(frames: Frames, candidates: NDArray[np.int64], wanted: JudgingFrames, salt: str) -> NDArray[np.int64]:
    """Rows of a frozen judging set: equal numbers of each value of ``balance_by``, in the order of a salted hash.

    Args:
        frames: all frames.
        candidates: rows to draw from, already restricted to verified frames if the spec wants that.
        wanted: how many, of which conditions.
        salt: makes the order ours.

    Returns:
        At most ``wanted.frames`` rows, ascending; which ones depends on the frames' ids alone.
    """
    for condition, values in wanted.where.items():
        candidates = candidates[np.isin(frames.conditions[condition][candidates], values)]
    ordered = sorted(candidates.tolist(), key=lambda row: _hash(salt, str(frames.id[row])))
    if wanted.balance_by is None:
        return np.sort(np.array(ordered[: wanted.frames], np.int64))
    queues: dict[str, list[int]] = defaultdict(list)
    for row in ordered:
        queues[frames.conditions[wanted.balance_by][row]].append(row)
    rounds = sorted((turn, value, row) for value, queue in queues.items() for turn, row in enumerate(queue))
    return np.sort(np.array([row for _, _, row in rounds[: wanted.frames]], np.int64))


def judging_sets(frames: Frames, side_of: Strings, verified: NDArray[np.bool_], rule: Split, salt: str) -> Strings:
    """``(n,)`` train, val, test, golden, challenge (``""`` stays); challenge is drawn from what golden left."""
    split_of = side_of.copy()
    split_of[side_of == JUDGING] = TEST
    for name, wanted in ((GOLDEN, rule.golden), (CHALLENGE, rule.challenge)):
        free = (split_of == TEST) & (verified | (not wanted.verified_only))
        split_of[draw(frames, np.flatnonzero(free), wanted, f"{salt}/{name}")] = name
    return split_of


def _known(frames: Frames, rule: Split) -> None:
    faults = []
    for key in rule.keys:
        unknown = np.flatnonzero(getattr(frames, key) == "")
        if len(unknown):
            faults.append(
                f"{key} of {len(unknown)} frames, such as {frames.name[unknown[0]]}: give collect.{key} a pattern"
            )
    untimed = np.flatnonzero(np.isnat(frames.captured_at))
    if rule.time_window_s is not None and len(untimed):
        faults.append(f"time of {len(untimed)} frames, such as {frames.name[untimed[0]]}: give collect.captured_second")
    if faults:
        raise SplitError("what the spec groups by is unknown; say it, or take the key out of the spec's split", faults)


def _numbered(column: Strings) -> NDArray[np.int64]:
    """``(n,)`` the rank of each value."""
    return np.unique(column.astype(str), return_inverse=True)[1].astype(np.int64)


def _key_edges(nodes: Sequence[NDArray[np.int64]], first_node: int) -> list[NDArray[np.int64]]:
    """Frame to key value, ``(e, 2)``; the values of each key get numbers of their own above the frames'."""
    edges = []
    for node in nodes:
        edges.append(np.stack([np.arange(len(node)), node + first_node], axis=1))
        first_node += int(node.max(initial=-1)) + 1
    return edges


def _time_edges(frames: Frames, window_s: float | None) -> NDArray[np.int64]:
    """Frame to the next frame of its camera, ``(e, 2)``, where it is not further away than the window."""
    if window_s is None or len(frames) < 2:
        return np.zeros((0, 2), np.int64)
    camera = _numbered(np.array([f"{s}\0{c}" for s, c in zip(frames.site, frames.camera, strict=True)], object))
    order = np.lexsort((frames.captured_at, camera))
    gap_s = np.diff(frames.captured_at[order]) / np.timedelta64(1, "s")
    linked = (np.diff(camera[order]) == 0) & (gap_s <= window_s)
    return np.stack([order[:-1][linked], order[1:][linked]], axis=1)


def _names(frames: Frames, component: NDArray[np.int32], rule: Split) -> Strings:
    if rule.keys:
        own = [f"{rule.keys[0]}:{value}" for value in getattr(frames, rule.keys[0])]
    else:
        moments = np.datetime_as_string(frames.captured_at, unit="ms")
        own = [f"time:{s}/{c}@{t}" for s, c, t in zip(frames.site, frames.camera, moments, strict=True)]
    smallest: dict[int, str] = {}
    for number, name in zip(component.tolist(), own, strict=True):
        smallest[number] = min(name, smallest.get(number, name))
    return strings([smallest[number] for number in component.tolist()])


def _side(group: str, shares: Shares, salt: str) -> str:
    point = int(_hash(salt, group)[:16], 16) / 16**16
    if point < shares.train:
        return TRAIN
    return VAL if point < shares.train + shares.val else JUDGING


def _hash(salt: str, name: str) -> str:
    return hashlib.sha256(f"{salt}\0{name}".encode()).hexdigest()
