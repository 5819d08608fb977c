"""How much scores mean what they say: expected calibration error, Brier score and diagrams, raw and calibrated.

The error is the expected calibration error of detections: M. P. Naeini, G. F. Cooper and M. Hauskrecht, "Obtaining well
calibrated probabilities using Bayesian binning", AAAI 2015, over detections above the score floor, where correct means
that an object was found at the spec's overlap (F. Kueppers and others, "Multivariate confidence calibration for object
detection", CVPR workshops 2020; objects that nobody found have no score and no part in it).

It is a sum of distances and can only err upwards: scores that are exactly right still show one, the larger the fewer
detections there are. So every error stands beside what chance alone would show (``noise``), and its interval reaches
further down than resampling alone would tell.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from detection.rules.judging.intervals import Interval, Resampling, draw_groups, interval
from detection.rules.judging.matching import Flags, Integers, Reals
from detection.rules.labels.samples import Strings

MapKind = Literal["isotonic", "platt", "identity"]
BINS = 10
"""Bins of equal width in which reliability is counted."""


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Detections whose score lies in (lower, upper].

    Attributes:
        lower: of the bin.
        upper: of the bin.
        n: detections in it.
        mean_score: their mean score; None if there are none.
        share_correct: part of them that found an object; None if there are none.
    """

    lower: float
    upper: float
    n: int
    mean_score: float | None
    share_correct: float | None


@dataclass(frozen=True, slots=True)
class Reliability:
    """How much the scores of some detections mean what they say; None where nothing was detected.

    Attributes:
        error: detection ECE: distance of mean score and share correct in each bin, averaged over detections.
        error_interval: of the true one, by resampling groups; None below two groups.
        brier: mean squared distance of score and truth.
        bins: :data:`BINS` of equal width, (lower, upper].
        groups: that hold a detection.
        noise: error that scores which mean exactly what they say would stay below with the same confidence, on as many
            detections in as many groups; None below two groups.
    """

    error: float | None
    error_interval: Interval | None
    brier: float | None
    bins: tuple[ReliabilityBin, ...]
    groups: int
    noise: float | None = None


@dataclass(frozen=True, slots=True)
class ReliabilityRow:
    """One class, or ``every``, of one variant in one slice of one set.

    Attributes:
        variant: the variant's name.
        set: ``val``, on which maps are fitted (flattering), or ``test``, ``golden``, ``challenge``.
        label: class id, or ``every``.
        slice: ``all``, ``<condition>=<value>`` or ``size=small|medium|large`` by the box of
            the object found, or by its own where it found none.
        detections: above the score floor.
        map: the map of the class; of ``every``, the least of its classes' maps: identity, Platt, isotonic.
        warning: what a reader should know; ``""`` if nothing.
        raw: what the model itself says.
        calibrated: what leaves the runtime.
    """

    variant: str
    set: str
    label: str
    slice: str
    detections: int
    map: MapKind
    warning: str
    raw: Reliability
    calibrated: Reliability


@dataclass(frozen=True, slots=True)
class ReliabilitySheet:
    """``data/calibrate/reliability.json`` (set val) and ``data/evaluate/reliability.json`` (the sets that judge).

    Attributes:
        rows: by variant, set, class and slice.
        iou: overlap from which a detection is correct.
        resamples: draws of groups behind each interval.
        confidence: two-sided level of the intervals.
        seed: of the draws.
    """

    rows: tuple[ReliabilityRow, ...]
    iou: float
    resamples: int
    confidence: float
    seed: int


def bins_of(scores: Reals, correct: Flags) -> tuple[ReliabilityBin, ...]:
    """The bins alone, see :func:`measure`."""
    return _bins(_count(scores, correct, np.zeros(len(scores), np.int64)))


