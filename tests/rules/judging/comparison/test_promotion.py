"""The promotion rule: proven better beyond the margin, nothing worse, and a doubt keeps the champion."""

from __future__ import annotations

from dataclasses import replace

import pytest

from detection.rules.judging.comparison.promotion import outcome, recommend, replay, standing
from detection.rules.judging.comparison.sheet import ComparisonSheet, Gap, Guardrail, Harm, Side
from tests.examples_comparison import benefit, gap, guardrail, latency


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        pytest.param(gap(lead=0.030, reach=0.012), "BETTER", id="proven beyond the margin"),
        pytest.param(gap(lead=0.030, reach=0.020), "TIE", id="observed beyond the margin, not proven"),
        pytest.param(gap(lead=0.010, reach=0.0), "TIE", id="exactly the margin"),
        pytest.param(gap(lead=0.0, reach=0.0), "TIE", id="the same model"),
        pytest.param(gap(lead=-0.005, reach=0.010), "TIE", id="behind within noise"),
        pytest.param(gap(lead=-0.030, reach=0.012), "WORSE", id="proven behind"),
        pytest.param(Gap(None, None, None, None, None, 0.95, 0, 0), "TIE", id="nothing counted"),
        pytest.param(Gap(0.5, 0.9, 0.4, None, None, 0.95, 40, 1), "TIE", id="one group proves nothing"),
    ],
)
def test_a_challenger_is_better_only_if_the_bound_of_its_lead_exceeds_the_margin(found: Gap, expected: str) -> None:
    """Judged on the bound, as gates are: a point estimate promotes noise."""
    assert standing(found, 0.01) == expected


def test_without_a_margin_the_same_model_is_still_a_tie() -> None:
    """Exceeding is more than reaching: otherwise a model would replace itself."""
    assert standing(gap(lead=0.0, reach=0.0), 0.0) == "TIE"


@pytest.mark.parametrize(
    ("lower", "upper", "expected"),
    [
        pytest.param(-0.01, 0.02, "PASS", id="at most the limit"),
        pytest.param(0.0, 0.03, "NOT PROVEN", id="perhaps more"),
        pytest.param(0.02, 0.03, "NOT PROVEN", id="perhaps just the limit"),
        pytest.param(0.021, 0.03, "FAIL", id="surely more"),
        pytest.param(None, None, "NOT PROVEN", id="unknown"),
    ],
)
def test_a_harm_passes_only_if_it_is_proven_to_be_within_its_limit(lower: float, upper: float, expected: str) -> None:
    """That nothing was seen is no proof that nothing is there."""
    assert outcome(Harm(upper, lower, upper, 0.02, relative=False, confidence=0.95)) == expected


def test_a_proven_lead_with_every_guardrail_passed_promotes() -> None:
    """The one way to promotion, with its reasons."""
    said = recommend(benefit(), [guardrail(), latency(11.0, 11.2)])
    assert said.advice == "PROMOTE"
    assert said.reasons == (benefit().sentence, "all 2 guardrails pass")
    assert said.counterfactuals == ()


def test_the_latency_counterfactual_keeps_the_champion() -> None:
    """A lead of three points does not pay for 18 % more latency; with the champion's latency it would be promoted."""
    said = recommend(benefit(), [guardrail(), latency(11.0, 13.0)])
    assert said.advice == "KEEP"
    assert said.counterfactuals == (
        "had the p95 latency been proven within its limit, the challenger would be promoted",
    )
    assert recommend(benefit(), [guardrail(), latency(11.0, 11.0)]).advice == "PROMOTE"


def test_a_tie_keeps_the_champion_and_says_what_a_lead_would_do() -> None:
    """Replacing a known model costs; nothing was gained that pays for it."""
    said = recommend(benefit(gap(lead=0.004)), [guardrail(), latency(11.0, 10.0)])
    assert said.advice == "KEEP"
    assert "tie" in said.reasons[0]
    assert said.counterfactuals == ("had a lead of more than 0.01 been proven, the challenger would be promoted",)


def test_two_obstacles_leave_no_single_counterfactual() -> None:
    """Neither alone decided; the reasons name both."""
    said = recommend(benefit(), [guardrail(harm=0.05), latency(11.0, 13.0)])
    assert (said.advice, said.counterfactuals) == ("KEEP", ())
    assert len(said.reasons) == 4


def test_what_is_not_proven_keeps_the_champion() -> None:
    """A guardrail in doubt is not a guardrail passed."""
    said = recommend(benefit(), [guardrail(harm=0.01, reach=0.02)])
    assert said.advice == "KEEP"
    assert "NOT PROVEN" in said.reasons[1]


def test_without_guardrails_nothing_is_promoted() -> None:
    """An empty list must not pass for a clean one."""
    assert recommend(benefit(), []).advice == "KEEP"


def test_a_stored_comparison_gives_the_same_recommendation_again() -> None:
    """The document alone decides, and a verdict that somebody wrote into it decides nothing."""
    rails: tuple[Guardrail, ...] = (guardrail(), latency(11.0, 13.0))
    side = Side("v1", {"fp32": "0" * 64}, 12_000_000, "")
    said = recommend(benefit(), rails)
    sheet = ComparisonSheet(side, replace(side, name="v2"), {}, benefit(), rails, said, (), 1000, 0)
    assert replay(sheet) == said
    forged = replace(sheet, guardrails=tuple(replace(one, verdict="PASS", sentence="fine") for one in rails))
    assert replay(forged) == said
