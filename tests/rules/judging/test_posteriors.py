"""Posteriors against closed forms, against scipy's beta-binomial, and against what they must do at the ends."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import beta, betabinom

from detection.rules.judging.posteriors import LIKENESS_PRIOR, rate_posterior, share_posterior


def test_a_posterior_is_the_plain_sum_over_a_fine_grid_of_another_librarys_likelihood() -> None:
    successes, n = np.array([17.0, 30.0, 9.0, 44.0]), np.array([20.0, 31.0, 15.0, 44.0])
    share, likeness = expit(np.linspace(-4, 8, 2001)), np.linspace(0.0025, 0.9975, 200)
    strength = (1 / likeness - 1)[None]
    first, second = share[:, None] * strength, (1 - share[:, None]) * strength
    said = sum(betabinom.logpmf(k, m, first, second) for k, m in zip(successes, n, strict=True))
    prior = 0.5 * np.log(share * (1 - share))[:, None] + (LIKENESS_PRIOR - 1) * np.log1p(-likeness)
    weight = np.exp(said + prior - np.max(said + prior))
    marginal = weight.sum(axis=1)
    beneath = (np.cumsum(marginal) - marginal / 2) / marginal.sum()
    found = share_posterior(successes, n)
    for tail in (0.025, 0.05, 0.5, 0.95, 0.975):
        assert found.quantile(tail) == pytest.approx(np.interp(tail, beneath, share), abs=0.001)
    assert found.likeness == pytest.approx((weight.sum(axis=0) @ likeness) / weight.sum(), abs=0.001)


def test_groups_of_one_are_independent_observations() -> None:
    """A group of one says nothing of likeness: Jeffreys' posterior of a plain share, and the prior's mean likeness."""
    found = share_posterior(np.repeat([1.0, 0.0], (45, 5)), np.ones(50))
    for tail in (0.05, 0.5, 0.95):
        assert found.quantile(tail) == pytest.approx(beta(45.5, 5.5).ppf(tail), abs=0.002)
    assert found.likeness == pytest.approx(1 / (LIKENESS_PRIOR + 1), abs=0.01)


def test_probability_below_and_quantile_are_each_others_inverse() -> None:
    found = share_posterior(np.array([9.0, 18.0]), np.array([10.0, 20.0]))
    assert found.below(found.quantile(0.05)) == pytest.approx(0.05)


def test_more_of_the_same_groups_tell_more() -> None:
    successes, n = np.array([9.0, 17.0, 28.0]), np.array([10.0, 20.0, 30.0])
    once, thrice = share_posterior(successes, n), share_posterior(successes, n, 3.0)
    tiled = share_posterior(np.tile(successes, 3), np.tile(n, 3))
    assert thrice.quantile(0.05) > once.quantile(0.05)
    assert thrice.quantile(0.05) == pytest.approx(tiled.quantile(0.05), abs=1e-9)


def test_groups_that_differ_are_more_alike_within_than_groups_that_agree() -> None:
    n = np.full(8, 30.0)
    differ, agree = share_posterior(np.array([30.0, 12.0] * 4), n), share_posterior(np.full(8, 21.0), n)
    assert differ.likeness > 3 * agree.likeness
    assert differ.quantile(0.05) < agree.quantile(0.05)


@pytest.mark.parametrize("right", [0.0, 40.0])
def test_all_or_nothing_leaves_doubt(right: float) -> None:
    found = share_posterior(np.full(6, right), np.full(6, 40.0))
    assert 0 < found.quantile(0.05) < found.quantile(0.95) < 1
    assert found.quantile(0.95) - found.quantile(0.05) > 0.02


def test_silence_leaves_a_rate_above_zero() -> None:
    found = rate_posterior(np.zeros(6), np.full(6, 10.0))
    assert found.quantile(0.95) > 0.01


def test_a_rate_lies_near_what_was_counted() -> None:
    found = rate_posterior(np.full(40, 5.0), np.full(40, 50.0))
    assert found.quantile(0.05) < 0.1 < found.quantile(0.95)
    assert found.quantile(0.95) < 0.12
