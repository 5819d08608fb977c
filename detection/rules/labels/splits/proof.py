"""How a certificate is made: sets counted, shares compared, nearest pictures found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detection.rules.labels import near_duplicates
from detection.rules.labels.samples import Frames, Strings
from detection.rules.labels.splits.attack import Attack
from detection.rules.labels.splits.certificate import Balance, Certificate, ConditionFrames, NearPair, SetCount
from detection.rules.labels.splits.crossings import SHOWN, Crossing, Sided
from detection.rules.labels.splits.frozen import FrozenSets, digest_of
from detection.rules.labels.splits.grouping import Tie
from detection.rules.labels.splits.placement import SIDE_OF, SIDES, Shares
from detection.rules.labels.splits.strata import FRAMES, Strata
from detection.rules.spec.labels import Split

NEAREST_PAIRS = 8


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
        statement=_statement(f"{found}{''.join(c.or_more for c in audit.crossings)}", audit.official, rule),
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


def _statement(found: str, official: bool, rule: Split) -> str:
    near = [] if rule.time_window_s is None else [f"pair of neighbours within {rule.time_window_s:g} s"]
    if rule.near_duplicate_bits is not None:
        near.append(f"pair of pictures within {rule.near_duplicate_bits} bits")
    what = " or ".join([*rule.keys, *near])
    if found != "0":
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
