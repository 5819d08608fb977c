"""Golden and challenge: frozen lists, or drawn from the judging side as long as nobody froze them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detection.errors import SplitError
from detection.rules.labels.samples import Frames, Strings
from detection.rules.labels.splits.columns import rows_of
from detection.rules.labels.splits.frozen import FrozenSets
from detection.rules.labels.splits.placement import CHALLENGE, GOLDEN, JUDGING, SIDE_OF, TEST, salted
from detection.rules.spec.labels import JudgingFrames, Split

_SHOWN = 20


@dataclass(frozen=True, slots=True, eq=False)
class Labelled:
    """``n`` labelled frames, and which of them an expert labelled."""

    frames: Frames
    verified: NDArray[np.bool_]


def checked(labelled: Labelled, frozen: FrozenSets, rule: Split) -> None:
    """Refuse frozen frames that cannot judge.

    Raises:
        SplitError: some are not in the data, not labelled, not verified where the spec wants it, or in both sets.
    """
    faults = []
    for one, wanted in ((frozen.golden, rule.golden), (frozen.challenge, rule.challenge)):
        if one is not None:
            rows = rows_of(labelled.frames.id, np.array(one.frames, object))
            faults += [f"{one.set}: {frame} is not among the labelled frames" for frame in
                       np.array(one.frames, object)[~rows.found]]  # fmt: skip
            unseen = rows.row[rows.found][~labelled.verified[rows.row[rows.found]]]
            faults += [f"{one.set}: {labelled.frames.name[row]} ({labelled.frames.id[row]}) has no expert's labels"
                       for row in (unseen if wanted.verified_only else unseen[:0])]  # fmt: skip
    if frozen.golden is not None and frozen.challenge is not None:
        twice = sorted(set(frozen.golden.frames) & set(frozen.challenge.frames))
        faults += [f"{frame} is in the golden and in the challenge set" for frame in twice]
    if faults:
        raise SplitError(
            f"{len(faults)} frozen frame(s) cannot judge: bring them back, or take them out with "
            '`detection golden remove FRAME --set golden|challenge --reason "..."`',
            faults[:_SHOWN],
        )


def judging_sets(labelled: Labelled, side_of: Strings, rule: Split, salt: str, frozen: FrozenSets) -> Strings:
    """``(n,)`` train, val, test, golden, challenge (``""`` stays).

    Frozen sets are what they are; the others are drawn from what is left, golden first.
    """
    frames = labelled.frames
    split_of = side_of.copy()
    split_of[side_of == JUDGING] = TEST
    fixed = {one.set for one in frozen.present()}
    for one in frozen.present():
        split_of[rows_of(frames.id, np.array(one.frames, object)).row] = one.set
    for name, wanted in ((GOLDEN, rule.golden), (CHALLENGE, rule.challenge)):
        if name not in fixed:
            free = (split_of == TEST) & (labelled.verified | (not wanted.verified_only))
            split_of[draw(frames, np.flatnonzero(free), wanted, f"{salt}/{name}")] = name
    return split_of


def draw(frames: Frames, candidates: NDArray[np.int64], wanted: JudgingFrames, salt: str) -> NDArray[np.int64]:
    """Rows of a judging set: equal numbers of each value of ``balance_by``, in the order of a salted hash.

    Args:
        frames: all frames.
        candidates: rows to draw from, already restricted to verified frames if the spec wants that.
        wanted: how many, of which conditions.
        salt: makes the order ours.

    Returns:
        At most ``wanted.frames`` rows, ascending; which ones depends on the frames' ids alone.
    """
    for condition, values in wanted.where.items():
        candidates = candidates[np.isin(frames.conditions[condition][candidates].astype(str), values)]
    ordered = sorted(candidates.tolist(), key=lambda row: salted(salt, str(frames.id[row])))
    if wanted.balance_by is None:
        return np.sort(np.array(ordered[: wanted.frames], np.int64))
    queues: dict[str, list[int]] = defaultdict(list)
    for row in ordered:
        queues[frames.conditions[wanted.balance_by][row]].append(row)
    rounds = sorted((turn, value, row) for value, queue in queues.items() for turn, row in enumerate(queue))
    return np.sort(np.array([row for _, _, row in rounds[: wanted.frames]], np.int64))


def named(frames: Frames, wanted: Sequence[str], listed: Sequence[str] = ()) -> tuple[str, ...]:
    """Ids of the frames that somebody named, in their order.

    Args:
        frames: the data.
        wanted: names as in the data, or ids.
        listed: ids known beside those of the data: of frames that have left it.

    Raises:
        SplitError: some name nothing, or several frames.
    """
    known = {*frames.id.tolist(), *listed}
    ids: dict[str, list[str]] = defaultdict(list)
    for name, frame in zip(frames.name.tolist(), frames.id.tolist(), strict=True):
        ids[name].append(frame)
    faults = [f"{name}: names no frame" for name in wanted if name not in known and name not in ids]
    faults += [f"{name}: names {len(ids[name])} frames; give an id" for name in wanted if len(ids.get(name, ())) > 1]
    if faults:
        raise SplitError("frames are named by their name in data/validate, or by their id", faults[:_SHOWN])
    return tuple(name if name in known else ids[name][0] for name in wanted)


def judging_side(ids: Sequence[str], frame: Strings, split_of: Strings) -> None:
    """Refuse frames from which a model learns.

    Args:
        ids: frames to be added to a judging set.
        frame: ``(n,)`` frames of the last split.
        split_of: ``(n,)`` their sets.

    Raises:
        SplitError: some train or choose, or are in no set.
    """
    where = dict(zip(frame.tolist(), split_of.tolist(), strict=True))
    faults = [
        f"{one}: stands in {where.get(one, 'no set')}" for one in ids if SIDE_OF.get(where.get(one, "")) != JUDGING
    ]
    if faults:
        raise SplitError(
            "only frames of the judging side can be added: models have learnt from the others", faults[:20]
        )
