"""Figures as shares of their groups, and how much more is needed."""

from __future__ import annotations

import math

import numpy as np

from detection.rules.judging.gates.counting import Counted
from detection.rules.judging.gates.measures import DrawnMeasure, RateMeasure, ShareMeasure


def test_that_many_times_as_much_proves_it_and_less_does_not() -> None:
    counted = Counted(np.array([18.0, 17.0, 19.0, 18.0]), np.full(4, 20.0), 8)
    times = ShareMeasure(counted).times(0.86, 0.95)
    assert times is not None
    for rounds, proven in ((math.ceil(times), True), (math.floor(times * 0.9), False)):
        groups = 4 * rounds
        bounds = ShareMeasure(Counted(np.resize(counted.successes, groups), np.full(groups, 20.0), 8)).bounds(0.95)
        assert bounds is not None
        assert (bounds.lower >= 0.86) == proven


def test_no_number_proves_a_share_that_lies_below_its_bound() -> None:
    assert ShareMeasure(Counted(np.full(4, 10.0), np.full(4, 20.0), 8)).times(0.8, 0.95) is None


def test_more_silence_proves_a_lower_rate() -> None:
    quiet = RateMeasure(Counted(np.zeros(4), np.full(4, 5.0), 20))
    bounds = quiet.bounds(0.95)
    assert bounds is not None
    assert bounds.lower == 0
    times = quiet.times(bounds.upper / 4, 0.95)
    assert times is not None
    assert times > 2


def test_a_drawn_figure_of_one_group_has_no_known_limit() -> None:
    bounds = DrawnMeasure(0.1, np.array([0.1, 0.1]), 50, 1).bounds(0.95)
    assert bounds is not None
    assert (bounds.lower, bounds.observed, bounds.upper) == (0.0, 0.1, float("inf"))


def test_a_figure_of_nothing_has_no_bounds() -> None:
    assert DrawnMeasure(float("nan"), np.zeros(0), 0, 0).bounds(0.95) is None
    assert ShareMeasure(Counted(np.zeros(0), np.zeros(0), 0)).bounds(0.95) is None
