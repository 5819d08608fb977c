"""What stands on two sides, counted from the frames themselves and not from the groups the split was made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detection.rules.labels import near_duplicates
from detection.rules.labels.samples import Frames, Rows, Strings
from detection.rules.labels.splits import grouping
from detection.rules.labels.splits.columns import ranked
from detection.rules.labels.splits.grouping import Integers, Signatures
from detection.rules.labels.splits.placement import SIDES
from detection.rules.spec.labels import Split

SHOWN = 20
MOST_PAIRS = 10_000
"""Near-duplicates across sides beyond this are not counted: there are that many or more."""


@dataclass(frozen=True, slots=True, eq=False)
class Sided:
    """``n`` placed frames.

    Attributes:
        frames: they.
        signatures: their perceptual hashes.
        side: ``(n,)`` numbers of their sides, in the order of ``placement.SIDES``.
    """

    frames: Frames
    signatures: Signatures
    side: Integers

    def take(self, rows: Rows) -> Sided:
        """The frames in ``rows``, in that order."""
        return Sided(self.frames.take(rows), self.signatures.take(rows), self.side[rows])


@dataclass(frozen=True, slots=True)
class Crossing:
    """What stands on two sides of one kind.

    Attributes:
        kind: ``same image``, a key of the spec, ``time`` or ``near-duplicate``.
        found: values, pairs of neighbours, or pairs of pictures.
        frames: frames of val and judging that have such a tie to train, or to one another's side.
        examples: the first few, a sentence each.
        complete: False where counting ended early, so that there may be more, and more frames.
    """

    kind: str
    found: int
    frames: int
    examples: tuple[str, ...]
    complete: bool = True

    @property
    def or_more(self) -> str:
        """What to say behind the counts."""
        return "" if self.complete else " or more"


def crossings(placed: Sided, rule: Split) -> tuple[Crossing, ...]:
    """One entry for each kind that the rule names, also where nothing was found."""
    found = [_shared(placed, grouping.SAME_IMAGE, placed.frames.id)]
    found += [_shared(placed, key, getattr(placed.frames, key)) for key in rule.keys]
    if rule.time_window_s is not None:
        found.append(_parted(placed, rule.time_window_s))
    if rule.near_duplicate_bits is not None:
        found.append(_alike(placed, rule.near_duplicate_bits))
    return tuple(found)


def _shared(placed: Sided, kind: str, column: Strings) -> Crossing:
    """Values of one column on more than one side."""
    values, number = ranked(column)
    on = np.zeros((len(values), len(SIDES)), bool)
    on[number, placed.side] = True
    crossing = np.flatnonzero(on.sum(axis=1) > 1)
    touched = (on.sum(axis=1) > 1)[number] & (placed.side != 0)
    word = "image" if kind == grouping.SAME_IMAGE else kind
    examples = [f"{word} {str(values[v])!r} stands in {_sides(on[v])}" for v in crossing[:SHOWN]]
    return Crossing(kind, len(crossing), int(touched.sum()), tuple(examples))


def _parted(placed: Sided, window_s: float) -> Crossing:
    """Neighbours in time of one camera on two sides.

    Wherever two frames of one camera within the window stand on two sides, so do two that follow each other.
    """
    frames = placed.frames
    timed = np.flatnonzero(~np.isnat(frames.captured_at))
    camera, moment = grouping.clocks(frames)[timed], frames.captured_at[timed].astype("datetime64[us]").astype(np.int64)
    order = np.lexsort((timed, moment, camera))
    rows, camera, moment = timed[order], camera[order], moment[order]
    near = (np.diff(camera) == 0) & (np.diff(moment) / 1e6 <= window_s)
    parted = np.flatnonzero(near & (np.diff(placed.side[rows]) != 0))
    examples = [
        f"{frames.name[rows[i]]} ({SIDES[placed.side[rows[i]]]}) and {frames.name[rows[i + 1]]} "
        f"({SIDES[placed.side[rows[i + 1]]]}) are {(moment[i + 1] - moment[i]) / 1e6:g} s apart"
        for i in parted[:SHOWN]
    ]
    touched = _within(camera, moment, placed.side[rows], window_s)
    return Crossing(grouping.TIME, len(parted), int(touched.sum()), tuple(examples))


def _within(camera: Integers, moment: Integers, side: Integers, window_s: float) -> NDArray[np.bool_]:
    """``(n,)`` frames of val and judging with a frame of another side within the window; sorted by camera and time."""
    here = np.arange(len(moment))
    touched = np.zeros(len(moment), bool)
    for other in range(len(SIDES)):
        last = np.maximum.accumulate(np.where(side == other, here, -1))
        following = np.minimum.accumulate(np.where(side == other, here, len(here))[::-1])[::-1]
        for row in (last, following):
            asked = np.flatnonzero((row >= 0) & (row < len(here)) & (side != other) & (side != 0))
            there = row[asked]
            near = np.abs(moment[asked] - moment[there]) / 1e6 <= window_s
            touched[asked[near & (camera[asked] == camera[there])]] = True
    return touched


def _alike(placed: Sided, bits: int) -> Crossing:
    """Pictures within the radius on two sides; equal pictures of one side count once."""
    rows = np.flatnonzero(placed.signatures.known)
    hashes, side, names = placed.signatures.hash[rows], placed.side[rows], placed.frames.name[rows]
    near = near_duplicates.within(hashes, side, bits, MOST_PAIRS)
    examples = [
        f"{names[a]} ({SIDES[side[a]]}) and {names[b]} ({SIDES[side[b]]}) differ in {distance} of 64 bits"
        for (a, b), distance in zip(near.pairs[:SHOWN].tolist(), near.bits.tolist(), strict=False)
    ]
    held_out = [place for pair in near.pairs.tolist() for place in pair if side[place] != 0]
    touched = np.isin(hashes[side != 0], hashes[np.array(held_out, np.int64)])
    complete = len(near.bits) < MOST_PAIRS
    return Crossing(grouping.NEAR, len(near.bits), int(touched.sum()), tuple(examples), complete)


def _sides(on: NDArray[np.bool_]) -> str:
    return " and ".join(SIDES[side] for side in np.flatnonzero(on))
