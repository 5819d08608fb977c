"""What calibration error is by hand, what chance alone shows, and whether the interval holds the truth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from detection.rules.judging.calibration.reliability import bins_of, measure
from detection.rules.judging.intervals import Resampling
from detection.rules.judging.matching import Flags, Reals
from detection.rules.labels.samples import Strings

RESAMPLING = Resampling(300, 0.95, 0)


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Detections in groups that err together; ``gain`` is how much scores promise too much."""

    scores: Reals
    correct: Flags
    group: Strings


def drawn(dice: np.random.Generator, n: int, groups: int, gain: float) -> Drawn:
    number = dice.integers(0, groups, n)
    scores = dice.beta(0.6, 0.6, n)
    mood = dice.normal(0, 0.03, groups)[number] * 4 * scores * (1 - scores)
    chance = np.clip(scores - gain * np.sin(np.pi * scores) + mood, 0, 1)
    return Drawn(scores, dice.random(n) < chance, np.char.add("g", number.astype(str)).astype(object))


def test_reliability_by_hand() -> None:
    """Two at 0.15 of which one is right, two at 0.95 both right: (2 x 0.35 + 2 x 0.05) / 4."""
    scores, correct = np.array([0.15, 0.15, 0.95, 0.95]), np.array([True, False, True, True])
    found = measure(scores, correct, np.array(["a", "a", "b", "b"], object), RESAMPLING)
    assert found.error == pytest.approx(0.2)
    assert found.brier == pytest.approx((0.85**2 + 0.15**2 + 2 * 0.05**2) / 4)
    assert [b.n for b in found.bins] == [0, 2, 0, 0, 0, 0, 0, 0, 0, 2]
    assert found.bins[0].mean_score is None
    assert found.bins[1].share_correct == pytest.approx(0.5)
    assert found.bins == bins_of(scores, correct)
    assert found.groups == 2


def test_bins_are_open_below_and_closed_above() -> None:
    """As the monitor's are; the score 0 belongs to the first all the same."""
    counted = bins_of(np.array([0.0, 0.1, 0.1001, 1.0]), np.zeros(4, bool))
    assert [b.n for b in counted] == [2, 1, 0, 0, 0, 0, 0, 0, 0, 1]


def test_nothing_has_no_reliability() -> None:
    found = measure(np.zeros(0), np.zeros(0, bool), np.zeros(0, object), RESAMPLING)
    assert (found.error, found.error_interval, found.brier, found.groups, found.noise) == (None, None, None, 0, None)
    assert sum(b.n for b in found.bins) == 0


def test_one_group_says_nothing_of_others() -> None:
    found = measure(np.array([0.4, 0.6]), np.array([True, False]), np.full(2, "g", object), RESAMPLING)
    assert found.error is not None
    assert (found.error_interval, found.noise) == (None, None)


def test_the_order_of_detections_never_matters() -> None:
    one = drawn(np.random.default_rng(5), 400, 8, 0.05)
    mixed = np.random.default_rng(6).permutation(400)
    again = measure(one.scores[mixed], one.correct[mixed], one.group[mixed], RESAMPLING)
    first = measure(one.scores, one.correct, one.group, RESAMPLING)
    assert again.error == pytest.approx(first.error)
    assert again.noise == pytest.approx(first.noise)


@pytest.mark.parametrize(
    ("groups", "n", "gain"), [(9, 1400, 0.1), (9, 400, 0.1), (30, 1400, 0.1), (30, 1400, 0.0), (30, 300, 0.05)]
)
def test_the_interval_holds_the_true_error(groups: int, n: int, gain: float) -> None:
    """The true one is that of a million detections, where chance adds nothing; the observed one lies above it."""
    many = drawn(np.random.default_rng(0), 1_000_000, 20_000, gain)
    bins = bins_of(many.scores, many.correct)
    true = sum(b.n * abs((b.mean_score or 0) - (b.share_correct or 0)) for b in bins) / 1_000_000
    held = 0
    for seed in range(1, 101):
        one = drawn(np.random.default_rng(seed), n, groups, gain)
        found = measure(one.scores, one.correct, one.group, RESAMPLING).error_interval
        assert found is not None
        held += found.lower <= true <= found.upper
    assert held / 100 >= 0.92


@pytest.mark.parametrize(("groups", "n"), [(9, 1400), (30, 300)])
def test_scores_that_mean_what_they_say_stay_within_noise(groups: int, n: int) -> None:
    within = 0
    for seed in range(100):
        one = drawn(np.random.default_rng(seed), n, groups, 0.0)
        found = measure(one.scores, one.correct, one.group, RESAMPLING)
        assert found.error is not None
        assert found.noise is not None
        within += found.error <= found.noise
    assert 0.88 <= within / 100 <= 1


def test_scores_that_promise_too_much_do_not() -> None:
    one = drawn(np.random.default_rng(1), 1400, 9, 0.2)
    found = measure(one.scores, one.correct, one.group, RESAMPLING)
    assert found.error is not None
    assert found.noise is not None
    assert found.error > 1.5 * found.noise
