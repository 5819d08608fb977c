"""The certificate: everything that a reader needs to believe a split, or not to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detection.rules.labels import near_duplicates
from detection.rules.labels.samples import Frames, Strings
from detection.rules.labels.splits.attack import Attack
from detection.rules.labels.splits.crossings import SHOWN, Crossing, Sided
from detection.rules.labels.splits.frozen import FrozenSets, digest_of
from detection.rules.labels.splits.grouping import Tie
from detection.rules.labels.splits.placement import SIDE_OF, SIDES, Shares
from detection.rules.labels.splits.strata import FRAMES, Strata
from detection.rules.spec.labels import Split

__all__ = ["SIDE_OF", "Certificate", "certify"]

NEAREST_PAIRS = 8


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
class Balance:
    """How much of one thing a side has, against what it should have.

    Attributes:
        side: train, val or judging.
        dimension: frames, class, or a condition.
        value: which class or condition value; ``""`` for frames, and for unknown.
        count: frames of the side, or boxes for a class.
        share: part of all there is that stands on this side.
        target: the part wanted: the side's share of all frames; 0 where a split was brought.
    """

    side: str
    dimension: str
    value: str
    count: int
    share: float
    target: float

    @property
    def difference(self) -> float:
        """Share above target; below it if negative."""
        return self.share - self.target


@dataclass(frozen=True, slots=True)
class NearPair:
    """Two frames on two sides whose pictures are nearest to each other.

    Attributes:
        bits: of 64 that their hashes differ in.
        frame: id of one.
        name: its name.
        side: where it stands.
        other_frame: id of the other.
        other_name: its name.
        other_side: where that one stands.
    """

    bits: int
    frame: str
    name: str
    side: str
    other_frame: str
    other_name: str
    other_side: str


@dataclass(frozen=True, slots=True)
class Certificate:
    """``data/split/certificate.json``.

    Attributes:
        statement: what is proven, in one sentence.
        judging: where golden and challenge come from, in one sentence.
        salt: salt of the hash that ordered the groups.
        official: the split was brought by the user and only audited.
        keys: frames that share one of these belong together.
        time_window_s: as do frames of one camera no further apart than this; None if not asked for.
        near_duplicate_bits: as do frames whose pictures differ in no more bits; None if not asked for.
        groups: how many in all.
        groups_of_side: train, val and judging: how many groups have a frame there.
        largest_group: frames of the largest.
        ties: what tied frames together.
        kept_frames: frames that stood where they are before.
        unplaced_frames: labelled frames in no list of an official split.
        set_aside: new frames that would have tied two sides together.
        set_aside_examples: names of the first of them.
        crossings: keys, neighbours in time and near-duplicates that stand on two sides.
        crossing_examples: the first of them.
        found: the same, kind by kind.
        balance: of every side.
        nearest: the nearest pictures across sides, the nearest first.
        attack: what copying labels across sides achieves; None where no pixels are known.
        sets: train, val, test, golden, challenge.
    """

    statement: str
    judging: str
    salt: str
    official: bool
    keys: tuple[str, ...]
    time_window_s: float | None
    near_duplicate_bits: int | None
    groups: int
    groups_of_side: dict[str, int]
    largest_group: int
    ties: tuple[Tie, ...]
    kept_frames: int
    unplaced_frames: int
    set_aside: int
    set_aside_examples: tuple[str, ...]
    crossings: int
    crossing_examples: tuple[str, ...]
    found: tuple[Crossing, ...]
    balance: tuple[Balance, ...]
    nearest: tuple[NearPair, ...]
    attack: Attack | None
    sets: tuple[SetCount, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Sets:
    """``n`` placed frames: where each stands, its group, its set, its counts, and whether an expert labelled it."""

    placed: Sided
    group_of: Strings
    split_of: Strings
    strata: Strata
    verified: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Audit:
    """What else is known of a split.

    Attributes:
        official: it was brought, not drawn.
        salt: of the drawing.
        shares: that were asked for.
        unplaced_frames: labelled frames in no list of it.
        kept_frames: frames that stood there before.
        set_aside: names of frames that would have tied sides together.
        ties: what tied frames together.
        frozen: the frozen sets.
        crossings: what the recount found.
        attack: what copying achieves.
    """

    official: bool
    salt: str
    shares: Shares
    unplaced_frames: int
    kept_frames: int
    set_aside: tuple[str, ...]
    ties: tuple[Tie, ...]
    frozen: FrozenSets
    crossings: tuple[Crossing, ...]
    attack: Attack | None


def certify(sets: Sets, rule: Split, audit: Audit) -> Certificate:
    """Put together what is proven, what is not, and the figures behind it."""
    group_of, side = sets.group_of.tolist(), sets.placed.side.tolist()
    on_side = Counter(side for side, _ in set(zip(side, group_of, strict=True)))
    found = sum(crossing.found for crossing in audit.crossings)
    return Certificate(
        statement=_statement(found, audit.official, rule),
        judging=_judging(audit),
        salt=audit.salt,
        official=audit.official,
        keys=tuple(rule.keys),
        time_window_s=rule.time_window_s,
        near_duplicate_bits=rule.near_duplicate_bits,
        groups=len(set(group_of)),
        groups_of_side={name: on_side[number] for number, name in enumerate(SIDES)},
        largest_group=max(Counter(group_of).values(), default=0),
        ties=audit.ties,
        kept_frames=audit.kept_frames,
        unplaced_frames=audit.unplaced_frames,
        set_aside=len(audit.set_aside),
        set_aside_examples=audit.set_aside[:SHOWN],
        crossings=found,
        crossing_examples=tuple(line for crossing in audit.crossings for line in crossing.examples)[:SHOWN],
        found=audit.crossings,
        balance=_balance(sets, audit),
        nearest=nearest_pairs(sets.placed),
        attack=audit.attack,
        sets=tuple(_set_count(name, sets) for name in SIDE_OF),
    )


def nearest_pairs(placed: Sided) -> tuple[NearPair, ...]:
    """The nearest pictures on two sides, each frame shown once; exact."""
    rows = np.flatnonzero(placed.signatures.known)
    found = near_duplicates.closest(placed.signatures.hash[rows], placed.side[rows], 10 * NEAREST_PAIRS)
    shown: set[int] = set()
    pairs: list[NearPair] = []
    for (one, other), bits in zip(rows[found.pairs].tolist(), found.bits.tolist(), strict=True):
        if not shown & {one, other} and len(pairs) < NEAREST_PAIRS:
            shown |= {one, other}
            pairs.append(NearPair(bits, *_described(placed, one), *_described(placed, other)))
    return tuple(pairs)


def _described(placed: Sided, row: int) -> Sequence[str]:
    return [str(placed.frames.id[row]), str(placed.frames.name[row]), SIDES[placed.side[row]]]


def _statement(found: int, official: bool, rule: Split) -> str:
    near = [] if rule.time_window_s is None else [f"pair of neighbours within {rule.time_window_s:g} s"]
    if rule.near_duplicate_bits is not None:
        near.append(f"pair of pictures within {rule.near_duplicate_bits} bits")
    what = " or ".join([*rule.keys, *near])
    if found:
        brought = "the split was brought, not drawn: " if official else ""
        return f"{brought}{found} times an image, {what} stands on more than one of train, val and judging"
    return f"no {what} stands on more than one of train, val and judging (golden, challenge and test judge)"


def _judging(audit: Audit) -> str:
    words = []
    for name, one in (("golden", audit.frozen.golden), ("challenge", audit.frozen.challenge)):
        if one is None:
            words.append(f'{name} is drawn, not frozen: `detection golden freeze --set {name} --reason "..."`')
        else:
            last = one.log[-1]
            words.append(f"{name} is frozen since {one.log[0].date}, last changed {last.date} ({last.reason})")
    return "; ".join(words)


def _balance(sets: Sets, audit: Audit) -> tuple[Balance, ...]:
    sums = sets.strata.sums(sets.placed.side, len(SIDES))
    totals = np.maximum(sums.sum(axis=0), 1)
    frames = sums[:, sets.strata.dimension.index(FRAMES)]
    targets = frames / max(frames.sum(), 1) if audit.official else np.array(audit.shares.parts())
    return tuple(
        Balance(side, dimension, value, int(sums[s, f]), float(sums[s, f] / totals[f]), float(targets[s]))
        for s, side in enumerate(SIDES)
        for f, (dimension, value) in enumerate(zip(sets.strata.dimension, sets.strata.value, strict=True))
    )


def _set_count(name: str, sets: Sets) -> SetCount:
    rows = np.flatnonzero(sets.split_of == name)
    frames: Frames = sets.placed.frames
    conditions = tuple(
        ConditionFrames(condition, value, count)
        for condition, column in sorted(frames.conditions.items())
        for value, count in sorted(Counter(column[rows].tolist()).items())
    )
    return SetCount(
        set=name,
        frames=len(rows),
        groups=len(set(sets.group_of[rows].tolist())),
        verified=int(np.count_nonzero(sets.verified[rows])),
        digest=digest_of(frames.id[rows].tolist()),
        conditions=conditions,
    )
