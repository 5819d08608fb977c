"""What is done about what the field shows: each action where it belongs, and nothing twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detection.rules.field.retrain.deciding import decide
from detection.rules.field.retrain.decision import Action, Decision
from detection.rules.field.retrain.evidence import Drift, Evidence, Past
from tests.examples_decisions import NOW, POLICY, QUIET, covered, drift, live, service


def causes(decision: Decision) -> list[str]:
    return [ground.cause for ground in decision.grounds]


def past(*days: float) -> tuple[Past, ...]:
    return tuple(Past(f"decision-{age}", NOW - timedelta(days=age)) for age in days)


def test_a_quiet_field_is_kept_with_a_reason() -> None:
    decision = decide(QUIET, POLICY, ())
    assert decision.action is Action.KEEP
    assert causes(decision) == ["quiet"]


def test_too_few_labels_are_said_and_are_no_fault() -> None:
    decision = decide(replace(QUIET, services=(service("not-enough", None, 3),)), POLICY, ())
    assert decision.action is Action.KEEP
    assert causes(decision) == ["slo-not-enough"]


@pytest.mark.parametrize(
    ("evidence", "cause"),
    [
        pytest.param(replace(QUIET, drifts=(drift(),)), "drift", id="an alarm of drift"),
        pytest.param(replace(QUIET, drifts=(drift(severity="warning", labels="worse"),)), "drift", id="a proven loss"),
        pytest.param(replace(QUIET, services=(service("breached", 0.7),)), "slo", id="an objective"),
        pytest.param(replace(QUIET, live=live(days=181)), "staleness", id="age"),
    ],
)
def test_each_of_the_three_triggers_proposes_retraining(evidence: Evidence, cause: str) -> None:
    decision = decide(evidence, POLICY, ())
    assert decision.action is Action.PROPOSE
    assert causes(decision) == [cause]


def test_a_proposal_says_whose_frames_how_many_labels_and_what_they_cost() -> None:
    """200 are wanted, 80 are there: 120 at 30 s each are one hour."""
    decision = decide(replace(QUIET, drifts=(drift("cam-02"), drift("cam-01")), labels_at_hand=80), POLICY, ())
    assert decision.cameras == ("cam-01", "cam-02")
    assert decision.labels_wanted == 120
    assert decision.label_hours == 1.0
    assert decision.incidents == ("incident-cam-01", "incident-cam-02")


def test_drift_that_costs_nothing_is_kept() -> None:
    """Data drift alone proves no loss: labels that say accuracy holds are worth more than an alarm."""
    decision = decide(replace(QUIET, drifts=(drift(labels="hold"),)), POLICY, ())
    assert decision.action is Action.KEEP
    assert causes(decision) == ["drift-without-loss"]


def test_a_warning_asks_for_labels_only() -> None:
    decision = decide(replace(QUIET, drifts=(drift(severity="warning"),)), POLICY, ())
    assert decision.action is Action.SAMPLE
    assert decision.cameras == ("cam-01",)


def test_below_its_floor_is_not_yet_breached() -> None:
    assert decide(replace(QUIET, services=(service("below", 0.7),)), POLICY, ()).action is Action.KEEP


def test_a_degraded_camera_is_a_matter_for_a_screwdriver() -> None:
    """What a covered camera shows must not become training data, nor call for any."""
    decision = decide(replace(QUIET, drifts=(drift(),), degraded=(covered(),)), POLICY, ())
    assert decision.action is Action.INVESTIGATE
    assert causes(decision) == ["degraded-camera"]


def test_a_degraded_camera_hides_no_drift_of_another() -> None:
    decision = decide(replace(QUIET, drifts=(drift("cam-02"),), degraded=(covered("cam-01"),)), POLICY, ())
    assert decision.action is Action.PROPOSE
    assert causes(decision) == ["drift", "degraded-camera"]
    assert decision.cameras == ("cam-02",)


def test_a_trigger_that_the_spec_switched_off_still_samples() -> None:
    decision = decide(replace(QUIET, drifts=(drift(),)), replace(POLICY, drift=False), ())
    assert decision.action is Action.SAMPLE


def test_within_the_cooldown_nothing_is_proposed_again() -> None:
    decision = decide(replace(QUIET, drifts=(drift(days=9),)), POLICY, past(5))
    assert decision.action is Action.KEEP
    assert causes(decision) == ["cooldown"]
    assert [ground.cause for ground in decision.held_back] == ["drift", "cooldown"]


def test_what_drifts_after_a_proposal_is_sampled_meanwhile() -> None:
    decision = decide(replace(QUIET, drifts=(drift(days=1),)), POLICY, past(5))
    assert decision.action is Action.SAMPLE
    assert decision.cameras == ("cam-01",)


def test_the_cooldown_ends_on_the_day() -> None:
    evidence = replace(QUIET, drifts=(drift(),))
    assert decide(evidence, POLICY, past(13.99)).action is not Action.PROPOSE
    assert decide(evidence, POLICY, past(14)).action is Action.PROPOSE


def test_three_proposals_open_the_circuit_until_a_person_looks() -> None:
    evidence, made = replace(QUIET, drifts=(drift(),)), past(80, 50, 20)
    opened = decide(evidence, POLICY, made)
    assert opened.action is Action.INVESTIGATE
    assert causes(opened) == ["circuit-breaker"]
    assert decide(evidence, POLICY, past(120, 60, 20)).action is Action.PROPOSE
    assert decide(replace(evidence, looked_at=NOW - timedelta(days=1)), POLICY, made).action is Action.PROPOSE


def test_time_alone_does_not_close_the_circuit() -> None:
    """Otherwise proposals that nobody acts upon begin again every season."""
    assert causes(decide(replace(QUIET, drifts=(drift(),)), POLICY, past(380, 350, 320))) == ["circuit-breaker"]


def test_proposals_later_than_the_evidence_play_no_part() -> None:
    """Old telemetry that is replayed gets the answer of its own time."""
    assert decide(replace(QUIET, drifts=(drift(),)), POLICY, past(-1, -2, -3)).action is Action.PROPOSE


def test_a_failing_release_goes_back_while_it_is_on_trial() -> None:
    decision = decide(replace(QUIET, live=live(days=2, frames=10_000, failed=300)), POLICY, ())
    assert decision.action is Action.ROLL_BACK
    assert decision.back_to == "b" * 64


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        pytest.param({"previous": ""}, "nothing-to-go-back-to", id="first release"),
        pytest.param({"rollback_authorised": False}, "nothing-to-go-back-to", id="not authorised"),
    ],
)
def test_nobody_goes_back_to_nothing_or_without_authority(changes: dict[str, object], cause: str) -> None:
    decision = decide(replace(QUIET, live=live(days=2, p95_ms=500.0, **changes)), POLICY, ())
    assert decision.action is Action.INVESTIGATE
    assert [ground.cause for ground in decision.held_back] == [cause]
    assert decision.back_to == ""


def test_a_release_that_has_proven_itself_is_not_the_cause() -> None:
    decision = decide(replace(QUIET, live=live(days=100, frames=10_000, failed=300)), POLICY, ())
    assert decision.action is Action.INVESTIGATE
    assert [ground.cause for ground in decision.held_back] == ["rollout-is-over"]


def test_a_few_unlucky_frames_are_no_error_rate() -> None:
    """2 of 100 is twice the limit, and chance; 200 of 10,000 is not."""
    few, many = live(days=2, frames=100, failed=2), live(days=2, frames=10_000, failed=200)
    assert decide(replace(QUIET, live=few), POLICY, ()).action is Action.KEEP
    assert decide(replace(QUIET, live=many), POLICY, ()).action is Action.ROLL_BACK


drifts = st.builds(
    drift,
    camera=st.sampled_from(["cam-01", "cam-02", "cam-03"]),
    severity=st.sampled_from(["warning", "alarm"]),
    labels=st.sampled_from(["not-enough", "hold", "worse"]),
    days=st.floats(0, 30),
)


@given(
    found=st.lists(drifts, max_size=4),
    sick=st.lists(st.sampled_from(["cam-01", "cam-02"]), max_size=2, unique=True),
    standing=st.sampled_from(["met", "below", "breached", "not-enough"]),
    made=st.lists(st.floats(0, 120), max_size=5),
)
def test_every_decision_says_why_and_no_proposal_comes_through_the_brakes(
    found: list[Drift], sick: list[str], standing: str, made: list[float]
) -> None:
    evidence = replace(
        QUIET, drifts=tuple(found), degraded=tuple(map(covered, sick)), services=(service(standing, 0.7),)
    )
    decision = decide(evidence, POLICY, past(*made))
    assert decision.grounds
    assert set(decision.cameras).isdisjoint(sick)
    if decision.action is Action.PROPOSE:
        assert all(age >= 14 for age in made)
        ages = sorted(made)
        assert all(older - newer > 90 for newer, older in zip(ages, ages[2:], strict=False))
    assert decide(replace(evidence, drifts=tuple(reversed(found))), POLICY, past(*made)).action is decision.action
