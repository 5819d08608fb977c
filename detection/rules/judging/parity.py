"""Do two ways of computing the same thing see and say the same? Compares values; knows neither models nor files.

A red comparison is a result: it is written down with what was measured and what was allowed, and the gate reads it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detection.edge.boxes import Detections, partners
from detection.edge.compare import FAR, farthest, gap

Outcome = Literal["PASS", "FAIL"]


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
        variant: the model variant; ``""`` where no model is involved.
        frames: how many frames were compared; 0 is a FAIL, nothing was proven.
        detections: how many detections stood on the left side.
        differences: what was measured, each with its limit.
        verdict: PASS if every measure is within its limit.
    """

    level: Literal["tensors", "detections"]
    left: str
    right: str
    variant: str
    frames: int
    detections: int
    differences: tuple[Difference, ...]
    verdict: Outcome


@dataclass(frozen=True, slots=True)
class ParityReport:
    """``data/parity/parity.json``.

    Attributes:
        verdict: PASS if every row passes.
        rows: the comparisons.
        runtime_sha256: digest of the packed runtime that was compared, lower-case hex.
    """

    verdict: Outcome
    rows: tuple[ParityRow, ...]
    runtime_sha256: str


class Sides(NamedTuple):
    """The names of what is compared."""

    left: str
    right: str
    variant: str


@dataclass(frozen=True, slots=True)
class Limits:
    """How far two sides may differ.

    Attributes:
        tensor: of a letterboxed tensor's values, scale 0 to 1.
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


def report(rows: Iterable[ParityRow], runtime_sha256: str) -> ParityReport:
    """All comparisons under one verdict; no rows at all is a FAIL."""
    kept = tuple(rows)
    green = bool(kept) and all(row.verdict == "PASS" for row in kept)
    return ParityReport("PASS" if green else "FAIL", kept, runtime_sha256)


def tensors(sides: Sides, differences: Iterable[float], limits: Limits) -> ParityRow:
    """The row for tensors, from the largest absolute difference of each frame (:func:`tensor_difference`)."""
    found = list(differences)
    measure = Difference("tensor value", "of full scale", max(found, default=0.0), limits.tensor)
    return _row("tensors", sides, len(found), 0, (measure,))


def tensor_difference(left: NDArray[np.float32], right: NDArray[np.float32]) -> float:
    """Largest absolute difference; :data:`FAR` if the shapes differ or a value is not finite."""
    return farthest(left, right) if left.shape == right.shape else FAR


def detections(sides: Sides, left: Iterable[Detections], right: Iterable[Detections], limits: Limits) -> ParityRow:
    """Compare what two detectors found, frame by frame.

    Args:
        sides: names for the row.
        left: detections of each frame by one detector.
        right: detections of the same frames by the other; not fewer, not more.
        limits: what may differ.
    """
    found = gap(left, right)
    measures = (
        Difference("box corner", "px", found.box_px, limits.box_px),
        Difference("score", "", found.score, limits.score),
        Difference("without a partner", "share", found.unmatched_share, limits.unmatched_share),
    )
    return _row("detections", sides, found.frames, found.detections, measures)


def variants(sides: Sides, left: Iterable[Detections], right: Iterable[Detections], limits: Limits) -> ParityRow:
    """Compare two variants of one model by how far apart the scores of what both found are on average.

    The largest difference says little here: a variant in eight bits may waver at a single box and still be as good. A
    mean that has moved says that the ranges it was made with are not those of real frames.

    Args:
        sides: names for the row.
        left: raw detections of each frame by one variant.
        right: of the same frames by the other; not fewer, not more.
        limits: what may differ.
    """
    frames, counted, found, paired, apart = 0, 0, 0, 0, 0.0
    for a, b in zip(left, right, strict=True):
        pairs = partners(a, b)
        frames, counted, found, paired = frames + 1, counted + len(a), found + len(a) + len(b), paired + len(pairs.left)
        apart += float(np.abs(a.scores[pairs.left] - b.scores[pairs.right]).sum(dtype=np.float64))
    mean = apart / paired if paired else FAR * bool(found)
    return _row("detections", sides, frames, counted, (Difference("score on average", "", mean, limits.variant_score),))


def _row(
    level: Literal["tensors", "detections"],
    sides: Sides,
    frames: int,
    counted: int,
    measures: tuple[Difference, ...],
) -> ParityRow:
    green = frames > 0 and all(measure.verdict == "PASS" for measure in measures)
    return ParityRow(level, *sides, frames, counted, measures, "PASS" if green else "FAIL")
