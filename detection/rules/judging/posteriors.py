"""What groups of observations say of a share or a rate, when members of one group are alike: posteriors on a grid.

Few groups, unequal in size and skewed in quality, are the ordinary case here. Intervals from the estimated variance
(Korn and Graubard's, the linearised t, percentiles of drawn groups) then pass up to one model in five that stands at
its bound, since six good groups look like certainty. The groups' own spread is therefore modelled and integrated out:
what few groups cannot tell of it, the prior says. ``benchmarks/gates.py`` measures what becomes of it: false verdicts
and coverage in repeated trials, which is all the prior is judged by.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.interpolate import CubicSpline
from scipy.special import expit, gammaln

from detection.rules.judging.matching import Reals

COARSE = 29, 10
"""Points of the first grid: of the mean, of the likeness."""
FINE = 33, 10
"""Points of the second, laid where the first found weight; the log density between them is a cubic spline's."""
SMOOTH = 201, 41
"""Points on that spline: a log density is nearly a parabola, so few evaluations tell it all."""
LOGIT_SHARES = -14.0, 14.0
LOGIT_LIKENESS = -7.0, 3.5
LOG_RATES = -16.0, 8.0
NEGLIGIBLE = 1e-5
"""Of the greatest weight: what lies beyond is left out of the fine grid."""
LIKENESS_PRIOR = 3.0
"""Density ``3 (1 - r)**2`` of the likeness: a quarter on average, without a word against any."""


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """What is known of the mean of all groups.

    Attributes:
        value: ``(m,)`` ascending.
        beneath: ``(m,)`` probability that the mean is at most that.
        likeness: mean of the intraclass correlation (of shares) or of ``v / (1 + v)`` with ``v`` the squared
            coefficient of variation between groups (of rates); 0 to 1.
    """

    value: Reals
    beneath: Reals
    likeness: float

    def quantile(self, probability: float) -> float:
        """The value that the mean stays below with ``probability``."""
        return float(np.interp(probability, self.beneath, self.value))

    def below(self, value: float) -> float:
        """Probability that the mean is below ``value``."""
        return float(np.interp(value, self.value, self.beneath))


@dataclass(frozen=True, slots=True, eq=False)
class _Tally:
    """Each different pair of two counts, and how many groups have it."""

    left: Reals
    right: Reals
    groups: Reals


@dataclass(frozen=True, slots=True)
class _Range:
    """From and to."""

    first: float
    last: float

    def points(self, n: int) -> Reals:
        return np.linspace(self.first, self.last, n)


def share_posterior(successes: Reals, n: Reals, times: float = 1.0) -> Posterior:
    """Of the mean share, if each group has a share of its own from one beta distribution.

    The beta-binomial model with Jeffreys' prior ``p**-0.5 (1 - p)**-0.5`` on the mean and :data:`LIKENESS_PRIOR` on the
    intraclass correlation; after J. G. Skellam, "A probability distribution derived from the binomial distribution by
    regarding the probability of success as variable between the sets of trials", Journal of the Royal Statistical
    Society B 10 (1948) 257-261.

    Args:
        successes: ``(g,)`` of each group, 0 to ``n``; need not be whole.
        n: ``(g,)`` observations of each group, above 0; at least one group.
        times: as if so many such sets of groups had been seen; for planning.
    """
    return _posterior(_Shares(successes, n, times), _Range(*LOGIT_SHARES))


def rate_posterior(events: Reals, exposure: Reals, times: float = 1.0) -> Posterior:
    """Of the mean rate, if each group has a rate of its own from one gamma distribution.

    The negative binomial model with prior ``rate**-0.5`` (Jeffreys' of a Poisson rate) and :data:`LIKENESS_PRIOR` on
    the likeness.

    Args:
        events: ``(g,)`` of each group.
        exposure: ``(g,)`` such as frames of each group, above 0; at least one group.
        times: as for :func:`share_posterior`.
    """
    return _posterior(_Rates(events, exposure, times), _Range(*LOG_RATES))


