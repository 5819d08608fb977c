"""The whole split from values to values: who stays, who is placed where, who judges, and what the recount finds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from detection.errors import LeakageError, SplitError
from detection.rules.labels.intake.arrivals import strings
from detection.rules.labels.samples import Annotations, Assignments, Frames, Rows, Strings
from detection.rules.labels.splits import grouping, growth, judging, placement
from detection.rules.labels.splits.attack import Attack, Dice, attack, marked
from detection.rules.labels.splits.certificate import Certificate
from detection.rules.labels.splits.columns import numbered, ranked, rows_of
from detection.rules.labels.splits.crossings import SHOWN, Sided, crossings
from detection.rules.labels.splits.frozen import FrozenSets
from detection.rules.labels.splits.grouping import Grouping, Signatures, Tie
from detection.rules.labels.splits.judging import Labelled
from detection.rules.labels.splits.placement import JUDGING, NOWHERE, SIDE_OF, SIDES, Shares, Wanted
from detection.rules.labels.splits.proof import Audit, Sets, certify
from detection.rules.labels.splits.strata import Strata, strata
from detection.rules.labels.statistics import Statistics
from detection.rules.spec.labels import Split

Integers = NDArray[np.int64]
Lists = Mapping[str, Sequence[str]]
"""``train``, ``val`` and ``test`` to frame names."""


@dataclass(frozen=True, slots=True)
class Demand:
    """What is asked for: the spec's rule, the shares, the salt, and how hard to attack the result."""

    rule: Split
    shares: Shares
    salt: str
    dice: Dice


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """Frames with their sets: ``frame``, ``split_of`` and ``group_of`` are ``(n,)``."""

    frame: Strings
    split_of: Strings
    group_of: Strings


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """What is split.

    Attributes:
        frames: every image once.
        duplicates: where and when else the same images were taken; they tie groups together and are not placed.
        labelled: who looked at which frame; frames at which nobody did are left out.
        labels: their boxes.
        statistics: their perceptual hashes; frames without pixels have none.
        frozen: sets that are lists.
        before: the former placement; None where there is none, or one that was made by other rules.
        departed: what stood in placements before that one and has left the data since; likewise.
    """

    frames: Frames
    duplicates: Frames
    labelled: Assignments
    labels: Annotations
    statistics: Statistics
    frozen: FrozenSets
    before: Placed | None
    departed: Placed | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Division:
    """A split and its certificate.

    Attributes:
        placed: ordered by frame.
        certificate: of what stands, and nothing of how it came about: made again, it is the same.
        kept_frames: frames that stood where they are before.
        departed: frames that stood somewhere before and are not placed now, by frame: where they belong if they return.
    """

    placed: Placed
    certificate: Certificate
    kept_frames: int
    departed: Placed


@dataclass(frozen=True, slots=True, eq=False)
class _Pool:
    """Labelled frames: ``once`` is False for copies, which tie and are not placed; ``returned`` had left the data."""

    frames: Frames
    signatures: Signatures
    once: NDArray[np.bool_]
    before: Integers
    returned: NDArray[np.bool_]

    def take(self, rows: Rows) -> _Pool:
        frames, signatures = self.frames.take(rows), self.signatures.take(rows)
        return _Pool(frames, signatures, self.once[rows], self.before[rows], self.returned[rows])


@dataclass(frozen=True, slots=True, eq=False)
class _Sides:
    """``n`` rows of a pool on their sides, -1 for nowhere; ``counted`` is of those that are no copies."""

    pool: _Pool
    side: Integers
    group_of: Strings
    ties: tuple[Tie, ...]
    counted: Strata
    set_aside: tuple[str, ...] = ()


