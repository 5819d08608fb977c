"""What the specification says of the field: monitoring, rollout, retraining, governance."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from detection.rules.document import Document
from detection.rules.spec.units import Count, Positive, PositiveCount, Share


class Monitoring(Document):
    """When the field is no longer the world that was validated."""

    score_edges: Annotated[list[float], Field(min_length=1)]
    """Inner bin edges, ascending; the outer bins are open, bins are (lower, upper]."""
    brightness_edges: Annotated[list[float], Field(min_length=1)]
    """Inner bin edges of a frame's mean grey, 0 to 255."""
    psi_warning: Positive
    psi_alarm: Positive
    minimum_frames: PositiveCount
    """Frames of a camera below which the answer is 'too few'."""
    minimum_detections: PositiveCount
    window_s: Positive
    breaches_to_alarm: PositiveCount
    """Windows in a row above the bound before an alarm."""


class RolloutStage(Document):
    """One step of a rollout."""

    share: Annotated[float, Field(gt=0, le=1)]
    hours: Positive


class Rollout(Document):
    """How a release reaches the fleet, and what calls it back."""

    stages: list[RolloutStage]
    rollback_error_rate: Share
    rollback_p95_ms: Positive


class Retraining(Document):
    """When a challenger is proposed."""

    drift: bool
    slo_breach: bool
    staleness_days: PositiveCount
    cooldown_days: Count


class Governance(Document):
    """Who answers for what."""

    risk_tier: Literal["low", "medium", "high"]
    owner: str
    approvals: Count
    approver_roles: list[str]
