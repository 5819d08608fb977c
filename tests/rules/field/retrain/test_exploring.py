"""A year under a policy, while nobody acts: what whoever sets the numbers should see."""

from __future__ import annotations

from dataclasses import replace

from detection.rules.field.retrain.decision import Action
from detection.rules.field.retrain.exploring import Situation, evidence_of, past_of, stretches, year
from tests.examples_decisions import POLICY


def actions(situation: Situation, days: int = 365) -> list[Action]:
    played = year(evidence_of(situation), POLICY, past_of(situation), days)
    return [one.decision.action for one in played]


def test_a_quiet_year_is_kept_until_the_release_is_stale() -> None:
    found = actions(Situation(age_days=30))
    assert set(found[:150]) == {Action.KEEP}
    assert found[150] is Action.PROPOSE


def test_an_alarm_that_nobody_answers_ends_with_a_person() -> None:
    """Three proposals a fortnight apart, then the circuit stays open."""
    found = actions(Situation(drift="alarm"))
    assert [day for day, action in enumerate(found) if action is Action.PROPOSE] == [0, 14, 28]
    assert set(found[29:]) == {Action.INVESTIGATE}


def test_the_last_proposal_counts() -> None:
    assert actions(Situation(drift="alarm", since_proposal_days=4), 11)[-1] is Action.PROPOSE


def test_stretches_cover_every_day_once() -> None:
    played = year(evidence_of(Situation(drift="alarm")), replace(POLICY, cooldown_days=5), ())
    found = stretches(played)
    assert sum(length for _, length in found) == len(played) == 365
    assert [first.day for first, _ in found][:3] == [0, 1, 5]