def measure(scores: Reals, correct: Flags, group: Strings | Integers, resampling: Resampling) -> Reliability:
    """Compare what scores say with what came true.

    Args:
        scores: ``(n,)`` in [0, 1].
        correct: ``(n,)`` whether each found an object.
        group: ``(n,)`` of its frame, by name or number.
        resampling: of the interval.
    """
    counted = _count(scores, correct, group)
    excess, n = counted.said - counted.right, counted.n
    if not len(scores):
        return Reliability(None, None, None, _bins(counted), 0, None)
    error = float(np.abs(excess.sum(axis=0)).sum() / n.sum())
    brier = float(np.mean((scores - correct) ** 2))
    groups = len(n)
    if groups < 2:
        return Reliability(error, None, brier, _bins(counted), groups, None)
    draws = draw_groups(groups, resampling.resamples, resampling.seed)
    drawn = np.abs(draws @ excess).sum(axis=1) / (draws @ n.sum(axis=1))
    noise = _noise(excess, n, resampling)
    reach = _reach(drawn, error, groups, resampling)
    if reach is not None and error <= noise:  # no error at all would look like this
        reach = replace(reach, lower=0.0)
    return Reliability(error, reach, brier, _bins(counted), groups, noise)


@dataclass(frozen=True, slots=True, eq=False)
class _Counts:
    """By group and bin, ``(g, BINS)`` each: detections, the sum of their scores, how many found an object."""

    n: Reals
    said: Reals
    right: Reals


def _count(scores: Reals, correct: Flags, group: Strings | Integers) -> _Counts:
    _, number = np.unique(group, return_inverse=True)
    groups = int(number.max(initial=-1)) + 1
    place = np.clip(np.searchsorted(np.linspace(0, 1, BINS + 1), scores, side="left") - 1, 0, BINS - 1)
    cell = number * BINS + place

    def table(weight: Reals) -> Reals:
        return np.bincount(cell, weight, groups * BINS).astype(np.float64).reshape(groups, BINS)

    return _Counts(table(np.ones(len(scores))), table(scores), table(correct.astype(np.float64)))


def _bins(counted: _Counts) -> tuple[ReliabilityBin, ...]:
    edges = np.linspace(0, 1, BINS + 1).tolist()
    columns = (counted.n.sum(axis=0).tolist(), counted.said.sum(axis=0).tolist(), counted.right.sum(axis=0).tolist())
    return tuple(
        ReliabilityBin(lower, upper, int(n), said / n if n else None, right / n if n else None)
        for lower, upper, n, said, right in zip(edges[:-1], edges[1:], *columns, strict=True)
    )


def _reach(drawn: Reals, error: float, groups: int, resampling: Resampling) -> Interval | None:
    """From the lower end of the reflected draws to the upper end of the shifted ones.

    A draw errs upwards once more than the observed error already does, so draws are first moved to where it is
    (shifted); what is observed errs upwards too, so the lower end is found by reflection (the basic bootstrap of
    A. C. Davison and D. V. Hinkley, "Bootstrap methods and their application", Cambridge 1997, section 5.2).
    """
    shifted = interval(np.clip(drawn - (drawn.mean() - error), 0, 1), error, resampling.confidence, groups)
    reflected = interval(np.clip(2 * error - drawn, 0, 1), error, resampling.confidence, groups)
    if shifted is None or reflected is None:
        return None
    return Interval(min(shifted.lower, reflected.lower), shifted.upper, resampling.confidence, groups)


def _noise(excess: Reals, n: Reals, resampling: Resampling) -> float:
    """The error by chance alone: each group's excess, freed of what is common, with a sign at random.

    That is the wild bootstrap (C. F. J. Wu, "Jackknife, bootstrap and other resampling methods in regression analysis",
    Annals of Statistics 14, 1986): detections of one group still err together.
    """
    groups = len(n)
    common = np.divide(excess.sum(axis=0), n.sum(axis=0), out=np.zeros(BINS), where=n.sum(axis=0) > 0)
    alone = (excess - n * common) * np.sqrt(groups / (groups - 1))
    signs = np.random.default_rng(resampling.seed).choice((-1.0, 1.0), (resampling.resamples, groups))
    errors = np.abs(signs @ alone).sum(axis=1) / n.sum()
    return float(np.quantile(errors, resampling.confidence))
