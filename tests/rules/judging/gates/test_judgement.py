"""The whole verdict: which lines there are, what holds it back, and what all lines together risk."""

from __future__ import annotations

import pytest

from detection.errors import DocumentError
from detection.rules.judging.gates.judgement import judge
from tests.examples_gates import EFFORT, acceptance, criterion, evidence, groups, trial

GOOD = groups(8, 30, 29)
MISS = {"frame": "golden-g0-dusk-0.jpg", "label": "tube", "box": [0, 0, 20, 20], "iou": 0.5, "why": "a person's foot"}
FIRE = {"frame": "golden-g0-dusk-0.jpg", "label": "every", "region": None, "why": "an empty belt"}


def test_every_variant_is_judged_alone() -> None:
    seen = evidence([*GOOD, *groups(8, 30, 10, variant="int8")])
    verdict = judge(acceptance(criterion()), trial(seen, "PASS", "fp32", "int8"), EFFORT)
    criteria = [line for line in verdict.lines if line.kind == "criterion"]
    assert [(one.variant, one.verdict) for one in criteria] == [("fp32", "PASS"), ("int8", "FAIL")]
    assert verdict.verdict == "FAIL"
    assert verdict.model_digests == {"fp32": "ab", "int8": "ab"}


def test_a_variant_that_was_not_judged_has_proven_nothing() -> None:
    assert judge(acceptance(criterion(variant="int4")), trial(evidence(GOOD)), EFFORT).verdict == "NOT PROVEN"


def test_a_red_certificate_fails_whatever_the_scores_say() -> None:
    assert judge(acceptance(criterion()), trial(evidence(GOOD), "FAIL"), EFFORT).verdict == "FAIL"


def test_the_same_evidence_gives_the_same_verdict_to_the_last_digit() -> None:
    asked = acceptance(criterion(), criterion(at_least=0.95))
    assert judge(asked, trial(evidence(GOOD)), EFFORT) == judge(asked, trial(evidence(GOOD)), EFFORT)


def test_the_family_states_what_one_line_and_what_some_line_risks() -> None:
    """A release needs every line, so its own risk is the largest of one line's, not their sum."""
    verdict = judge(acceptance(criterion(), criterion(at_least=0.8)), trial(evidence(GOOD)), EFFORT)
    rates = [line.false_pass for line in verdict.lines if line.false_pass is not None]
    assert verdict.family.lines == 2
    assert verdict.family.any_false_pass == pytest.approx(sum(rates))
    assert f"misses any one demand passes at most {100 * max(rates):.1f} times in 100" in verdict.family.sentence


def test_holm_asks_more_of_each_line_than_none_does() -> None:
    asked = [criterion(at_least=b) for b in (0.7, 0.8, 0.88)]
    alone = judge(acceptance(*asked), trial(evidence(GOOD)), EFFORT)
    holm = judge(acceptance(*asked, correction="holm"), trial(evidence(GOOD)), EFFORT)
    assert holm.family.any_false_pass <= min(alone.family.any_false_pass, 0.05)
    assert holm.lines[0].confidence == pytest.approx(1 - 0.05 / 3)
    assert all(a.lower > h.lower for a, h in zip(alone.lines[:2], holm.lines[:2], strict=True) if a.lower and h.lower)


def test_holm_closes_proven_lines_and_leaves_their_error_to_the_rest() -> None:
    """The last line still open has the whole error to itself."""
    hopeless = criterion(at_least=0.999)
    verdict = judge(acceptance(criterion(), hopeless, correction="holm"), trial(evidence(GOOD)), EFFORT)
    assert [line.confidence for line in verdict.lines[:2]] == pytest.approx([0.975, 0.95])


@pytest.mark.parametrize("right", [0, 10])
def test_an_object_that_must_never_be_missed_fails_the_verdict_when_it_is(right: int) -> None:
    """One violation of one frame, whatever the shares prove."""
    seen = evidence([*GOOD, *groups(1, right, right, kind="detection")])
    asked = acceptance(criterion(), cases={"never_miss": [MISS], "never_fire": []})
    verdict = judge(asked, trial(seen), EFFORT)
    case = next(line for line in verdict.lines if line.kind == "case")
    assert (case.verdict, verdict.verdict) == (("PASS", "PASS") if right else ("FAIL", "FAIL"))
    assert "a person's foot" in case.sentence


def test_a_detection_below_the_cut_neither_finds_nor_fires() -> None:
    below = [type(GOOD[0])(10, 10, kind="detection", kept=False)]
    asked = acceptance(criterion(), cases={"never_miss": [MISS], "never_fire": [FIRE]})
    verdict = judge(asked, trial(evidence([*GOOD, *below])), EFFORT)
    assert [line.verdict for line in verdict.lines if line.kind == "case"] == ["FAIL", "PASS"]


@pytest.mark.parametrize(
    ("changes", "silent"),
    [
        pytest.param({}, False, id="anywhere"),
        pytest.param({"label": "box"}, True, id="another class"),
        pytest.param({"region": [30, 0, 39, 20]}, True, id="beside every centre"),
        pytest.param({"region": [45, 0, 60, 20]}, False, id="round a centre"),
    ],
)
def test_nothing_may_fire_where_the_spec_forbids_it(changes: dict[str, object], silent: bool) -> None:
    seen = evidence([*GOOD, *groups(1, 3, 3, kind="detection")])
    verdict = judge(
        acceptance(criterion(), cases={"never_miss": [], "never_fire": [FIRE | changes]}), trial(seen), EFFORT
    )
    assert [line.verdict for line in verdict.lines if line.kind == "case"] == ["PASS" if silent else "FAIL"]


def test_a_case_whose_frame_no_set_judges_is_a_fault_and_not_a_pass() -> None:
    cases = {"never_miss": [MISS | {"frame": "gone.jpg"}], "never_fire": [FIRE | {"frame": "train-g0-dusk-0.jpg"}]}
    with pytest.raises(DocumentError, match=r"gone\.jpg") as raised:
        judge(acceptance(criterion(), cases=cases), trial(evidence([*GOOD, *groups(1, 5, 5, set="train")])), EFFORT)
    assert len(raised.value.faults) == 2
