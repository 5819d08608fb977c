"""The spec's numbers that a decision is taken by, as one value that is stored with the decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from pydantic import ConfigDict

from detection.rules.field.retrain.evidence import STRICT
from detection.rules.spec.spec import Spec


@dataclass(frozen=True, slots=True)
class Policy:
    """When something is done about the field; the sections ``retraining`` and ``rollout`` of the spec say what each is.

    Attributes:
        drift: whether an alarm of drift triggers retraining.
        slo_breach: whether an objective that is breached does.
        staleness_days: age of the live release at which it is stale.
        cooldown_days: without another proposal after one.
        breaker_proposals: so many proposals ...
        breaker_days: ... within so many days stop further ones until a person looks.
        labels_wanted: frames that a challenger needs.
        seconds_per_label: of a person's time for a frame.
        rollout_hours: after which a release is no longer on trial.
        rollback_error_rate: frames without a sound answer, part of all.
        rollback_p95_ms: of a frame's whole way.
        rollback_confidence: one-sided, that the error rate is above its limit.
        minimum_frames: below which neither errors nor time are looked at.
    """

    drift: bool
    slo_breach: bool
    staleness_days: int
    cooldown_days: int
    breaker_proposals: int
    breaker_days: int
    labels_wanted: int
    seconds_per_label: float
    rollout_hours: float
    rollback_error_rate: float
    rollback_p95_ms: float
    rollback_confidence: float
    minimum_frames: int

    __pydantic_config__: ClassVar[ConfigDict] = STRICT


def policy_of(spec: Spec) -> Policy:
    """The policy that a specification states."""
    retraining, rollout = spec.retraining, spec.rollout
    return Policy(
        drift=retraining.drift,
        slo_breach=retraining.slo_breach,
        staleness_days=retraining.staleness_days,
        cooldown_days=retraining.cooldown_days,
        breaker_proposals=retraining.circuit_breaker.proposals,
        breaker_days=retraining.circuit_breaker.days,
        labels_wanted=retraining.labels_wanted,
        seconds_per_label=retraining.seconds_per_label,
        rollout_hours=sum(stage.hours for stage in rollout.stages),
        rollback_error_rate=rollout.rollback_error_rate,
        rollback_p95_ms=rollout.rollback_p95_ms,
        rollback_confidence=rollout.rollback_confidence,
        minimum_frames=spec.monitoring.minimum_frames,
    )
