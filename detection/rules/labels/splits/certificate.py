"""The certificate: everything that a reader needs to believe a split, or not to."""

from __future__ import annotations

from dataclasses import dataclass

from detection.rules.labels.splits.attack import Attack
from detection.rules.labels.splits.crossings import Crossing
from detection.rules.labels.splits.grouping import Tie
from detection.rules.labels.splits.placement import SIDE_OF

__all__ = ["SIDE_OF", "Balance", "Certificate", "ConditionFrames", "NearPair", "SetCount"]


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