class _Shares:
    """Log density of logit mean and logit likeness."""

    def __init__(self, successes: Reals, n: Reals, times: float) -> None:
        self._right, self._wrong, self._n = (_different(column) for column in (successes, n - successes, n))
        self._times = times

    def value(self, place: Reals) -> Reals:
        return np.asarray(expit(place))

    def density(self, place: Reals, likeness: Reals) -> Reals:
        share, strength = expit(place)[:, None], 1 / likeness - 1
        first, second = share * strength, expit(-place)[:, None] * strength
        said = _rising(first, self._right) + _rising(second, self._wrong) - _rising(strength, self._n)
        return np.asarray(self._times * said + 0.5 * (np.log(share) + np.log(expit(-place)[:, None])))


class _Rates:
    """Log density of log mean and logit likeness."""

    def __init__(self, events: Reals, exposure: Reals, times: float) -> None:
        pairs, groups = np.unique(np.stack((events, exposure)), axis=1, return_counts=True)
        self._pairs = _Tally(pairs[0], pairs[1], groups.astype(np.float64))
        self._events = _different(events)
        self._times = times

    def value(self, place: Reals) -> Reals:
        return np.asarray(np.exp(place))

    def density(self, place: Reals, likeness: Reals) -> Reals:
        strength = 1 / likeness - 1
        expected = np.exp(place)[:, None, None] * self._pairs.right
        shape = strength[:, None]
        seen = self._pairs.left * np.log(expected / (expected + shape)) - shape * np.log1p(expected / shape)
        said = _rising(strength, self._events) + seen @ self._pairs.groups
        return np.asarray(self._times * said + 0.5 * place[:, None])


def _posterior(model: _Shares | _Rates, whole: _Range) -> Posterior:
    """Lay a coarse grid over everything, then a fine one where the weight is."""
    likely = _Range(*LOGIT_LIKENESS)
    first = _weights(_density(model, whole, likely, COARSE))
    means, likely = _heavy(whole, first.sum(axis=1)), _heavy(likely, first.sum(axis=0))
    density = _density(model, means, likely, FINE)
    weights = _weights(density @ _spline(FINE[1], SMOOTH[1]).T)
    marginal = weights.sum(axis=1)
    likeness = expit(likely.points(SMOOTH[1])) @ weights.sum(axis=0) / marginal.sum()
    smooth = _weights(_spline(FINE[0], SMOOTH[0]) @ np.log(np.maximum(marginal, np.finfo(np.float64).tiny)))
    beneath = np.concatenate(([0.0], np.cumsum((smooth[1:] + smooth[:-1]) / 2)))
    return Posterior(model.value(means.points(SMOOTH[0])), beneath / beneath[-1], float(likeness))


def _density(model: _Shares | _Rates, means: _Range, likely: _Range, points: tuple[int, int]) -> Reals:
    """``(points)`` logarithm of the posterior density, up to a constant."""
    place = likely.points(points[1])
    likeness = expit(place)
    prior = np.log(likeness) + LIKENESS_PRIOR * np.log(expit(-place))
    return np.asarray(model.density(means.points(points[0]), likeness) + prior)


def _weights(density: Reals) -> Reals:
    """Density up to a factor; the greatest is 1."""
    return np.asarray(np.exp(density - density.max()))


@cache
def _spline(known: int, wanted: int) -> Reals:
    """``(wanted, known)``: values on a cubic spline through evenly spaced points, as weights of their values."""
    place = np.linspace(0, known - 1, wanted)
    return np.asarray(CubicSpline(np.arange(known), np.eye(known))(place), np.float64)


def _heavy(whole: _Range, weight: Reals) -> _Range:
    """The part of a grid that holds all but negligible weight, a step wider at both ends."""
    rows = np.flatnonzero(weight > NEGLIGIBLE * weight.max())
    places = whole.points(len(weight))
    return _Range(float(places[max(rows[0] - 1, 0)]), float(places[min(rows[-1] + 1, len(places) - 1)]))


def _different(column: Reals) -> _Tally:
    values, groups = np.unique(column, return_counts=True)
    return _Tally(values, values, groups.astype(np.float64))


def _rising(start: Reals, counts: _Tally) -> Reals:
    """Sum over groups of the logarithm of ``start (start + 1) ... (start + count - 1)``."""
    return np.asarray((gammaln(start[..., None] + counts.left) - gammaln(start)[..., None]) @ counts.groups)
