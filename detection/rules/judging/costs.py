"""What each variant costs on the machine that measured it: time, memory, bytes. Judges nothing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cost:
    """One variant with one number of threads.

    Attributes:
        variant: its name.
        threads: that computed one frame.
        p50_ms: milliseconds that half the frames took, decoded frame in, boxes out.
        p95_ms: that 95 of 100 frames took.
        p99_ms: that 99 of 100 frames took.
        load_ms: from reading the model file to the first frame's boxes.
        memory_mb: resident memory of the process that answered, at its highest.
        bytes: size of the model file.
        slower_than_reference: its median is above that of the reference, measured in turn with it; None for the
            reference itself, and where the two lie too close to tell.
        machine: what ``uname -m`` says where it was measured.
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


@dataclass(frozen=True, slots=True)
class CostSheet:
    """``data/profile/costs.json``, whole.

    Attributes:
        rows: every variant with every number of threads, the reference first.
    """

    rows: tuple[Cost, ...]

    def row(self, variant: str, threads: int) -> Cost | None:
        """The cost of a variant with so many threads; None if that was not measured."""
        return next((row for row in self.rows if (row.variant, row.threads) == (variant, threads)), None)
