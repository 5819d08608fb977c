"""Histograms of many windows as columns: what drift is judged from. Sums only; nothing that was counted gets lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]
"""``(..., bins)`` how often each bin was met; the last bin is NaN's."""
Integers = NDArray[np.int64]
Strings = NDArray[np.object_]

DAY_S = 86400
HOUR_S = 3600
HOURS = 24


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """Histograms of ``n`` blocks: scenes of the reference, or stretches of time in the field.

    Attributes:
        camera: ``(n,)`` whose frames they are.
        begins_s: ``(n,)`` int64, seconds since 1970 UTC. A scene of the reference has only its hour: 3600 times it.
        frames: ``(n,)`` int64, frames in the block.
        counts: for each signal ``(n, bins)`` :data:`Counts`.
        counters: for each counter ``(n,)`` int64; may lack any.
    """

    camera: Strings
    begins_s: Integers
    frames: Integers
    counts: Mapping[str, Counts]
    counters: Mapping[str, Integers] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.camera)

    @property
    def signals(self) -> tuple[str, ...]:
        """Their names, in the order of the document."""
        return tuple(self.counts)

    @property
    def hour(self) -> Integers:
        """``(n,)`` hour of the day, UTC, 0 to 23."""
        return self.begins_s // HOUR_S % HOURS

    def of(self, camera: str) -> Tally:
        """The blocks of one camera, oldest first."""
        rows = np.flatnonzero(self.camera == camera)
        return self.take(rows[np.argsort(self.begins_s[rows], kind="stable")])

    def take(self, rows: Integers) -> Tally:
        """The blocks named."""
        counts = {name: table[rows] for name, table in self.counts.items()}
        counters = {name: column[rows] for name, column in self.counters.items()}
        return Tally(self.camera[rows], self.begins_s[rows], self.frames[rows], counts, counters)

    def summed(self, length_s: float) -> Tally:
        """Added up into windows of ``length_s`` that begin at multiples of it since 1970 UTC, by camera, then time."""
        begins = (self.begins_s // length_s * length_s).astype(np.int64)
        names, numbers = np.unique(self.camera.astype(str), return_inverse=True)
        order = np.lexsort((begins, numbers))
        camera, begins = numbers[order], begins[order]
        fresh = np.ones(len(order), bool)
        fresh[1:] = (np.diff(camera) != 0) | (np.diff(begins) != 0)
        first = np.flatnonzero(fresh)
        if len(first) == len(order):
            return self.take(order)._beginning(begins)
        return Tally(
            camera=names.astype(object)[camera[first]],
            begins_s=begins[first],
            frames=np.add.reduceat(self.frames[order], first),
            counts={name: np.add.reduceat(table[order], first, axis=0) for name, table in self.counts.items()},
            counters={name: np.add.reduceat(column[order], first) for name, column in self.counters.items()},
        )

    def _beginning(self, begins: Integers) -> Tally:
        return Tally(self.camera, begins, self.frames, self.counts, self.counters)


def together(tallies: Sequence[Tally]) -> Tally:
    """All blocks of at least one tally, one after the other; the signals and counters of the first."""
    first = tallies[0]
    return Tally(
        camera=np.concatenate([tally.camera for tally in tallies]),
        begins_s=np.concatenate([tally.begins_s for tally in tallies]),
        frames=np.concatenate([tally.frames for tally in tallies]),
        counts={name: np.concatenate([tally.counts[name] for tally in tallies]) for name in first.counts},
        counters={name: np.concatenate([tally.counters[name] for tally in tallies]) for name in first.counters},
    )
