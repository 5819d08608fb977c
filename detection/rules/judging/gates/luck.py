"""How often would this very line pass? By simulation, at its own bound and groups, or at any other true value.

The error rate that a confidence promises holds on average over worlds; this is the one of the line's own group sizes
and of the likeness seen in them. Simulated groups are drawn from the model of :mod:`posteriors`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, gammaln, logit

from detection.rules.judging.intervals import design_effect, rate_bounds
from detection.rules.judging.matching import Integers, Reals
from detection.rules.judging.posteriors import LIKENESS_PRIOR, LOGIT_LIKENESS

SHARES, LIKENESSES = 81, 12
"""Points on either side of the bound, and of the likeness."""
CHUNK = 50
"""Draws computed at once, so that they stay in the processor's cache."""
FARTHEST = 1 - 1e-4
"""True share at which a search for power ends."""


@dataclass(frozen=True, slots=True, eq=False)
class Demand:
    """A share that must be proven of groups of given sizes.

    Attributes:
        n: ``(g,)`` observations of each group, whole, at least 1.
        at_least: the bound, above 0 and below 1.
        confidence: one-sided.
        likeness: intraclass correlation within groups, above 0 and below 1.
    """

    n: Integers
    at_least: float
    confidence: float
    likeness: float

    def times(self, factor: float) -> Demand:
        """The same of ``factor`` times as many groups of these sizes, the sizes being taken in turn."""
        groups = max(round(len(self.n) * factor), 1)
        return Demand(np.resize(self.n, groups), self.at_least, self.confidence, self.likeness)


@dataclass(frozen=True, slots=True)
class Dice:
    """How long is simulated, and with which seed."""

    draws: int
    seed: int


def pass_rate(demand: Demand, truth: float, dice: Dice) -> float:
    """Share of draws in which the line passes although (or because) the true share is ``truth``.

    Args:
        demand: the line; with a single group it never passes.
        truth: 0 to 1; at the bound this is the line's false PASS rate, above it its power.
        dice: of the simulation.
    """
    if len(demand.n) < 2:
        return 0.0
    generator = np.random.default_rng(dice.seed)
    strength = 1 / demand.likeness - 1
    shape = (dice.draws, len(demand.n))
    successes = generator.binomial(demand.n, generator.beta(truth * strength, (1 - truth) * strength, shape))
    doubt = _below(successes, demand)
    return float(np.mean(doubt <= 1 - demand.confidence))


def truth_needed(demand: Demand, power: float, dice: Dice) -> float | None:
    """The true share from which the line passes with ``power``, to about 0.002; None if none below 1 does."""
    low, high = demand.at_least, FARTHEST
    if pass_rate(demand, high, dice) < power:
        return None
    while high - low > 0.002:
        middle = (low + high) / 2
        low, high = (low, middle) if pass_rate(demand, middle, dice) >= power else (middle, high)
    return high


def groups_needed(demand: Demand, truth: float, power: float, dice: Dice, largest: int = 64) -> float | None:
    """How many times as many groups prove the line with ``power``; None if ``largest`` times would not."""
    low, high = 1.0, 1.0
    while pass_rate(demand.times(high), truth, dice) < power:
        low, high = high, high * 2
        if high > largest:
            return None
    while high > 1 and high - low > 0.5 / len(demand.n) and high / low > 1.05:
        middle = (low + high) / 2
        low, high = (low, middle) if pass_rate(demand.times(middle), truth, dice) >= power else (middle, high)
    return high


def rate_pass_rate(exposure: Reals, at_most: float, confidence: float, likeness: float, dice: Dice) -> float:
    """Like :func:`pass_rate` for a rate that stands at its upper bound; groups' rates come from a gamma distribution.

    Args:
        exposure: ``(g,)`` of each group.
        at_most: the bound, which is the true rate too.
        confidence: one-sided.
        likeness: ``v / (1 + v)`` with ``v`` the squared coefficient of variation between groups, above 0 and below 1.
        dice: of the simulation.
    """
    generator = np.random.default_rng(dice.seed)
    shape = 1 / likeness - 1
    rates = generator.gamma(shape, at_most / shape, (dice.draws, len(exposure)))
    judged = (rate_bounds(events, exposure, confidence) for events in generator.poisson(rates * exposure))
    return float(np.mean([bounds is not None and bounds.upper <= at_most for bounds in judged]))


def _below(successes: Integers, demand: Demand) -> Reals:
    """``(draws,)`` posterior probability that the mean is below the bound: the model of ``share_posterior``."""
    place, likeness = _grid(demand)
    strength = 1 / likeness - 1
    first, second = (expit(place)[:, None] * strength).ravel(), (expit(-place)[:, None] * strength).ravel()
    prior = _prior(place, likeness)
    said = [_table(int(n), first, second) for n in demand.n]
    weight = np.where(place < logit(demand.at_least), 1.0, 0.0)
    weight[SHARES] = 0.5  # the bound itself
    result = np.empty(len(successes))
    for begin in range(0, len(successes), CHUNK):
        part = successes[begin : begin + CHUNK]
        density = np.tile(prior, (len(part), 1))
        for table, column in zip(said, part.T, strict=True):
            density += table[column]
        density -= density.max(axis=1, keepdims=True)
        mass = np.exp(density, out=density).reshape(len(part), len(place), -1).sum(axis=2)
        result[begin : begin + CHUNK] = mass @ weight / mass.sum(axis=1)
    return result


def _grid(demand: Demand) -> tuple[Reals, Reals]:
    """``(2 SHARES + 1,)`` logits of the share around the bound, as far as the groups leave it open, and likenesses."""
    bound, n = demand.at_least, demand.n.astype(np.float64)
    spread = np.sqrt(design_effect(n, demand.likeness) / (n.sum() * bound * (1 - bound)))
    reach = np.linspace(-1, 1, 2 * SHARES + 1)
    place = logit(bound) + np.where(reach < 0, min(6 * spread, 8.0), min(12 * spread, 10.0)) * reach
    return place, np.asarray(expit(np.linspace(*LOGIT_LIKENESS, LIKENESSES)))


def _prior(place: Reals, likeness: Reals) -> Reals:
    steps = np.log(np.gradient(place))
    mean = 0.5 * (np.log(expit(place)) + np.log(expit(-place))) + steps
    return np.asarray(mean[:, None] + np.log(likeness) + LIKENESS_PRIOR * np.log1p(-likeness)).ravel()


def _table(n: int, first: Reals, second: Reals) -> Reals:
    """``(n + 1, grid)`` log probability of 0 to ``n`` successes, up to a constant."""
    k = np.arange(n + 1)[:, None]
    whole = gammaln(first + second + n) - gammaln(first + second)
    return np.asarray(
        gammaln(first + k) - gammaln(first) + gammaln(second + n - k) - gammaln(second) - whole, np.float64
    )
