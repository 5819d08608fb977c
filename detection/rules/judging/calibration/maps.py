"""What does 0.7 mean? A monotone map from raw scores to the share that is right, per class, and how far scores are off.

The map is isotonic regression made strictly rising: every block of it is flat between the 10th and the 90th percentile
of its raw scores, straight lines join the blocks, and a thousandth of the raw score is mixed in, so that calibration
never changes which of two detections of a class goes first. Joined at their centres instead, blocks left twice the
calibration error on new detections where few had been seen (a few hundred), and the same where many had.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.isotonic import isotonic_regression

from detection.rules.judging.matching import Flags, Reals

KNOTS_MAXIMUM = 64
"""Points of a map; a device looks a score up among them for every detection."""
BLOCK_MINIMUM = 5
"""Detections a block of the map is made from; fewer say little, and join a neighbour."""
LEAST_STEP = 1e-6
"""Raw scores closer than this share a knot."""
RAW_SHARE = 0.001
"""Part of the raw score in the calibrated one: enough to keep order in float32, too little to matter."""
FLAT = (0.1, 0.9)
"""Quantiles of a block's raw scores between which the map is flat."""
BINS = 10
"""Bins of equal width in which reliability is counted."""


@dataclass(frozen=True, slots=True, eq=False)
class FittedMap:
    """Knots of a strictly rising map.

    Attributes:
        raw: ``(k,)`` from 0 to 1, strictly rising.
        calibrated: ``(k,)`` in [0, 1], strictly rising.
        warning: why the map changes nothing; ``""`` if it was fitted.
    """

    raw: Reals
    calibrated: Reals
    warning: str = ""


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Detections whose score lies in (lower, upper].

    Attributes:
        lower: of the bin.
        upper: of the bin.
        n: detections in it.
        mean_score: their mean score; None if there are none.
        share_correct: part of them that found an object at IoU 0.5; None if there are none.
    """

    lower: float
    upper: float
    n: int
    mean_score: float | None
    share_correct: float | None


@dataclass(frozen=True, slots=True)
class Reliability:
    """How much scores mean what they say.

    Attributes:
        error: expected calibration error: distance of mean score and share, averaged over detections; None if none.
        bins: :data:`BINS` of equal width.
    """

    error: float | None
    bins: tuple[ReliabilityBin, ...]


@dataclass(frozen=True, slots=True)
class ClassReliability:
    """One class of one variant, before and after.

    Attributes:
        variant: the variant's name.
        label: class id.
        detections: that the map was fitted on.
        knots: of the map.
        warning: what a reader should know; ``""`` if nothing.
        raw: before.
        calibrated: after, on the same detections: flattering; stage evaluate shows it on others.
    """

    variant: str
    label: str
    detections: int
    knots: int
    warning: str
    raw: Reliability
    calibrated: Reliability


@dataclass(frozen=True, slots=True)
class ReliabilitySheet:
    """``data/calibrate/reliability.json``, whole: by variant, then class."""

    rows: tuple[ClassReliability, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Blocks:
    """Detections of neighbouring scores: the share that is right, rising, and how many; ``(b,)`` each."""

    share: Reals
    n: Reals


def fit(raw: Reals, correct: Flags, minimum: int) -> FittedMap:
    """Fit the map of one class.

    Args:
        raw: ``(n,)`` raw scores in [0, 1].
        correct: ``(n,)`` whether each found an object.
        minimum: detections below which nothing is fitted.
    """
    ends = np.array([0.0, 1.0])
    if len(raw) < minimum:
        return FittedMap(ends, ends, f"{len(raw)} detections, fewer than {minimum}: scores stay as they are")
    blocks = _joined(_blocks(raw, correct))
    of_block = np.split(np.sort(raw), np.cumsum(blocks.n)[:-1].astype(np.int64))
    at = np.array([np.quantile(scores, FLAT) for scores in of_block]).ravel()
    apart = (np.diff(at, prepend=0.0) > LEAST_STEP) & (at < 1 - LEAST_STEP)
    at, share = at[apart], np.repeat(blocks.share, len(FLAT))[apart]
    knots = np.concatenate(([0.0], at, [1.0]))
    plain = np.concatenate((blocks.share[:1], share, blocks.share[-1:]))
    return FittedMap(knots, (1 - RAW_SHARE) * plain + RAW_SHARE * knots)


def reliability(scores: Reals, correct: Flags) -> Reliability:
    """Compare what scores say with what came true.

    Args:
        scores: ``(n,)`` in [0, 1].
        correct: ``(n,)`` whether each found an object.
    """
    edges = np.linspace(0, 1, BINS + 1)
    place = np.clip(np.searchsorted(edges, scores, side="left") - 1, 0, BINS - 1)
    n = np.bincount(place, minlength=BINS)
    said = np.bincount(place, scores, minlength=BINS)
    true = np.bincount(place, correct, minlength=BINS)
    bins = tuple(
        ReliabilityBin(float(lower), float(upper), int(count), _mean(s, count), _mean(t, count))
        for lower, upper, count, s, t in zip(edges[:-1], edges[1:], n, said, true, strict=True)
    )
    return Reliability(_mean(float(np.abs(said - true).sum()), len(scores)), bins)


def _mean(total: float, count: int) -> float | None:
    return float(total / count) if count else None


def _blocks(raw: Reals, correct: Flags) -> _Blocks:
    """Isotonic regression (pool adjacent violators), equal scores first pooled."""
    _, place, n = np.unique(raw, return_inverse=True, return_counts=True)
    share = np.bincount(place, correct) / n
    fitted = isotonic_regression(share, sample_weight=n.astype(np.float64))
    starts = np.flatnonzero(np.diff(fitted, prepend=-1.0) > 0)
    return _Blocks(fitted[starts], np.add.reduceat(n.astype(np.float64), starts))


def _joined(blocks: _Blocks) -> _Blocks:
    """Join the smallest block with the neighbour most like it until all are large enough and few enough."""
    while len(blocks.n) > 1:
        smallest = int(blocks.n.argmin())
        if blocks.n[smallest] >= BLOCK_MINIMUM and len(blocks.n) <= (KNOTS_MAXIMUM - 2) // len(FLAT):
            break
        gaps = np.diff(blocks.share)
        below = smallest > 0 and (smallest == len(gaps) or gaps[smallest - 1] <= gaps[smallest])
        blocks = _join(blocks, smallest - 1 if below else smallest)
    return blocks


def _join(blocks: _Blocks, first: int) -> _Blocks:
    pair = slice(first, first + 2)
    share = np.average(blocks.share[pair], weights=blocks.n[pair])
    return _Blocks(
        np.concatenate((blocks.share[:first], [share], blocks.share[first + 2 :])),
        np.concatenate((blocks.n[:first], [blocks.n[pair].sum()], blocks.n[first + 2 :])),
    )
