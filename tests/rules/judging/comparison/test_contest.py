"""Whole comparisons of made-up models: who wins, who does not, and what is said of it."""

from __future__ import annotations

import pytest

from detection.errors import DocumentError, LabelsError, ModelError
from detection.rules.judging.comparison.contest import contest
from detection.rules.judging.comparison.promotion import replay
from detection.rules.judging.comparison.sheet import ComparisonSheet, Guardrail
from detection.rules.spec.judging import Cases, NeverFire, NeverMiss
from tests.examples_comparison import Skill, arena, contestant, observations, rules

PLAIN = Skill(bright=0.75, dusk=0.60)
BETTER = Skill(bright=0.88, dusk=0.75)
BLIND = Skill(bright=0.99, dusk=0.53)
"""Much better by day, seven points worse at dusk: better on the whole."""


def against(challenger: Skill, slower: float = 1.0, size: int = 12_000_000) -> ComparisonSheet:
    """``PLAIN`` against a challenger."""
    first = contestant("old", observations(PLAIN, seed=1))
    second = contestant("new", observations(challenger, seed=2), size=size)
    return contest(rules(), first, second, arena(slower=slower))


def watched(sheet: ComparisonSheet, watch: str) -> Guardrail:
    """The guardrail of that name."""
    return next(one for one in sheet.guardrails if one.watch == watch)


def test_a_challenger_that_is_better_everywhere_is_promoted() -> None:
    """The case that the command exists for."""
    sheet = against(BETTER)
    assert sheet.recommendation.advice == "PROMOTE"
    assert sheet.benefit.standing == "BETTER"
    assert {one.verdict for one in sheet.guardrails} == {"PASS"}
    assert {one.watch for one in sheet.guardrails} == {
        "variants", "size", "cases", "worst-condition", "calibration", "latency"
    }  # fmt: skip


def test_a_model_compared_with_itself_is_a_tie_with_every_guardrail_passed() -> None:
    """No draw, no limit and no rounding may make a model better than itself."""
    seen = observations(PLAIN)
    sheet = contest(rules(margin=0.0), contestant("old", seen), contestant("new", seen), arena())
    assert (sheet.benefit.standing, sheet.recommendation.advice) == ("TIE", "KEEP")
    assert sheet.benefit.gap.difference == 0
    assert {one.verdict for one in sheet.guardrails} == {"PASS"}


def test_a_mean_that_rises_does_not_hide_a_condition_that_falls() -> None:
    """Better on the whole, worse at dusk: the reason why there is a subgroup floor."""
    sheet = against(BLIND)
    assert sheet.benefit.standing == "BETTER"
    floor = watched(sheet, "worst-condition")
    assert floor.verdict == "FAIL"
    assert "lighting (dusk)" in floor.subject
    assert sheet.recommendation.advice == "KEEP"
    assert "recall in the worst condition" in sheet.recommendation.counterfactuals[0]


def test_a_better_model_that_is_slower_keeps_the_champion() -> None:
    """The latency counterfactual, from observations to the recommendation."""
    sheet = against(BETTER, slower=1.3)
    assert sheet.recommendation.advice == "KEEP"
    assert [one.watch for one in sheet.guardrails if one.verdict != "PASS"] == ["latency"]
    assert sheet.recommendation.counterfactuals == (
        "had the p95 latency been proven within its limit, the challenger would be promoted",
    )


def test_a_better_model_that_is_larger_keeps_the_champion() -> None:
    """The device's disk is no less real than its errors."""
    sheet = against(BETTER, size=14_000_000)
    assert watched(sheet, "size").verdict == "FAIL"
    assert sheet.recommendation.advice == "KEEP"


def test_a_worse_model_is_said_to_be_worse_and_not_a_tie() -> None:
    """Whoever trained it should know."""
    first, second = contestant("old", observations(BETTER, seed=1)), contestant("new", observations(PLAIN, seed=2))
    sheet = contest(rules(), first, second, arena())
    assert (sheet.benefit.standing, sheet.recommendation.advice) == ("WORSE", "KEEP")


def test_without_timing_nothing_is_promoted() -> None:
    """An unmeasured latency is not a short one."""
    first, second = contestant("old", observations(PLAIN, seed=1)), contestant("new", observations(BETTER, seed=2))
    untimed = arena("other")
    sheet = contest(rules(), first, second, untimed)
    assert watched(sheet, "latency").verdict == "NOT PROVEN"
    assert sheet.recommendation.advice == "KEEP"


