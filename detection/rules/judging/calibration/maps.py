"""What does 0.7 mean? A monotone map from raw scores to the share that is right, of one class of one variant.

Where detections are many the map is isotonic regression made strictly rising: every block of it is flat between the
10th and the 90th percentile of its raw scores, straight lines join the blocks, and a thousandth of the raw score is
mixed in, so that calibration never changes which of two detections of a class goes first. Joined at their centres
instead, blocks left twice the calibration error on new detections where few had been seen (a few hundred), and the same
where many had. A logistic curve is mixed in, as if it were two hundred detections more: on groups left out, of val and
of the sets that judge, that took a tenth off the calibration error, and a quarter off the distance to a known truth.
Where detections are few the map is that curve alone, and where they are fewer still, none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import expit, logit
from sklearn.isotonic import isotonic_regression

from detection.rules.judging.calibration.reliability import MapKind
from detection.rules.judging.matching import Flags, Reals

KNOTS_MAXIMUM = 96
"""Points of a map; a device looks a score up among them for every detection."""
BLOCK_MINIMUM = 5
"""Detections a block of the map is made from; fewer say little, and join a neighbour."""
LEAST_STEP = 1e-6
"""Raw scores closer than this share a knot."""
RAW_SHARE = 0.001
"""Part of the raw score in the calibrated one: enough to keep order in float32, too little to matter."""
FLAT = (0.1, 0.9)
"""Quantiles of a block's raw scores between which the map is flat."""
PLATT_KNOTS = 32
"""Points by which a logistic curve is told."""
PRIOR = 200
"""Detections that a logistic curve is worth beside an isotonic map."""
PULL = 3.0
"""Weight of the prior of a logistic curve: of detections at even odds, about a dozen."""
LEAST_SCORE = 1e-4
"""Scores nearer than this to 0 or 1 count as this near, so that their logit is finite."""


@dataclass(frozen=True, slots=True, eq=False)
class FittedMap:
    """Knots of a strictly rising map.

    Attributes:
        raw: ``(k,)`` from 0 to 1, strictly rising.
        calibrated: ``(k,)`` in [0, 1], strictly rising.
        kind: how it was fitted.
        warning: why it is not isotonic; ``""`` if it is.
    """

    raw: Reals
    calibrated: Reals
    kind: MapKind
    warning: str


@dataclass(frozen=True, slots=True)
class Minimums:
    """Detections of a class from which a kind of map is fitted; below the lower, scores stay as they are."""

    isotonic: int
    platt: int


@dataclass(frozen=True, slots=True, eq=False)
class _Knots:
    """Raw scores from 0 to 1, strictly rising, and the share that is right there, never falling; ``(k,)`` each."""

    raw: Reals
    share: Reals


@dataclass(frozen=True, slots=True, eq=False)
class _Blocks:
    """Detections of neighbouring scores: the share that is right, rising, and how many; ``(b,)`` each."""

    share: Reals
    n: Reals


def fit(raw: Reals, correct: Flags, minimums: Minimums) -> FittedMap:
    """Fit the map of one class: isotonic, below its minimum Platt, below that the identity with a warning.

    Args:
        raw: ``(n,)`` raw scores in [0, 1].
        correct: ``(n,)`` whether each found an object.
        minimums: how many detections each kind of map wants.
    """
    if len(raw) < minimums.platt:
        ends = np.array([0.0, 1.0])
        words = f"{len(raw)} detections, fewer than {minimums.platt}: scores stay as they are"
        return FittedMap(ends, ends, "identity", words)
    if len(raw) < minimums.isotonic:
        words = f"{len(raw)} detections, fewer than {minimums.isotonic}: a map of two parameters"
        return _ordered(_platt(raw, correct), "platt", words)
    words = "" if correct.any() else f"none of {len(raw)} detections found an object: scores are mapped to next to 0"
    return _ordered(_mixed(_isotonic(raw, correct), _platt(raw, correct), len(raw)), "isotonic", words)


def _ordered(knots: _Knots, kind: MapKind, warning: str) -> FittedMap:
    """Mix in what keeps equal shares in the order of their raw scores."""
    return FittedMap(knots.raw, (1 - RAW_SHARE) * knots.share + RAW_SHARE * knots.raw, kind, warning)


def _mixed(isotonic: _Knots, platt: _Knots, n: int) -> _Knots:
    """Both at the knots of both, the curve with the weight of :data:`PRIOR` detections beside ``n``."""
    knots = np.unique(np.concatenate((isotonic.raw, platt.raw)))
    knots = knots[np.append(np.diff(knots) > LEAST_STEP, True)]
    shares = (np.interp(knots, one.raw, one.share) for one in (isotonic, platt))
    weights = np.array([n, PRIOR]) / (n + PRIOR)
    return _Knots(np.append(0.0, knots[1:]), np.dot(weights, np.stack(list(shares))))


def _platt(raw: Reals, correct: Flags) -> _Knots:
    """A rising logistic curve over the raw score's logit, drawn towards the identity as by a prior.

    J. Platt, "Probabilistic outputs for support vector machines", 1999. Where he smooths the targets we pull the slope
    to 1 and the offset to 0: with a few dozen detections smoothed targets left scores worse than raw ones (calibration
    error 0.08 against 0.07 with 30 detections of the warehouse world, 0.04 with the pull).
    """
    x = _logit(raw)

    def loss(curve: Reals) -> float:
        u = curve[0] * x + curve[1]
        return float(np.sum(np.logaddexp(0, u) - correct * u) + PULL * ((curve[0] - 1) ** 2 + curve[1] ** 2) / 2)

    def steepness(curve: Reals) -> Reals:
        excess = expit(curve[0] * x + curve[1]) - correct
        return np.array([excess @ x + PULL * (curve[0] - 1), excess.sum() + PULL * curve[1]])

    bounds = [(0, None), (None, None)]
    slope, offset = minimize(loss, np.array([1.0, 0.0]), jac=steepness, method="L-BFGS-B", bounds=bounds).x
    knots = np.concatenate(([0.0], expit(np.linspace(-6, 6, PLATT_KNOTS - 2)), [1.0]))
    return _Knots(knots, expit(slope * _logit(knots) + offset))


def _logit(scores: Reals) -> Reals:
    inside: Reals = logit(np.clip(scores, LEAST_SCORE, 1 - LEAST_SCORE))
    return inside


def _isotonic(raw: Reals, correct: Flags) -> _Knots:
    blocks = _joined(_blocks(raw, correct))
    of_block = np.split(np.sort(raw), np.cumsum(blocks.n)[:-1].astype(np.int64))
    at = np.array([np.quantile(scores, FLAT) for scores in of_block]).ravel()
    apart = (np.diff(at, prepend=0.0) > LEAST_STEP) & (at < 1 - LEAST_STEP)
    share = np.repeat(blocks.share, len(FLAT))[apart]
    return _Knots(
        np.concatenate(([0.0], at[apart], [1.0])), np.concatenate((blocks.share[:1], share, blocks.share[-1:]))
    )


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
        if blocks.n[smallest] >= BLOCK_MINIMUM and len(blocks.n) <= (KNOTS_MAXIMUM - PLATT_KNOTS) // len(FLAT):
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
