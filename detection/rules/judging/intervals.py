"""How far an observed figure may be from the true one, when groups are independent and their members are not."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

import numpy as np
from scipy.special import stdtrit

from detection.rules.judging.matching import Integers, Reals
from detection.rules.judging.posteriors import rate_posterior, share_posterior

Sides = Literal[1, 2]
"""One-sided bounds each hold at the confidence; two-sided ones hold at it together."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """A share that was counted in groups, and where the true share lies.

    Attributes:
        observed: successes of all groups over observations of all groups.
        lower: the share is at least this.
        upper: the share is at most this.
        n: observations.
        effective_n: independent observations that would tell as much; at most ``n``.
        groups: groups with at least one observation.
        design_effect: ``n / effective_n``, at least 1.
    """

    observed: float
    lower: float
    upper: float
    n: int
    effective_n: float
    groups: int
    design_effect: float


@dataclass(frozen=True, slots=True)
class Resampling:
    """How intervals are drawn.

    Attributes:
        resamples: how often groups are drawn, where anything is drawn.
        confidence: two-sided level.
        seed: of the draws; every variant and set is drawn by the same.
    """

    resamples: int
    confidence: float
    seed: int


@dataclass(frozen=True, slots=True)
class Interval:
    """Where a score lies, by resampling groups of frames.

    Attributes:
        lower: lower end, 0 to 1.
        upper: upper end, 0 to 1.
        confidence: two-sided level.
        groups: how many groups were resampled.
    """

    lower: float
    upper: float
    confidence: float
    groups: int


def share_bounds(
    successes: Reals | Integers, n: Reals | Integers, confidence: float, sides: Sides = 1
) -> Bounds | None:
    """Where the true share lies, if groups are independent of each other and their members are not.

    Quantiles of :func:`posteriors.share_posterior`. In repeated trials with 6 to 12 groups they hold what they promise
    (``benchmarks/gates.py``); the score interval at an effective number of observations, after Korn and Graubard
    (Survey Methodology 24, 1998), passed up to 20 % of the models that stood at a bound of 0.98.

    Args:
        successes: ``(g,)`` of each group; need not be whole.
        n: ``(g,)`` observations of each group; groups with none say nothing.
        confidence: 0 to 1.
        sides: see :data:`Sides`.

    Returns:
        None where nothing was observed; 0 to 1 where a single group was, since it says nothing of others.
    """
    seen = n > 0
    right, count = successes[seen].astype(np.float64), n[seen].astype(np.float64)
    groups, total = len(count), float(count.sum())
    if not groups:
        return None
    share = float(right.sum()) / total
    if groups == 1:
        return Bounds(share, 0.0, 1.0, round(total), 1.0, 1, max(total, 1.0))
    posterior = share_posterior(right, count)
    tail = (1 - confidence) / sides
    lower, upper = posterior.quantile(tail), posterior.quantile(1 - tail)
    effect = design_effect(count, posterior.likeness)
    return Bounds(share, min(lower, share), max(upper, share), round(total), total / effect, groups, effect)


def rate_bounds(
    events: Reals | Integers, exposure: Reals | Integers, confidence: float, sides: Sides = 1
) -> Bounds | None:
    """Where the true rate per unit of exposure lies; ``n`` is then the exposure. See :func:`share_bounds`.

    Args:
        events: ``(g,)`` of each group.
        exposure: ``(g,)`` such as frames of each group; groups with none say nothing.
        confidence: 0 to 1.
        sides: see :data:`Sides`.

    Returns:
        None where nothing was exposed; 0 to infinity where a single group was.
    """
    seen = exposure > 0
    count, units = events[seen].astype(np.float64), exposure[seen].astype(np.float64)
    groups, total = len(units), float(units.sum())
    if not groups:
        return None
    rate = float(count.sum()) / total
    if groups == 1:
        return Bounds(rate, 0.0, math.inf, round(total), 1.0, 1, max(total, 1.0))
    posterior = rate_posterior(count, units)
    tail = (1 - confidence) / sides
    lower, upper = posterior.quantile(tail), posterior.quantile(1 - tail)
    spread = posterior.likeness / (1 - posterior.likeness)
    effect = 1 + spread * max(rate, 1 / total) * float(units @ units) / total
    return Bounds(rate, min(lower, rate), max(upper, rate), round(total), total / effect, groups, effect)


def figure_bounds(observed: float, without: Reals, weight: Reals, confidence: float, sides: Sides = 1) -> Bounds | None:
    """Where a figure from 0 to 1 lies that is no share of counts, such as average precision.

    Args:
        observed: the figure of all groups.
        without: ``(g,)`` the figure without each group; NaN where that leaves none.
        weight: ``(g,)`` observations of each group; groups with none say nothing.
        confidence: 0 to 1.
        sides: see :data:`Sides`.
    """
    if math.isnan(observed):
        return None
    there = weight > 0
    return share_bounds(group_successes(observed, without[there], weight[there]), weight[there], confidence, sides)


def group_successes(observed: float, without: Reals, weight: Reals) -> Reals:
    """``(g,)`` of ``weight``: what each group would have to count, if the figure were the groups' weighted mean.

    From the figures without each group; for recall these are the groups' own counts exactly. After J. W. Tukey's
    pseudo-values (R. G. Miller, "The jackknife: a review", Biometrika 61 (1974) 1-15), for groups of unequal weight;
    kept within 0 and the weight, and moved so that all together give the figure again.

    Args:
        observed: the figure of all groups, 0 to 1.
        without: ``(g,)`` the figure without each group; NaN where that leaves none.
        weight: ``(g,)`` of each group, above 0.
    """
    share = weight / weight.sum()
    rest = np.divide(1 - share, share, out=np.zeros_like(share), where=share > 0)
    own = np.clip(observed + rest * np.nan_to_num(observed - without), 0.0, 1.0)
    mean = float(own @ share)
    if mean >= observed:
        return np.asarray(own * (observed / mean if mean else 0.0) * weight)
    return np.asarray((1 - (1 - own) * (1 - observed) / (1 - mean)) * weight)


def design_effect(n: Reals, likeness: float) -> float:
    """How many times as many observations are needed as if all were independent; ``n`` ``(g,)`` of each group."""
    return float(max(1 + (n @ n / n.sum() - 1) * likeness, 1.0))


def interval(values: Reals, observed: float, confidence: float, groups: int, sides: Sides = 2) -> Interval | None:
    """Where a figure lies, from its values when groups were drawn with repetition.

    Args:
        values: ``(r,)`` the figure of each draw; NaN where a draw had none.
        observed: the figure itself.
        confidence: 0 to 1.
        groups: how many groups were drawn from.
        sides: see :data:`Sides`.

    Returns:
        None if there is no figure, or a single group, which says nothing of others.
    """
    present = values[~np.isnan(values)]
    if groups < 2 or not present.size or math.isnan(observed):
        return None
    tail = _expanded((1 - confidence) / sides, groups)
    lower, upper = np.quantile(present, (tail, 1 - tail))
    return Interval(float(lower), float(upper), confidence, groups)


def draw_groups(groups: int, resamples: int, seed: int) -> Integers:
    """``(resamples, groups)``: how often each group appears when as many as there are were drawn with repetition."""
    generator = np.random.default_rng(seed)
    return generator.multinomial(groups, np.full(groups, 1 / max(groups, 1)), size=resamples).astype(np.int64)


def _expanded(tail: float, groups: int) -> float:
    """A tail further out: percentiles of few groups are too narrow.

    T. C. Hesterberg, "What teachers should know about the bootstrap" (2014), section 4.1.1: Student's quantile instead
    of the normal one, and ``sqrt(g / (g - 1))`` for the variance that the bootstrap loses.
    """
    quantile = math.sqrt(groups / (groups - 1)) * float(stdtrit(groups - 1, tail))
    return NormalDist().cdf(quantile)
