"""The certificate: do training, export and device see and say the same? Values alone; others measure.

Four levels, each on what the one before it left: pixels, tensors, raw outputs, detections. A red comparison is a
result: it is written down with what was measured and what was allowed, and the gate reads it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

Outcome = Literal["PASS", "FAIL"]
Level = Literal["pixels", "tensors", "raw", "detections"]
LEVELS: tuple[Level, ...] = ("pixels", "tensors", "raw", "detections")


@dataclass(frozen=True, slots=True)
class Difference:
    """One measure of one comparison.

    Attributes:
        name: what was compared.
        unit: in what; ``""`` for a plain number.
        observed: the largest value found, unless the name says otherwise; 0 where there was nothing to compare.
        limit: the largest value allowed.
    """

    name: str
    unit: str
    observed: float
    limit: float

    @property
    def verdict(self) -> Outcome:
        """FAIL above the limit."""
        return "PASS" if self.observed <= self.limit else "FAIL"


@dataclass(frozen=True, slots=True)
class ParityRow:
    """One comparison over the same frames.

    Attributes:
        level: what was compared.
        left: one way of computing it.
        right: the other way.
        variant: the model variant; for tensors their size, such as ``320 x 256``; ``""`` for pixels.
        frames: how many frames were compared; 0 is a FAIL, nothing was proven.
        detections: how many detections stood on the left side; 0 on every other level.
        differences: what was measured, each with its limit.
        verdict: PASS if every measure is within its limit.
    """

    level: Level
    left: str
    right: str
    variant: str
    frames: int
    detections: int
    differences: tuple[Difference, ...]
    verdict: Outcome


@dataclass(frozen=True, slots=True)
class Measured:
    """One figure of a note; no limit holds it."""

    name: str
    unit: str
    observed: float


@dataclass(frozen=True, slots=True)
class Note:
    """Where the training framework does otherwise, and we know it: measured and named, held against nobody.

    Attributes:
        name: in a few words.
        sentence: what it does, what we do, and whom it concerns.
        frames: pictures it was measured on.
        findings: how much it makes.
    """

    name: str
    sentence: str
    frames: int
    findings: tuple[Measured, ...]


@dataclass(frozen=True, slots=True)
class ParityReport:
    """``data/parity/parity.json``: the certificate.

    Attributes:
        verdict: PASS if every row passes.
        rows: the comparisons.
        runtime_sha256: digest of the packed runtime that was compared, lower-case hex.
        notes: known differences of the training framework.
    """

    verdict: Outcome
    rows: tuple[ParityRow, ...]
    runtime_sha256: str
    notes: tuple[Note, ...] = ()


class Sides(NamedTuple):
    """The names of what is compared."""

    left: str
    right: str
    variant: str


@dataclass(frozen=True, slots=True)
class Limits:
    """How far two sides may differ.

    Attributes:
        tensor: of a picture's or a letterboxed tensor's values, scale 0 to 1.
        box_px: of a corner's coordinate, pixels of the frame.
        score: of a score.
        unmatched_share: detections without a partner, part of all of both sides.
        variant_score: of the scores of two variants, on average.
    """

    tensor: float
    box_px: float
    score: float
    unmatched_share: float
    variant_score: float


EXACT = Limits(0.0, 0.0, 0.0, 0.0, 0.0)
"""Nothing may differ."""


def report(rows: Iterable[ParityRow], runtime_sha256: str, notes: Iterable[Note] = ()) -> ParityReport:
    """All comparisons under one verdict, level by level; no rows at all is a FAIL."""
    kept = tuple(sorted(rows, key=lambda row: LEVELS.index(row.level)))
    green = bool(kept) and all(row.verdict == "PASS" for row in kept)
    return ParityReport("PASS" if green else "FAIL", kept, runtime_sha256, tuple(notes))
