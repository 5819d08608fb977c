"""Evidence and policies for tests of decisions: a quiet field, and what may disturb it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from detection.rules.field.retrain.evidence import Degraded, Drift, Evidence, Labels, Live, Service, Severity
from detection.rules.field.retrain.policy import Policy

NOW = datetime(2026, 9, 1, 6, tzinfo=UTC)

POLICY = Policy(
    drift=True,
    slo_breach=True,
    staleness_days=180,
    cooldown_days=14,
    breaker_proposals=3,
    breaker_days=90,
    labels_wanted=200,
    seconds_per_label=30.0,
    rollout_hours=144.0,
    rollback_error_rate=0.01,
    rollback_p95_ms=120.0,
    rollback_confidence=0.95,
    minimum_frames=60,
)


def live(days: float = 100.0, **changes: object) -> Live:
    """A release that has been live for so many days and does well."""
    since = NOW - timedelta(days=days)
    return replace(Live("a" * 64, since, "b" * 64, True, 100_000, 3, 40.0), **changes)  # type: ignore[arg-type]


def drift(
    camera: str = "cam-01", severity: Severity = "alarm", labels: Labels = "not-enough", days: float = 1
) -> Drift:
    """An open incident, so many days old."""
    return Drift(f"incident-{camera}", camera, severity, NOW - timedelta(days=days), ("brightness",), labels)


def service(standing: str = "met", value: float | None = 0.9, labelled: int = 150) -> Service:
    """The objective of precision."""
    return Service("precision", standing, value, 0.79, labelled, 100)  # type: ignore[arg-type]


def covered(camera: str = "cam-01") -> Degraded:
    """A camera with something before its lens."""
    return Degraded(f"health-{camera}", camera, "covered")


QUIET = Evidence(as_of=NOW, live=live(), services=(service(),))
