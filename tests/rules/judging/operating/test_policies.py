"""Each policy against trying every cut."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from detection.rules.judging.matching import Flags, Reals
from detection.rules.judging.operating.cuts import UNDECIDED, Evidence, Outcome, outcome
from detection.rules.judging.operating.policies import choose, cost, words
from detection.rules.spec.judging import BestF1, Cost, Floor, Margin, Policy, RiskBound

GRID = np.linspace(0, 1, 101)
BEST_F1 = BestF1(kind="f1-best")
COST = Cost(kind="cost", false_detection=1.0, missed_object=5.0)
PRECISION = Floor(kind="precision-floor", at_least=0.9)
RECALL = Floor(kind="recall-floor", at_least=0.6)
MARGIN = Margin(kind="widest-margin", precision=0.7, recall=0.5)
RISK = RiskBound(kind="risk-bound", risk="missed-share", at_most=0.2, confidence=0.9)


def evidence(scores: Reals, correct: Flags, truths: int) -> Evidence:
    group = np.zeros(len(scores), np.int64)
    return Evidence(scores, correct, group, np.zeros(truths, np.int64), frames=20, groups=1)


def sample(seed: int) -> Evidence:
    dice = np.random.default_rng(seed)
    scores = np.sort(np.round(dice.random(200), 2))[::-1]
    return evidence(scores, dice.random(200) < scores, truths=150)


def tried(seen: Evidence) -> list[Outcome]:
    return [outcome(seen, at) for at in np.linspace(0, 1, 2001)]


def best(figure: Callable[[Outcome], float | None], outcomes: list[Outcome]) -> float:
    return max(value for value in map(figure, outcomes) if value is not None)


def test_the_cut_lies_midway_between_the_last_kept_and_the_next() -> None:
    seen = evidence(np.array([0.9, 0.8, 0.4, 0.3]), np.array([True, True, False, False]), truths=2)
    assert choose(BEST_F1, seen, GRID).cut == pytest.approx(0.6)


@pytest.mark.parametrize("seed", range(5))
def test_no_other_cut_has_a_better_f1(seed: int) -> None:
    seen = sample(seed)
    assert outcome(seen, choose(BEST_F1, seen, GRID).cut).f1 == best(lambda o: o.f1, tried(seen))


@pytest.mark.parametrize("seed", range(5))
def test_no_other_cut_costs_less(seed: int) -> None:
    seen = sample(seed)
    chosen = cost(COST, outcome(seen, choose(COST, seen, GRID).cut))
    assert chosen == -best(lambda o: -(o.false + 5.0 * o.missed), tried(seen))


@pytest.mark.parametrize("seed", range(5))
def test_a_floor_is_kept_and_no_cut_that_keeps_it_is_better_in_the_other_figure(seed: int) -> None:
    seen = sample(seed)
    precise = outcome(seen, choose(PRECISION, seen, GRID).cut)
    assert precise.precision is not None
    assert precise.precision >= 0.9
    assert precise.recall == best(lambda o: o.recall, [o for o in tried(seen) if (o.precision or 0) >= 0.9])
    recalled = outcome(seen, choose(RECALL, seen, GRID).cut)
    assert recalled.recall is not None
    assert recalled.recall >= 0.6
    assert recalled.precision == best(lambda o: o.precision, [o for o in tried(seen) if (o.recall or 0) >= 0.6])


@pytest.mark.parametrize("seed", range(5))
def test_no_other_cut_leaves_the_weaker_figure_further_above_what_is_asked(seed: int) -> None:
    """F1 may be best where recall just fails its line and precision has much to spare."""
    seen = sample(seed)

    def margin(one: Outcome) -> float | None:
        return None if one.precision is None or one.recall is None else min(one.precision - 0.7, one.recall - 0.5)

    assert margin(outcome(seen, choose(MARGIN, seen, GRID).cut)) == best(margin, tried(seen))


def test_what_best_f1_gives_away_a_margin_keeps() -> None:
    """Nine of twelve are found and all right, or eleven at a little less precision: recall must not fall below 0.8."""
    seen = evidence(np.linspace(0.9, 0.5, 14), np.array([True] * 9 + [False, True, False, True, False]), truths=12)
    demand = Margin(kind="widest-margin", precision=0.7, recall=0.8)
    chosen = choose(demand, seen, GRID)
    recall = outcome(seen, chosen.cut).recall
    assert recall == pytest.approx(11 / 12)
    assert chosen.warning == ""


def test_a_demand_out_of_reach_is_said_with_how_far() -> None:
    seen = evidence(np.array([0.9, 0.8]), np.array([True, False]), truths=4)
    warning = "no cut reaches precision 0.7 and recall 0.5; this one comes nearest, 0.250 short"
    assert choose(MARGIN, seen, GRID).warning == warning


def test_a_dear_miss_lowers_the_cut_and_a_dear_mistake_raises_it() -> None:
    seen = sample(0)
    cuts = [
        choose(Cost(kind="cost", false_detection=false, missed_object=missed), seen, GRID).cut
        for false, missed in ((1.0, 20.0), (1.0, 1.0), (20.0, 1.0))
    ]
    assert cuts == sorted(cuts)
    assert cuts[0] < cuts[2]


def test_where_nothing_pays_next_to_nothing_is_shown_and_it_is_said() -> None:
    seen = evidence(np.array([0.9, 0.2]), np.array([False, True]), truths=1)
    choice = choose(Cost(kind="cost", false_detection=50.0, missed_object=1.0), seen, GRID)
    assert outcome(seen, choice.cut).kept == 0
    assert "costs more than it saves" in choice.warning


def test_a_floor_out_of_reach_is_said_and_the_nearest_taken() -> None:
    seen = evidence(np.array([0.9, 0.8]), np.array([True, False]), truths=4)
    choice = choose(RECALL, seen, GRID)
    assert outcome(seen, choice.cut).recall == pytest.approx(0.25)
    assert choice.warning == "no cut reaches recall 0.6; this one comes nearest with 0.250"


def test_a_risk_that_five_groups_cannot_bound_is_said_with_how_many_could() -> None:
    seen = evidence(np.array([0.9, 0.8]), np.array([True, True]), truths=2)
    choice = choose(RISK, seen, GRID)
    assert "no cut is proven to stay at or below 0.2" in choice.warning
    assert "(1 groups, and fewer than 13 never prove it)" in choice.warning
    assert choice.bound == 1.0


@pytest.mark.parametrize("policy", [BEST_F1, COST, PRECISION, RECALL, MARGIN])
@pytest.mark.parametrize(
    ("scores", "correct", "truths"),
    [
        pytest.param([], [], 3, id="nothing detected"),
        pytest.param([0.9, 0.2], [False, False], 3, id="nothing right"),
        pytest.param([0.9], [False], 0, id="nothing to find"),
        pytest.param([], [], 0, id="nothing at all"),
    ],
)
def test_a_class_of_which_nothing_was_found_is_cut_in_the_middle(
    policy: Policy, scores: list[float], correct: list[bool], truths: int
) -> None:
    choice = choose(policy, evidence(np.array(scores), np.array(correct, bool), truths), GRID)
    assert choice.cut == UNDECIDED
    assert "nothing right was found" in choice.warning


@pytest.mark.parametrize("policy", [BEST_F1, COST, PRECISION, RECALL, RISK, MARGIN])
def test_what_ships_is_a_float32_in_its_shortest_spelling(policy: Policy) -> None:
    """Else a device would cut elsewhere than was counted here."""
    cut = choose(policy, sample(3), GRID).cut
    assert float(str(np.float32(cut))) == cut


def test_policies_are_told_in_words() -> None:
    assert words(BEST_F1) == "best F1"
    assert words(COST) == "least cost: 1 a false detection, 5 a missed object"
    assert words(PRECISION) == "precision at least 0.9, the other as high as that allows"
    assert words(MARGIN) == "widest smaller margin: of precision above 0.7, of recall above 0.5"
    assert words(RISK) == "risk bound: share of objects missed in a group at most 0.2, with confidence 0.9"