def test_a_case_that_the_challenger_violates_keeps_the_champion() -> None:
    """One named object outweighs any mean."""
    there = NeverMiss(frame="000.jpg", label="box", box=[200, 200, 240, 240], iou=0.5, why="the lift's door")
    first, second = contestant("old", observations(PLAIN, seed=1)), contestant("new", observations(BETTER, seed=2))
    sheet = contest(rules(cases=Cases(never_miss=[there], never_fire=[])), first, second, arena())
    assert watched(sheet, "cases").verdict == "FAIL"
    assert "the lift's door" in watched(sheet, "cases").sentence
    assert watched(sheet, "cases").sentence.count("FAIL") == 1
    assert sheet.recommendation.advice == "KEEP"


def test_a_case_on_a_frame_that_nobody_judges_is_an_error() -> None:
    """A case that is never looked at would pass for ever."""
    nowhere = NeverFire(frame="gone.jpg", label="every", region=None, why="an empty belt")
    first, second = contestant("old", observations(PLAIN)), contestant("new", observations(BETTER))
    with pytest.raises(DocumentError, match=r"gone\.jpg"):
        contest(rules(cases=Cases(never_miss=[], never_fire=[nowhere])), first, second, arena())


def test_the_champions_default_variant_decides_and_every_variant_is_guarded() -> None:
    """INT8 is what some devices run: a gain of FP32 does not pay for its loss."""
    first = contestant("old", observations(PLAIN, "fp32", 1), observations(PLAIN, "int8", 3))
    second = contestant("new", observations(BETTER, "fp32", 2), observations(BLIND, "int8", 4))
    sheet = contest(rules(), first, second, arena("fp32", "int8"))
    assert (sheet.benefit.variant, sheet.benefit.standing) == ("fp32", "BETTER")
    failing = [(one.watch, one.variant) for one in sheet.guardrails if one.verdict != "PASS"]
    assert failing == [("worst-condition", "int8")]


def test_a_variant_that_would_be_gone_keeps_the_champion() -> None:
    """Its devices would have nothing to run."""
    first = contestant("old", observations(PLAIN, "fp32", 1), observations(PLAIN, "int8", 3))
    sheet = contest(rules(), first, contestant("new", observations(BETTER, "fp32", 2)), arena())
    assert watched(sheet, "variants").verdict == "FAIL"


def test_models_without_a_common_variant_cannot_be_compared() -> None:
    """Comparing FP32 with INT8 would compare two things at once."""
    first, second = contestant("old", observations(PLAIN, "fp32")), contestant("new", observations(BETTER, "int8"))
    with pytest.raises(ModelError, match="no variant in common"):
        contest(rules(), first, second, arena())


def test_differences_are_told_by_class_and_by_condition() -> None:
    """Where it got better, and where not, with bounds."""
    sheet = against(BLIND)
    told = {(row.metric, row.label, row.slice): row.gap for row in sheet.rows}
    assert set(told) == {
        (metric, label, name)
        for metric in ("recall", "precision")
        for label, name in (("every", "all"), ("box", "all"), ("every", "lighting=bright"), ("every", "lighting=dusk"))
    }
    bright, dusk = told["recall", "every", "lighting=bright"], told["recall", "every", "lighting=dusk"]
    assert bright.lower is not None
    assert bright.lower > 0
    assert dusk.upper is not None
    assert dusk.upper < 0


def test_the_stored_sheet_gives_the_same_recommendation_again() -> None:
    """Replay from figures."""
    sheet = against(BLIND, slower=1.3)
    assert replay(sheet) == sheet.recommendation


def test_the_same_observations_give_the_same_sheet() -> None:
    """Seeded: two people see the same figures."""
    assert against(BETTER) == against(BETTER)


def test_observations_of_a_frame_that_nobody_knows_are_refused() -> None:
    seen = observations(PLAIN)
    seen.frame[0] = "stranger"
    with pytest.raises(LabelsError, match=r"observations of new: speaks of frames that were not judged, 1 in all"):
        contest(rules(), contestant("old", observations(PLAIN)), contestant("new", seen), arena())
