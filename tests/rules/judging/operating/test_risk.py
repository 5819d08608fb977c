"""The bound holds as often as it says, on grouped data that knows nothing of the proof."""

from __future__ import annotations

import math

import numpy as np
import pytest

from detection.rules.judging.matching import Reals
from detection.rules.judging.operating.cuts import Evidence
from detection.rules.judging.operating.risk import Risk, control, groups_needed, is_below, upper_bound

GRID = np.linspace(0, 1, 51)
AT_MOST, CONFIDENCE = 0.15, 0.9


def scenes(seed: int, groups: int) -> Evidence:
    """Groups of very different sizes and luck: in some nearly all objects score low, in some much is false."""
    dice = np.random.default_rng(seed)
    objects = dice.integers(1, 40, groups)
    owner = np.repeat(np.arange(groups), objects)
    luck = dice.normal(0, 0.12, groups)
    right = np.clip(dice.beta(6, 2, len(owner)) + luck[owner], 0, 1)
    astray = np.repeat(np.arange(groups), dice.poisson(objects * dice.beta(1, 4, groups)))
    false = dice.beta(2, 4, len(astray))
    score = np.concatenate((right, false))
    order = np.argsort(-score, kind="stable")
    correct = np.concatenate((np.ones(len(right), bool), np.zeros(len(false), bool)))
    return Evidence(score[order], correct[order], np.concatenate((owner, astray))[order], owner, groups * 4, groups)


def true_risk(risk: Risk, cut: float, world: Evidence) -> float:
    """Mean loss of a group, over so many that chance no longer matters."""
    kept = world.score >= cut
    shown = np.bincount(world.group[kept], minlength=world.groups)
    right = np.bincount(world.group[kept & world.correct], minlength=world.groups)
    if risk == "missed-share":
        return float(np.mean(1 - right / np.bincount(world.truth_group, minlength=world.groups)))
    return float(np.mean(np.divide(shown - right, shown, out=np.zeros(world.groups), where=shown > 0)))


@pytest.mark.parametrize("risk", ["missed-share", "false-share"])
def test_the_bound_is_broken_no_more_often_than_the_confidence_allows(risk: Risk) -> None:
    """300 draws of 60 groups; the chosen cut is judged in a world of 20,000 groups drawn the same way."""
    world = scenes(10**6, 20_000)
    risks = {cut: true_risk(risk, float(cut), world) for cut in GRID}
    chosen = [control(scenes(seed, 60), risk, AT_MOST, CONFIDENCE, GRID) for seed in range(300)]
    held = [one for one in chosen if one.holds]
    broken = sum(risks[one.cut] > AT_MOST for one in held)
    assert len(held) > 250
    assert broken / 300 <= 1 - CONFIDENCE
    assert sum(risks[one.cut] > one.bound for one in held) / len(held) <= 1 - CONFIDENCE
    assert np.mean([risks[one.cut] for one in held]) > AT_MOST / 3  # a bound that is never used up protects nobody


def test_a_plain_count_would_break_it_half_of_the_time() -> None:
    """What is guarded against: the cut whose observed share is just below the bound."""
    world = scenes(10**6, 20_000)
    broken = 0
    for seed in range(100):
        seen = scenes(seed, 60)
        cut = max(float(cut) for cut in GRID if true_risk("missed-share", float(cut), seen) <= AT_MOST)
        broken += true_risk("missed-share", cut, world) > AT_MOST
    assert broken / 100 > 2 * (1 - CONFIDENCE)


@pytest.mark.parametrize("losses", [np.zeros(40), np.full(40, 0.05), np.tile([0.0, 0.0, 0.0, 0.4], 15)])
def test_the_upper_bound_lies_above_what_is_observed_and_just_proven(losses: Reals) -> None:
    bound = upper_bound(losses, CONFIDENCE)
    assert losses.mean() < bound < 1
    assert is_below(losses, bound, CONFIDENCE)
    assert not is_below(losses, bound - 1e-6, CONFIDENCE)


def test_more_groups_and_less_confidence_bring_the_bound_down() -> None:
    losses = np.tile([0.0, 0.1, 0.05], 200)
    bounds = [upper_bound(losses[:n], CONFIDENCE) for n in (15, 60, 600)]
    assert bounds == sorted(bounds, reverse=True)
    assert upper_bound(losses[:60], 0.8) < upper_bound(losses[:60], 0.99)


def test_below_the_groups_needed_not_even_a_spotless_record_proves_it() -> None:
    needed = groups_needed(0.1, 0.95)
    assert needed == math.ceil(math.log(20) / math.log(1.1)) == 32
    assert is_below(np.zeros(needed), 0.1, 0.95)
    assert not is_below(np.zeros(needed - 1), 0.1, 0.95)


def test_nothing_at_all_proves_nothing_and_takes_the_safest_cut_there_is() -> None:
    nothing = Evidence(np.zeros(0), np.zeros(0, bool), np.zeros(0, np.int64), np.zeros(0, np.int64), 0, 0)
    found = control(nothing, "missed-share", AT_MOST, CONFIDENCE, GRID)
    assert (found.holds, found.bound, found.groups) == (False, 1.0, 0)


def test_a_bolder_cut_than_the_first_failure_is_never_taken() -> None:
    """Candidates are tried in one fixed order: a lucky gap beyond a failure must not be used."""
    groups = 60
    owner = np.arange(groups)
    score = np.concatenate((np.full(groups, 0.9), np.full(groups * 4, 0.5)))
    correct = np.concatenate((np.ones(groups, bool), np.arange(groups * 4) >= 2 * groups))
    group = np.concatenate((owner, np.tile(owner, 4)))
    seen = Evidence(score, correct, group, owner, groups, groups)
    assert control(seen, "false-share", AT_MOST, CONFIDENCE, GRID).cut == pytest.approx(0.52)
