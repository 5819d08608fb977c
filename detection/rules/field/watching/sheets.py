"""Many histograms side by side, one row for each window: what makes a thousand cameras quick to judge.

The same distances as in ``distances``, of all signals of all rows in one go (tested to agree).
Counts are float32: whole to 16 million a bin, and beyond that right to seven digits.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

from detection.rules.field.watching.tally import Integers, Tally

Floats = NDArray[np.float32]

SMALLEST = np.float32(1e-30)
"""Stands for nothing under a logarithm whose factor is 0."""


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Where the bins of each of ``s`` signals lie among all ``b``.

    Attributes:
        signals: ``s`` names.
        owner: ``(b,)`` which signal a bin belongs to.
        members: ``(b, s)`` 1 where it does: sums over signals are products with it.
    """

    signals: tuple[str, ...]
    owner: Integers
    members: Floats

    @classmethod
    def of(cls, tally: Tally) -> Layout:
        """As the tables stand in a tally."""
        owner = np.repeat(np.arange(len(tally.counts)), [table.shape[1] for table in tally.counts.values()])
        members = (owner[:, None] == np.arange(len(tally.counts))).astype(np.float32)
        return cls(tally.signals, owner, members)

    @property
    def cuts(self) -> tuple[slice, ...]:
        """The bins of each signal."""
        ends = accumulate(np.bincount(self.owner, minlength=len(self.signals)).tolist(), initial=0)
        return tuple(slice(start, end) for start, end in pairwise(ends))

    def samples(self, counts: Floats) -> Floats:
        """``(n, s)`` how much each signal has, of ``(n, b)`` counts."""
        summed: Floats = counts @ self.members
        return summed

    def places(self, counts: Floats) -> Floats:
        """``(b,)`` ridits of ``(b,)`` counts: the share below a bin and half its own."""
        shares = counts / np.maximum(self.samples(counts), 1)[self.owner]
        below = np.concatenate([np.cumsum(shares[cut]) - shares[cut] for cut in self.cuts])
        return (below + shares / 2).astype(np.float32)

    def points(self, counts: Floats, places: Floats) -> Floats:
        """``(n, s)`` mean ridit of each row and signal, 0.5 where nothing was counted.

        Args:
            counts: ``(n, b)``.
            places: ``(b,)``, or ``(n, b)`` for each row its own.
        """
        samples = self.samples(counts)
        summed = self.samples(counts * places)
        return np.where(samples > 0, summed / np.maximum(samples, 1), np.float32(0.5))


@dataclass(frozen=True, slots=True, eq=False)
class Sides:
    """What distances need of one side, for ``n`` rows.

    Attributes:
        known: ``(n, s)`` whether the signal has any count.
        shares: ``(n, b)``; 0 where nothing was counted.
        filled: ``(n, b)`` the same with half a count where there is none.
        logs: ``(n, b)`` logarithms of ``filled``.
    """

    known: NDArray[np.bool_]
    shares: Floats
    filled: Floats
    logs: Floats

    @classmethod
    def of(cls, counts: Floats, layout: Layout) -> Sides:
        """From ``(n, b)`` counts."""
        samples = layout.samples(counts)
        one: Floats = np.reciprocal(np.maximum(samples, np.float32(1)))[:, layout.owner]
        shares: Floats = np.maximum(counts, 0) * one
        filled: Floats = np.where(counts > 0, shares, np.float32(0.5) * one)
        return cls(samples > 0, shares, filled, np.log(filled))

    def take(self, rows: Integers | slice) -> Sides:
        """The rows named."""
        return Sides(self.known[rows], self.shares[rows], self.filled[rows], self.logs[rows])


