"""What each variant costs on the machine that measured it: time, memory, bytes. Holds it against no target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detection.rules.judging.matching import Reals

SLOWEST = 0.95
"""The quantile that targets are held against."""
CONFIDENCE = 0.95
"""One-sided, of the bounds of what was timed; how sure one must be of a model's accuracy is the spec's to say."""
DRAWS = 1_000
"""Frames are drawn so often, with repetition, for the bounds."""
BUSY_SHARE = 0.1
"""Who waited longer for a processor than this part of the time was timed on a machine that was busy with others."""


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """One variant as it was timed.

    Attributes:
        variant: its name.
        engine: that ran it.
        threads: that computed one frame.
        latency_ms: ``(rounds, frames)`` that went by, decoded frame in, boxes out.
        computed_ms: ``(rounds, frames)`` that its threads computed meanwhile, all together.
        load_ms: from reading the model file to the first frame's boxes.
        memory_mb: resident memory of the process at its highest.
        bytes: size of the model file.
        bare: it ran in an environment that holds what a device installs, and nothing else.
    """

    variant: str
    engine: str
    threads: int
    latency_ms: Reals
    computed_ms: Reals
    load_ms: float
    memory_mb: float
    bytes: int
    bare: bool

    @property
    def own_ms(self) -> Reals:
        """``(frames,)`` the least of each frame's rounds: another program can only add to a time."""
        least: Reals = self.latency_ms.min(axis=0)
        return least

    @property
    def waited_share(self) -> float:
        """Part of these least times in which not even one thread computed."""
        least = self.latency_ms.argmin(axis=0)[None]
        computed = np.take_along_axis(self.computed_ms, least, axis=0)
        return float(max(0.0, 1 - computed.sum() / self.own_ms.sum()))


@dataclass(frozen=True, slots=True)
class Cost:
    """One variant with one number of threads.

    A frame's time is the least of its rounds: the model is judged, not what else the machine did. A device's own
    hiccups are for its watch to see.

    Attributes:
        variant: its name.
        threads: that computed one frame.
        p50_ms: milliseconds that half the frames took, decoded frame in, boxes out.
        p95_ms: that 95 of 100 frames took.
        p99_ms: that 99 of 100 frames took.
        load_ms: from reading the model file to the first frame's boxes.
        memory_mb: resident memory of the process that answered, at its highest.
        bytes: size of the model file.
        slower_than_reference: it takes longer than the reference, both timed in turn over the same frames; None for
            the reference itself, and where the two lie too close to tell.
        machine: what ``uname -m`` says where it was measured.
        engine: that ran it.
        bare: it ran in an environment that holds what a device installs, and nothing else.
        times_reference: median over the frames of its time by that of the reference; 1 for the reference itself.
        frames: that were timed.
        p95_at_least_ms: the p95 is at least this, at :data:`CONFIDENCE`.
        p95_at_most_ms: the p95 is at most this, likewise.
        waited_share: part of the time in which none of its threads computed: others had the processors, or a graphics
            card worked for it.
    """

    variant: str
    threads: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    load_ms: float
    memory_mb: float
    bytes: int
    slower_than_reference: bool | None
    machine: str
    engine: str
    bare: bool
    times_reference: float
    frames: int
    p95_at_least_ms: float
    p95_at_most_ms: float
    waited_share: float


@dataclass(frozen=True, slots=True)
class CostSheet:
    """``data/profile/costs.json``, whole.

    Attributes:
        rows: every variant with every number of threads, the reference first.
        processor: its name, for people.
        cores: that it has.
    """

    rows: tuple[Cost, ...]
    processor: str
    cores: int

    def row(self, variant: str, threads: int) -> Cost | None:
        """The cost of a variant with so many threads; None if that was not measured."""
        return next((row for row in self.rows if (row.variant, row.threads) == (variant, threads)), None)

    @property
    def threads(self) -> tuple[int, ...]:
        """Numbers of threads that were measured; the first is what a device runs with unless told otherwise."""
        return tuple(dict.fromkeys(row.threads for row in self.rows))


def costs(taken: Sequence[Taken], machine: str) -> tuple[Cost, ...]:
    """Sum up what was timed; each is compared with the first of as many threads, which is the reference.

    Args:
        taken: all of the same frames and rounds, the reference first.
        machine: what ``uname -m`` says.
    """
    references = {one.threads: one for one in reversed(taken)}
    return tuple(_cost(one, references[one.threads], machine) for one in taken)


def _cost(taken: Taken, reference: Taken, machine: str) -> Cost:
    own = taken.own_ms
    p50, p95, p99 = (float(np.quantile(own, q)) for q in (0.5, SLOWEST, 0.99))
    drawn = np.random.default_rng(0).integers(0, len(own), (DRAWS, len(own)))
    tail = 1 - CONFIDENCE
    lower, upper = np.quantile(np.quantile(own[drawn], SLOWEST, axis=1), (tail, 1 - tail)).tolist()
    times = own / reference.own_ms
    low, high = np.quantile(np.median(times[drawn], axis=1), (tail, 1 - tail)).tolist()
    return Cost(
        variant=taken.variant, threads=taken.threads, p50_ms=p50, p95_ms=p95, p99_ms=p99, load_ms=taken.load_ms,
        memory_mb=taken.memory_mb, bytes=taken.bytes,
        slower_than_reference=True if low > 1 else False if high < 1 else None, machine=machine, engine=taken.engine,
        bare=taken.bare, times_reference=float(np.median(times)), frames=len(own),
        p95_at_least_ms=min(lower, p95), p95_at_most_ms=max(upper, p95), waited_share=taken.waited_share,
    )  # fmt: skip
