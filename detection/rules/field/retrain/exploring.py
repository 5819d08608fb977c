"""What a policy would do: a world said in a few words, and the year that follows if nothing else changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from detection.rules.field.retrain.deciding import decide
from detection.rules.field.retrain.decision import Action, Decision
from detection.rules.field.retrain.evidence import Degraded, Drift, Evidence, Labels, Live, Past, Service, Standing
from detection.rules.field.retrain.policy import Policy

DAYS = 365
"""Of the year that is played."""
NOW = datetime(2026, 1, 1, tzinfo=UTC)
"""Any moment: only differences of time count."""


@dataclass(frozen=True, slots=True)
class Situation:
    """A world in the words of whoever explores.

    Attributes:
        drift: the worst open incident of drift.
        labels: what labels say of its camera.
        objective: the worst of the objectives.
        age_days: of the live release.
        at_hand: frames labelled since it was trained.
        covered: the drifting camera is covered.
        failed_share: of the live release's frames, part without a sound answer.
        since_proposal_days: since the last proposal; None if there was none.
    """

    drift: Literal["none", "warning", "alarm"] = "none"
    labels: Labels = "not-enough"
    objective: Standing = "met"
    age_days: int = 30
    at_hand: int = 0
    covered: bool = False
    failed_share: float = 0.0
    since_proposal_days: int | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the year that follows."""

    day: int
    decision: Decision


def evidence_of(situation: Situation) -> Evidence:
    """The evidence that such a world gives."""
    opened, frames = NOW - timedelta(days=1), 100_000
    drifts: tuple[Drift, ...] = ()
    if situation.drift != "none":
        drifts = (Drift("explored", "cam-01", situation.drift, opened, ("brightness",), situation.labels),)
    value = {"met": 0.9, "below": 0.7, "breached": 0.7, "not-enough": None}[situation.objective]
    labelled = 10 if situation.objective == "not-enough" else 150
    since = NOW - timedelta(days=situation.age_days)
    return Evidence(
        as_of=NOW,
        live=Live("a" * 64, since, "b" * 64, True, frames, round(frames * situation.failed_share), None),
        drifts=drifts,
        degraded=(Degraded("explored-health", "cam-01", "covered"),) if situation.covered else (),
        services=(Service("precision", situation.objective, value, 0.79, labelled, 100),),
        labels_at_hand=situation.at_hand,
    )


def past_of(situation: Situation) -> tuple[Past, ...]:
    """The proposals that were made before."""
    ago = situation.since_proposal_days
    return () if ago is None else (Past("an earlier one", NOW - timedelta(days=ago)),)


def year(evidence: Evidence, policy: Policy, past: Sequence[Past], days: int = DAYS) -> tuple[Day, ...]:
    """Decide every day while the world stays as it is and nobody acts on what is proposed."""
    made, played = list(past), []
    for number in range(days):
        later = replace(evidence, as_of=evidence.as_of + timedelta(days=number))
        decision = decide(later, policy, made)
        if decision.action is Action.PROPOSE:
            made.append(Past(f"day {number}", later.as_of))
        played.append(Day(number, decision))
    return tuple(played)


def stretches(days: Sequence[Day]) -> tuple[tuple[Day, int], ...]:
    """Days in a row with the same action and causes: the first of each, and how many."""
    found: list[tuple[Day, int]] = []
    for one in days:
        if found and _kind(found[-1][0]) == _kind(one):
            found[-1] = (found[-1][0], found[-1][1] + 1)
        else:
            found.append((one, 1))
    return tuple(found)


def _kind(day: Day) -> tuple[Action, frozenset[str]]:
    return day.decision.action, frozenset(ground.cause for ground in day.decision.grounds)
