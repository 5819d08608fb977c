"""Bounds against published values, another library and trials; drawn groups against what they are drawn from."""

from __future__ import annotations

import numpy as np
import pytest

from detection.rules.judging.intervals import (
    draw_groups,
    figure_bounds,
    group_successes,
    interval,
    rate_bounds,
    share_bounds,
)


def test_groups_are_drawn_as_often_as_there_are_groups() -> None:
    draws = draw_groups(7, 50, seed=1)
    assert draws.shape == (50, 7)
    assert (draws.sum(axis=1) == 7).all()
    assert np.array_equal(draws, draw_groups(7, 50, seed=1))


def test_fifty_nine_of_fifty_nine_keep_their_width() -> None:
    """Drawn groups would all be perfect."""
    bounds = share_bounds(np.array([30, 29]), np.array([30, 29]), 0.95)
    assert bounds is not None
    assert (bounds.observed, bounds.upper, bounds.n, bounds.groups) == (1.0, 1.0, 59, 2)
    assert bounds.lower < 0.95


def test_groups_that_differ_are_worth_fewer_observations() -> None:
    n = np.full(8, 30)
    differ, agree = share_bounds(np.array([30, 18] * 4), n, 0.95), share_bounds(np.full(8, 24), n, 0.95)
    assert differ is not None
    assert agree is not None
    assert differ.effective_n < agree.effective_n / 2
    assert differ.design_effect == pytest.approx(240 / differ.effective_n)
    assert differ.lower < agree.lower


def test_two_sided_ends_lie_outside_of_one_sided_ones() -> None:
    one, two = (share_bounds(np.array([9, 17, 28]), np.array([10, 20, 30]), 0.95, sides) for sides in (1, 2))
    assert one is not None
    assert two is not None
    assert two.lower < one.lower < one.observed < one.upper < two.upper


def test_nothing_has_no_bounds_and_one_group_says_nothing_of_others() -> None:
    assert share_bounds(np.zeros(3), np.zeros(3), 0.95) is None
    assert rate_bounds(np.zeros(0), np.zeros(0), 0.95) is None
    share, rate = share_bounds(np.array([50]), np.array([50]), 0.95), rate_bounds(np.array([0]), np.array([50]), 0.95)
    assert share is not None
    assert rate is not None
    assert (share.lower, share.upper) == (0.0, 1.0)
    assert rate.upper == float("inf")
    assert interval(np.array([0.5, 0.5]), 0.5, 0.95, 1) is None


def test_a_share_at_its_bound_is_seldom_proven_and_its_interval_holds_it() -> None:
    """Nine groups of 5 to 60 boxes, design effect 4; the benchmark takes many worlds and more trials."""
    dice = np.random.default_rng(0)
    n = dice.integers(5, 61, (400, 9))
    strength = 1 / 0.08 - 1
    successes = dice.binomial(n, dice.beta(0.85 * strength, 0.15 * strength, n.shape))
    one = [share_bounds(x, m, 0.95) for x, m in zip(successes, n, strict=True)]
    two = [share_bounds(x, m, 0.95, 2) for x, m in zip(successes, n, strict=True)]
    assert np.mean([b is not None and b.lower >= 0.85 for b in one]) <= 0.06
    assert 0.93 <= np.mean([b is not None and b.lower <= 0.85 <= b.upper for b in two]) <= 0.985


def test_leaving_groups_out_gives_back_the_groups_own_counts() -> None:
    """A recall is the weighted mean of its groups' recalls, exactly."""
    right, n = np.array([9.0, 3.0, 20.0]), np.array([10.0, 8.0, 25.0])
    whole = float(right.sum() / n.sum())
    without = (right.sum() - right) / (n.sum() - n)
    assert group_successes(whole, without, n) == pytest.approx(right)
    found, counted = figure_bounds(whole, without, n, 0.95), share_bounds(right, n, 0.95)
    assert found is not None
    assert counted is not None
    assert (found.lower, found.upper) == pytest.approx((counted.lower, counted.upper))


def test_a_group_that_alone_holds_a_class_keeps_the_figure_of_all() -> None:
    """Without it the figure is not defined."""
    assert group_successes(0.9, np.array([np.nan, 0.9]), np.array([5.0, 5.0])) == pytest.approx([4.5, 4.5])


def test_percentiles_of_few_groups_are_widened() -> None:
    values = np.linspace(0, 1, 1001)
    few, many = interval(values, 0.5, 0.9, 5), interval(values, 0.5, 0.9, 500)
    assert few is not None
    assert many is not None
    assert few.lower < many.lower == pytest.approx(0.05, abs=0.002)
