"""What the specification says of the field: monitoring, rollout, retraining."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from detection.rules.document import Document, Identifier
from detection.rules.spec.edges import SignalEdges
from detection.rules.spec.units import Count, OpenShare, Positive, PositiveCount, Share


class Monitoring(Document):
    """When the field is no longer the world that was validated."""

    edges: SignalEdges
    psi_warning: Positive
    """Severity by the size of the change; a bound is never below what chance explains."""
    psi_alarm: Positive
    minimum_frames: PositiveCount
    """Frames of a window below which the answer is 'too few'."""
    minimum_detections: PositiveCount
    """The same for the signals that have a sample for each detection."""
    windows: Annotated[list[Duration], Field(min_length=1, max_length=8)]
    """Shortest first, each a multiple of the one before it."""
    context_hours: Annotated[int, Field(ge=0, le=12)]
    """A window is compared with its camera's own hours of the day, so many to either side, where there are enough."""
    chance: Chance
    objectives: list[Objective]
    trust: Trust


class Chance(Document):
    """How sure the monitor is before it calls somebody."""

    band: OpenShare
    """Part of unchanged windows that stay inside the band of a camera's scenes."""
    false_alarms: OpenShare
    """Of a camera in a month without change: what the bands of accepted telemetry are made for."""
    joint_breach: Annotated[float, Field(ge=1)]
    """How many times its band the distance of all signals at once must reach for a breach, as PSI has its alarm."""
    witnesses: Witnesses
    proof: OpenShare
    """Of the one-sided bound below which labels prove that accuracy has fallen."""
    degraded_share: OpenShare
    """Part of its newest hour's frames with a fault from which a camera is in need of mending."""


class Witnesses(Document):
    """Signals or lengths of window in alarm at once before somebody is called, by what the camera is compared with."""

    own: PositiveCount
    """Its scenes in the bundle."""
    learnt: PositiveCount
    """Accepted telemetry: one alone is more often an hour that the accepted days did not happen to hold."""


class Duration(Document):
    """A window over which the field is summed, and how long a breach must last in it."""

    name: Identifier
    length_s: Positive
    breaches: PositiveCount
    """Windows above the bound, of the last ``of``, before an incident opens."""
    of: PositiveCount
    clear_after: PositiveCount
    """Quiet windows in a row before it closes."""


class Objective(Document):
    """A service level: a figure from labels that came back, over a rolling window of days."""

    name: Identifier
    metric: Literal["precision", "recall"]
    label: Identifier
    """A class id, or ``every``."""
    at_least: OpenShare
    window_days: PositiveCount
    minimum: PositiveCount
    """Labelled detections or objects in the window below which the answer is 'not enough data'."""
    breaches: PositiveCount
    """Days in a row below the floor before it is breached."""


class Trust(Document):
    """Weights of the trust score's parts; they need not sum to 1."""

    accuracy: Share
    drift: Share
    domain: Share
    camera: Share


class RolloutStage(Document):
    """One step of a rollout."""

    share: Annotated[float, Field(gt=0, le=1)]
    hours: Positive


class Rollout(Document):
    """How a release reaches the fleet, and what calls it back."""

    stages: list[RolloutStage]
    rollback_error_rate: Share
    rollback_p95_ms: Positive
    rollback_confidence: OpenShare
    """One-sided, that the error rate is above its limit: going back for three unlucky frames would be a fault too."""


class CircuitBreaker(Document):
    """Proposals that did not help stop further ones until a person looks."""

    proposals: PositiveCount
    days: PositiveCount


class Retraining(Document):
    """When a challenger is proposed."""

    drift: bool
    slo_breach: bool
    staleness_days: PositiveCount
    cooldown_days: Count
    circuit_breaker: CircuitBreaker
    labels_wanted: PositiveCount
    """Frames to be labelled for a challenger."""
    seconds_per_label: Positive
    """Of a person's time, for the expected cost."""
