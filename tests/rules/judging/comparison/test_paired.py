"""Differences of two models on the same frames: their bounds against simulation, and what chance may hide."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from scipy.stats import binom

from detection.rules.judging.comparison.paired import Drawn, Ground, Pair, gap, least_reach, worst
from detection.rules.judging.intervals import draw_groups
from detection.rules.judging.matching import Integers, Reals


@dataclass(frozen=True, slots=True, eq=False)
class Hits:
    """Objects of each group, and how many of them each model found; ``(g,)`` each."""

    objects: Integers
    champion: Integers
    challenger: Integers

    def pair(self, resamples: int, seed: int) -> Pair:
        """Both recalls, drawn together."""
        draws = draw_groups(len(self.objects), resamples, seed)
        return Pair(self._drawn(self.champion, draws), self._drawn(self.challenger, draws))

    def _drawn(self, found: Integers, draws: Integers) -> Drawn:
        return Drawn(found.sum() / self.objects.sum(), (draws @ found) / (draws @ self.objects))

    def ground(self) -> Ground:
        """What they were counted on."""
        return Ground(len(self.objects) * 10, len(self.objects), int(self.objects.sum()))


def scenes(groups: int, dice: np.random.Generator) -> Hits:
    """Scenes of unlike difficulty (design effect above 3); the challenger finds 2 points more, more in some of them.

    Each object is hard or easy for both models alike, and the lead differs from scene to scene: mean 0.02 exactly.
    """
    objects = dice.poisson(30, groups) + 1
    share = dice.beta(4.0, 1.0, groups)
    champion = dice.binomial(objects, share)
    lead = np.where(dice.random(groups) < 0.5, 0.05, -0.01)
    gained = dice.binomial(objects, 0.03 + lead.clip(0))
    lost = dice.binomial(objects, 0.03 - lead.clip(None, 0))
    return Hits(objects, champion, champion + gained - lost)


@pytest.mark.parametrize("groups", [9, 24, 60])
def test_a_lead_of_exactly_the_margin_is_promoted_at_most_once_in_twenty(groups: int) -> None:
    """The promotion rule's own false alarm rate, on grouped data: nominal 5 % and a point."""
    dice = np.random.default_rng(5)
    trials = 1500
    promoted = 0
    for trial in range(trials):
        hits = scenes(groups, dice)
        lower = gap(hits.pair(300, trial), hits.ground(), 0.95).lower
        promoted += lower is not None and lower > 0.02
    assert promoted / trials <= 0.06


def test_the_same_difficulty_of_frames_cancels_when_groups_are_drawn_for_both() -> None:
    """Drawn apart, the difference of these two models drowns in the difference of scenes."""
    hits = scenes(24, np.random.default_rng(3))
    together, apart = hits.pair(2000, 1), hits.pair(2000, 2)
    paired = gap(together, hits.ground(), 0.95)
    unpaired = gap(Pair(together.champion, apart.challenger), hits.ground(), 0.95)
    assert paired.lower is not None
    assert paired.upper is not None
    assert unpaired.lower is not None
    assert unpaired.upper is not None
    assert paired.upper - paired.lower < 0.5 * (unpaired.upper - unpaired.lower)


def test_two_models_that_never_disagreed_may_still_differ() -> None:
    """No draw shows a difference, but 60 objects cannot exclude one of a few points."""
    hits = Hits(np.full(6, 10), np.full(6, 9), np.full(6, 9))
    found = gap(hits.pair(100, 0), hits.ground(), 0.95)
    assert found.difference == 0
    assert found.upper is not None
    assert found.lower == -found.upper
    assert 0.03 < found.upper < 0.1


def test_the_least_reach_is_near_the_exact_bound_of_no_discordant_pair() -> None:
    """Of 300 objects without a disagreement, a share above 1 % is excluded by the binomial law, 0.9 % by the score."""
    exact = 1 - 0.05 ** (1 / 300)
    assert binom.pmf(0, 300, exact) == pytest.approx(0.05)
    assert least_reach(Ground(100, 10_000, 300), 0.95) == pytest.approx(exact, rel=0.15)


def test_the_same_answers_leave_nothing_to_chance() -> None:
    """A model compared with itself is no worse than itself, however few the frames."""
    pair = Hits(np.full(3, 2), np.full(3, 1), np.full(3, 1)).pair(50, 0)
    found = gap(Pair(pair.champion, pair.challenger, alike=True), Ground(6, 3, 6), 0.95)
    assert (found.lower, found.upper) == (0.0, 0.0)


def test_a_single_group_says_nothing_of_others() -> None:
    """Bounds are unknown, not narrow."""
    hits = Hits(np.array([50]), np.array([40]), np.array([45]))
    found = gap(hits.pair(50, 0), hits.ground(), 0.95)
    assert (found.lower, found.upper) == (None, None)
    assert found.difference == pytest.approx(0.1)


def test_what_one_model_cannot_be_judged_on_has_no_difference() -> None:
    """Precision of a model that detects nothing is unknown, not 0."""
    nothing = Drawn(float("nan"), np.full(5, np.nan))
    found = gap(Pair(Drawn(0.5, np.full(5, 0.5)), nothing), Ground(10, 5, 10), 0.95)
    assert (found.champion, found.challenger, found.difference) == (0.5, None, None)
    assert (found.lower, found.upper) == (None, None)


def test_the_worst_value_is_looked_for_in_each_draw_anew() -> None:
    """Which light is worst is part of what chance decides; a value that a draw lacks is passed over."""
    dusk = Drawn(0.7, np.array([0.6, 0.9, np.nan]))
    bright = Drawn(0.8, np.array([0.8, 0.8, 0.75]))
    found = worst([bright, dusk, Drawn(float("nan"), np.full(3, np.nan))])
    expected: Reals = np.array([0.6, 0.8, 0.75])
    assert found.observed == 0.7
    np.testing.assert_array_equal(found.draws, expected)