def divide(demand: Demand, material: Material, lists: Lists | None) -> Division:
    """Place every labelled frame with its group, and find by a recount whether anything leaks.

    Args:
        demand: what is asked for.
        material: what is split.
        lists: a split that somebody brought, audited instead of drawn; None draws.

    Raises:
        SplitError: no honest split exists, or frozen frames cannot judge.
        LeakageError: a drawn split leaks, which would be our own fault.
    """
    pool = _pool(material)
    verified = _verified(material, pool.frames)
    judging.checked(Labelled(pool.frames.take(pool.once), verified[pool.once]), material.frozen, demand.rule)
    sides = _drawn(demand, material, pool) if lists is None else _brought(demand.rule, material, pool, lists)
    placed = np.flatnonzero(sides.side != NOWHERE)
    found = crossings(_sided(sides, placed), demand.rule)
    leaks = [line for crossing in found for line in crossing.examples]
    if leaks and lists is None:
        raise LeakageError("the split was drawn wrongly, which is our fault: do not use it", leaks[:SHOWN])
    rows = np.flatnonzero((sides.side != NOWHERE) & sides.pool.once)
    on, group_of = _sided(sides, rows), sides.group_of[rows]
    side_of = strings([SIDES[side] for side in on.side.tolist()])
    placement.enough_groups(group_of, side_of, demand.rule.minimum_groups)
    expert = _verified(material, on.frames)
    labelled = Labelled(on.frames, expert)
    split_of = judging.judging_sets(labelled, side_of, demand.rule, demand.salt, material.frozen)
    audit = Audit(
        official=lists is not None,
        salt=demand.salt,
        shares=demand.shares,
        unplaced_frames=int(np.count_nonzero(sides.pool.once & (sides.side == NOWHERE))),
        set_aside=sides.set_aside,
        ties=sides.ties,
        frozen=material.frozen,
        crossings=found,
        attack=attacked(on, material.labels, demand.dice),
    )
    sets = Sets(on, group_of, split_of, sides.counted.take((sides.side != NOWHERE)[sides.pool.once]), expert)
    placed_now = Placed(on.frames.id, split_of, group_of)
    certificate = certify(sets, demand.rule, audit)
    return Division(placed_now, certificate, _kept(material, on.frames), _departed(material, on.frames))


def attacked(placed: Sided, labels: Annotations, dice: Dice) -> Attack | None:
    """Copy labels from train to the judging side, or to val where nothing judges; None where one has no pixels."""
    rows = np.flatnonzero(placed.signatures.known)
    known = marked(placed.frames.take(rows), placed.signatures.hash[rows], labels)
    side = placed.side[rows]
    held_out = JUDGING if (side == SIDES.index(JUDGING)).any() else placement.VAL
    train, asked = (np.flatnonzero(side == SIDES.index(one)) for one in (placement.TRAIN, held_out))
    return attack(known, train, asked, dice)


def signatures_of(frames: Frames, statistics: Statistics) -> Signatures:
    """The hashes of frames whose pixels were read."""
    at = rows_of(statistics.frame, frames.id)
    known = at.found.copy()
    known[at.found] = statistics.readable[at.row[at.found]]
    hashes = np.zeros(len(frames), np.uint64)
    hashes[at.found] = statistics.hash[at.row[at.found]]
    return Signatures(hashes, known)


def _pool(material: Material) -> _Pool:
    everything = grouping.joined(material.frames, material.duplicates)
    labelled = rows_of(material.labelled.frame, everything.id).found
    once = np.arange(len(everything)) < len(material.frames)
    frames = everything.take(labelled)
    if not len(frames):
        raise SplitError("no labelled frame; label some first")
    before, known = _before(frames, material), _former(material, returned=False)
    returned = (before != NOWHERE) & ~rows_of(known.frame, frames.id).found & ~_frozen(frames, material)
    pool = _Pool(frames, signatures_of(frames, material.statistics), once[labelled], before, returned)
    order = np.lexsort((numbered(frames.name), ~pool.once, numbered(frames.id)))  # so the input's order plays no part
    return pool.take(order)