def apart(before: Sides, after: Sides, layout: Layout) -> tuple[Floats, Floats]:
    """PSI and JS of every row and signal, ``(n, s)`` each; NaN where a side has no count."""
    spoken = (before.shares > 0) | (after.shares > 0)
    terms = np.where(spoken, (after.filled - before.filled) * (after.logs - before.logs), np.float32(0))
    known = before.known & after.known
    psi = np.where(known, terms @ layout.members, np.float32(np.nan))
    both = before.shares + after.shares
    bits = before.shares * before.logs + after.shares * after.logs - both * np.log(np.maximum(both / 2, SMALLEST))
    js = np.where(known, np.clip(bits @ layout.members / np.float32(2 * np.log(2)), 0, 1), np.float32(np.nan))
    return psi, js


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """``n`` windows, ordered by camera, then by time.

    Attributes:
        names: cameras, sorted.
        camera: ``(n,)`` places in ``names``.
        begins_s: ``(n,)`` seconds since 1970 UTC.
        frames: ``(n,)``.
        slots: ``(n,)`` how many stretches of telemetry are in the window.
        counts: ``(n, b)``.
        cosines: ``(n, FEATURES)`` sums over the slots; no columns until they are embedded.
    """

    names: tuple[str, ...]
    camera: Integers
    begins_s: Integers
    frames: Integers
    slots: Integers
    counts: Floats
    cosines: Floats

    def __len__(self) -> int:
        return len(self.camera)

    @classmethod
    def of(cls, tally: Tally, length_s: float) -> Sheet:
        """A tally's rows added up into stretches of ``length_s``, each of which is one slot."""
        names = tuple(sorted(set(tally.camera)))
        number = {name: place for place, name in enumerate(names)}
        camera = np.fromiter(map(number.__getitem__, tally.camera), np.int64, len(tally))
        counts = np.concatenate(list(tally.counts.values()), axis=1, dtype=np.float32, casting="unsafe")
        ones, nothing = np.ones(len(tally), np.int64), np.zeros((len(tally), 0), np.float32)
        sheet = cls(names, camera, tally.begins_s, tally.frames, ones, counts, nothing)
        order = np.lexsort((tally.begins_s, camera))
        in_order = bool((np.diff(order) == 1).all())
        rows = (sheet if in_order else sheet.take(order)).summed(length_s)
        return rows.but(slots=np.ones(len(rows), np.int64))

    def but(self, slots: Integers | None = None, cosines: Floats | None = None) -> Sheet:
        """With other slots, or other cosines."""
        return Sheet(
            self.names, self.camera, self.begins_s, self.frames, self.slots if slots is None else slots, self.counts,
            self.cosines if cosines is None else cosines,
        )  # fmt: skip

    def take(self, rows: Integers) -> Sheet:
        """The rows named, in that order."""
        return Sheet(
            self.names, self.camera[rows], self.begins_s[rows], self.frames[rows], self.slots[rows],
            self.counts[rows], self.cosines[rows],
        )  # fmt: skip

    def summed(self, length_s: float) -> Sheet:
        """Added up into windows of ``length_s`` that begin at multiples of it since 1970 UTC."""
        begins = (self.begins_s // length_s * length_s).astype(np.int64)
        fresh = np.ones(len(self), bool)
        fresh[1:] = (np.diff(self.camera) != 0) | (np.diff(begins) != 0)
        first = np.flatnonzero(fresh)
        if len(first) == len(self):
            return Sheet(self.names, self.camera, begins, self.frames, self.slots, self.counts, self.cosines)
        number = np.diff(first, append=len(self))
        return Sheet(
            self.names,
            self.camera[first],
            begins[first],
            np.add.reduceat(self.frames, first),
            np.add.reduceat(self.slots, first),
            _added(self.counts, first, number),
            _added(self.cosines, first, number),
        )


def _added(table: Floats, first: Integers, number: Integers) -> Floats:
    """Sums of ``number[i]`` rows from ``first[i]`` on; several times faster on wide tables than ``reduceat``."""
    summed = table[first]
    for step in range(1, int(number.max(initial=0))):
        longer = np.flatnonzero(number > step)
        if len(longer) == len(first):
            summed += table[first + step]
        else:
            summed[longer] += table[first[longer] + step]
    return summed
