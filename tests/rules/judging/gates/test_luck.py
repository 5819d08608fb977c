"""Simulated error rates and power against trials with the bounds themselves."""

from __future__ import annotations

import numpy as np
import pytest

from detection.rules.judging.gates.luck import (
    Demand,
    Dice,
    groups_needed,
    pass_rate,
    rate_pass_rate,
    truth_needed,
)
from detection.rules.judging.intervals import share_bounds

SIZES = np.array([33, 21, 41, 24, 50, 9, 30, 35, 60])
DEMAND = Demand(SIZES, 0.84, 0.95, 0.08)


@pytest.mark.parametrize("truth", [0.84, 0.93, 0.97])
def test_the_rate_foretold_is_the_rate_of_trials_with_the_bound_itself(truth: float) -> None:
    """Other draws, and the posterior of each trial computed alone: within three points and the noise of 400."""
    dice = np.random.default_rng(7)
    strength = 1 / DEMAND.likeness - 1
    successes = dice.binomial(SIZES, dice.beta(truth * strength, (1 - truth) * strength, (400, len(SIZES))))
    bounds = [share_bounds(row, SIZES, 0.95) for row in successes]
    met = np.mean([one is not None and one.lower >= 0.84 for one in bounds])
    assert pass_rate(DEMAND, truth, Dice(2000, 0)) == pytest.approx(met, abs=0.03 + 2 * np.sqrt(0.25 / 400))


@pytest.mark.parametrize(
    ("at_least", "likeness"),
    [
        pytest.param(0.75, 0.06, id="low bound, groups alike"),
        pytest.param(0.9, 0.12, id="high bound, groups differ"),
        pytest.param(0.98, 0.12, id="very high bound"),
        pytest.param(0.84, 0.3, id="groups differ much"),
    ],
)
def test_a_model_at_the_bound_passes_at_most_once_in_twenty(at_least: float, likeness: float) -> None:
    """With a point of grace."""
    assert pass_rate(Demand(SIZES, at_least, 0.95, likeness), at_least, Dice(2000, 0)) <= 0.06


def test_the_truth_needed_passes_as_often_as_was_wished() -> None:
    dice = Dice(1000, 0)
    needed = truth_needed(DEMAND, 0.8, dice)
    assert needed is not None
    assert pass_rate(DEMAND, needed, dice) >= 0.8
    assert pass_rate(DEMAND, needed - 0.01, dice) < 0.8


def test_no_truth_is_enough_where_groups_are_too_few() -> None:
    assert truth_needed(Demand(np.array([9, 8, 7]), 0.95, 0.95, 0.1), 0.8, Dice(200, 0)) is None


def test_more_groups_buy_power() -> None:
    times = groups_needed(DEMAND, 0.92, 0.8, Dice(500, 0))
    assert times is not None
    assert 1.5 < times < 4
    assert pass_rate(DEMAND.times(times), 0.92, Dice(500, 0)) >= 0.8


def test_groups_that_are_enough_need_no_more() -> None:
    assert groups_needed(Demand(SIZES, 0.6, 0.95, 0.05), 0.95, 0.8, Dice(200, 0)) == 1.0


def test_one_group_never_passes() -> None:
    assert pass_rate(Demand(np.array([1000]), 0.5, 0.95, 0.1), 1 - 1e-9, Dice(200, 0)) == 0.0


def test_a_rate_at_its_bound_passes_seldom() -> None:
    assert rate_pass_rate(np.array([9.0, 12.0, 5.0, 20.0, 8.0, 15.0]), 0.3, 0.95, 0.2, Dice(300, 0)) <= 0.08