def _before(frames: Frames, material: Material) -> Integers:
    """``(n,)`` where each frame stood; frozen frames stand on the judging side, whatever was before."""
    before = np.full(len(frames), NOWHERE, np.int64)
    faults = []
    former = _former(material, returned=True)
    at = rows_of(former.frame, frames.id)
    stood = np.array([SIDES.index(SIDE_OF[name]) for name in former.split_of.tolist()], np.int64)
    before[at.found] = stood[at.row[at.found]]
    for one in material.frozen.present():
        rows = np.flatnonzero(rows_of(np.array(one.frames, object), frames.id).found)
        faults += [f"{one.set}: {frames.name[row]} stands in {SIDES[before[row]]}" for row in rows
                   if SIDES[before[row]] != JUDGING and before[row] != NOWHERE]  # fmt: skip
        before[rows] = SIDES.index(JUDGING)
    if faults:
        raise SplitError(
            "frozen frames were trained on: take them out with `detection golden remove`, "
            "or choose another split.salt to draw everything anew",
            faults[:SHOWN],
        )
    return before


def _frozen(frames: Frames, material: Material) -> NDArray[np.bool_]:
    listed = [frame for one in material.frozen.present() for frame in one.frames]
    return rows_of(strings(listed), frames.id).found


def _former(material: Material, *, returned: bool) -> Placed:
    """What stood before; with what has left the data since, or without."""
    nothing = Placed(strings([]), strings([]), strings([]))
    gone = material.departed if returned else None
    both = gone or nothing, material.before or nothing  # the later of two for one frame counts
    return Placed(*(np.concatenate([getattr(one, f.name) for one in both]) for f in fields(Placed)))


def _departed(material: Material, frames: Frames) -> Placed:
    former = _former(material, returned=True)
    gone = np.flatnonzero(~rows_of(frames.id, former.frame).found)
    last = gone[rows_of(former.frame[gone], ranked(former.frame[gone]).values).row]
    return Placed(former.frame[last], former.split_of[last], former.group_of[last])


def _drawn(demand: Demand, material: Material, pool: _Pool) -> _Sides:
    settled = growth.settle(pool.frames, pool.signatures, demand.rule, pool.before, pool.returned)
    aside = pool.frames.name[~settled.kept]
    kept = pool.take(settled.kept)
    found = settled.grouping
    counted = strata(kept.frames.take(kept.once), material.labels)
    shown = Grouping(found.names, found.number[kept.once], found.ties)
    wanted = Wanted(demand.shares, demand.rule.minimum_groups, demand.salt)
    side = placement.place(shown, counted, settled.standing, wanted)
    return _Sides(kept, side[found.number], found.group_of, found.ties, counted, tuple(sorted(aside.tolist())))


def _brought(rule: Split, material: Material, pool: _Pool, lists: Lists) -> _Sides:
    side_of = placement.official(pool.frames.name, lists)
    side = np.array([SIDES.index(name) if name else NOWHERE for name in side_of.tolist()], np.int64)
    learnt = np.flatnonzero((pool.before != NOWHERE) & (side != NOWHERE) & (side != pool.before))
    if len(learnt):
        raise SplitError(
            "frozen frames stand in the lists of train or val: take them out there, or with `detection golden remove`",
            [f"{pool.frames.name[row]} stands in {SIDES[side[row]]}" for row in learnt[:SHOWN]],
        )
    found = grouping.groups(pool.frames, pool.signatures, rule)
    counted = strata(pool.frames.take(pool.once), material.labels)
    return _Sides(pool, side, found.group_of, found.ties, counted)


def _kept(material: Material, frames: Frames) -> int:
    if material.before is None:
        return 0
    return int(np.count_nonzero(rows_of(material.before.frame, frames.id).found))


def _sided(sides: _Sides, rows: Integers) -> Sided:
    return Sided(sides.pool.frames.take(rows), sides.pool.signatures.take(rows), sides.side[rows])


def _verified(material: Material, frames: Frames) -> NDArray[np.bool_]:
    return rows_of(material.labelled.frame[material.labelled.verified], frames.id).found
