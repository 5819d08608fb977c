"""Bounds against published values and another library; drawn groups against what they are drawn from."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest

from detection.rules.judging.intervals import draw_groups, needed, precision_intervals, wilson_lower, wilson_upper
from detection.rules.judging.matching import match
from tests.examples_judging import Shape, sample


@pytest.mark.parametrize("n", [1, 2, 17, 212, 5000])
@pytest.mark.parametrize("share", [0.0, 0.31, 0.93, 1.0])
def test_a_one_sided_bound_is_an_end_of_scipys_two_sided_interval(n: int, share: float) -> None:
    """One-sided 95 % is one end of two-sided 90 %."""
    successes = round(share * n)
    ends = binomtest(successes, n).proportion_ci(0.90, method="wilson")
    assert wilson_lower(successes, n, 0.95) == pytest.approx(ends.low, abs=1e-9)
    assert wilson_upper(successes, n, 0.95) == pytest.approx(ends.high, abs=1e-9)


def test_all_right_of_few_proves_little() -> None:
    """With nothing wrong, n / (n + z**2) is proven: 52 of 52 prove 0.95, 51 of 51 do not."""
    assert wilson_lower(52, 52, 0.95) >= 0.95 > wilson_lower(51, 51, 0.95)


@pytest.mark.parametrize(
    ("successes", "n", "at_least"),
    [
        pytest.param(97, 100, 0.95, id="just above"),
        pytest.param(90, 100, 0.85, id="well above"),
        pytest.param(10, 10, 0.95, id="all right"),
        pytest.param(60, 100, 0.55, id="in the middle"),
    ],
)
def test_the_number_still_needed_is_the_smallest_that_proves_the_bound(successes: int, n: int, at_least: float) -> None:
    more = needed(successes, n, at_least, 0.95)
    assert more
    assert _lower_at(successes / n, n + more) >= at_least > _lower_at(successes / n, n + more - 1)


def test_nothing_more_is_needed_of_what_is_proven() -> None:
    assert needed(990, 1000, 0.95, 0.95) == 0


def test_no_number_proves_what_is_not_even_observed() -> None:
    assert needed(95, 100, 0.95, 0.95) is None
    assert needed(90, 100, 0.95, 0.95) is None


def test_a_bound_at_its_limit_passes_a_model_at_the_limit_one_time_in_twenty() -> None:
    """What the confidence promises; the score interval keeps it to within a point and a half at these sizes."""
    dice = np.random.default_rng(0)
    n, at_least = 300, 0.9
    passed = [wilson_lower(int(k), n, 0.95) >= at_least for k in dice.binomial(n, at_least, 20_000)]
    assert 0.03 < np.mean(passed) < 0.065


def test_groups_are_drawn_as_often_as_there_are_groups() -> None:
    draws = draw_groups(7, 50, seed=1)
    assert draws.shape == (50, 7)
    assert (draws.sum(axis=1) == 7).all()
    assert np.array_equal(draws, draw_groups(7, 50, seed=1))


def test_the_interval_holds_the_figure_and_narrows_with_more_groups() -> None:
    few, many = _width(groups=5), _width(groups=80)
    assert many < few


def test_one_group_says_nothing_about_others() -> None:
    made = sample(Shape(4, 1, 20, 60), seed=0)
    matches = match(made.truth, made.predictions)
    intervals = precision_intervals(matches, 1, np.zeros(4, np.int64), draw_groups(1, 10, 0), 0.95)
    assert intervals.ap50 is None
    assert intervals.ap50_95 is None


def _lower_at(share: float, n: int) -> float:
    """The bound for ``n`` observations of which exactly ``share`` are right: bounds in shares depend on n alone."""
    z2 = 1.6448536269514722**2
    centre, spread = share + z2 / (2 * n), share * (1 - share) / n + z2 / (4 * n**2)
    return float((centre - np.sqrt(z2 * spread)) / (1 + z2 / n))


def _width(groups: int) -> float:
    frames = groups * 3
    made = sample(Shape(frames, 2, frames * 4, frames * 10), seed=3)
    matches = match(made.truth, made.predictions)
    group_of = np.arange(frames, dtype=np.int64) % groups
    interval = precision_intervals(matches, 2, group_of, draw_groups(groups, 200, 0), 0.95).ap50
    assert interval is not None
    assert 0 <= interval.lower <= interval.upper <= 1
    assert interval.groups == groups
    return interval.upper - interval.lower
