"""What asks for something to be done: each function looks at one thing and gives its reasons, or none."""

from __future__ import annotations

from collections.abc import Sequence

from scipy.stats import beta

from detection.rules.field.retrain.decision import Ground
from detection.rules.field.retrain.evidence import Drift, Evidence, Live, Past, days
from detection.rules.field.retrain.policy import Policy


def failing(live: Live, policy: Policy) -> list[Ground]:
    """Why the live release should not go on: errors or time beyond the rollout's limits."""
    if live.frames < policy.minimum_frames:
        return []
    found = []
    sure = surely_above(live.failed, live.frames, policy.rollback_confidence)
    if sure > policy.rollback_error_rate:
        found.append(
            Ground("error-rate", f"{live.failed} of {live.frames} frames without a sound answer: surely more than "
                   f"{sure:.2%} (limit {policy.rollback_error_rate:.2%})")
        )  # fmt: skip
    if live.p95_ms is not None and live.p95_ms > policy.rollback_p95_ms:
        found.append(Ground("latency", f"p95 {live.p95_ms:.1f} ms (limit {policy.rollback_p95_ms:g} ms)"))
    return found


def sound_drifts(evidence: Evidence) -> tuple[Drift, ...]:
    """Drift of cameras that are healthy: what a degraded camera shows says nothing about the world."""
    sick = {one.camera for one in evidence.degraded}
    return tuple(sorted((d for d in evidence.drifts if d.camera not in sick), key=lambda d: (d.camera, d.incident)))


def drifted(evidence: Evidence) -> list[Ground]:
    """Drift that asks for retraining: an alarm that no labels contradict, or a loss that labels prove."""
    grounds = []
    for drift in sound_drifts(evidence):
        if drift.labels == "worse":
            grounds.append(_drift_ground(drift, "and labels prove a loss: the concept moved"))
        elif drift.severity == "alarm" and drift.labels == "not-enough":
            grounds.append(_drift_ground(drift, "and too few labels came back to say what it costs"))
    return grounds


def drifted_without_loss(evidence: Evidence) -> list[Ground]:
    """Drift of which the labels that came back say that accuracy holds."""
    return [
        Ground("drift-without-loss", f"{_moved(drift)}, but the labels since then say that accuracy holds",
               (drift.incident,))
        for drift in sound_drifts(evidence) if drift.labels == "hold"
    ]  # fmt: skip


def warned(evidence: Evidence) -> list[Ground]:
    """Drift that is a warning yet, and of which labels would tell more."""
    return [
        Ground("drift-warning", f"{_moved(drift)}: labels would tell whether it costs accuracy", (drift.incident,))
        for drift in sound_drifts(evidence) if drift.severity == "warning" and drift.labels == "not-enough"
    ]  # fmt: skip


def breached(evidence: Evidence) -> list[Ground]:
    """Objectives that are breached."""
    return [
        Ground("slo", f"objective {one.objective}: {_figure(one.value)} on {one.labelled} labelled "
               f"(needs {one.at_least:g})")
        for one in sorted(evidence.services, key=lambda s: s.objective) if one.standing == "breached"
    ]  # fmt: skip


def stale(evidence: Evidence, policy: Policy) -> list[Ground]:
    """The live release is old."""
    age = days(evidence.as_of, evidence.live.since)
    if age < policy.staleness_days:
        return []
    return [Ground("staleness", f"live for {age:.0f} days (limit {policy.staleness_days})")]


def degraded(evidence: Evidence) -> list[Ground]:
    """Cameras that somebody has to mend."""
    return [
        Ground("degraded-camera", f"camera {one.camera} is {one.fault}: mend it; its numbers do not count until then",
               (one.incident,))
        for one in sorted(evidence.degraded, key=lambda d: (d.camera, d.incident))
    ]  # fmt: skip


def cooling(evidence: Evidence, policy: Policy, past: Sequence[Past]) -> list[Ground]:
    """A proposal was made only lately."""
    recent = [one for one in past if 0 <= days(evidence.as_of, one.at) < policy.cooldown_days]
    if not recent:
        return []
    last = max(recent, key=lambda one: one.at)
    ago = days(evidence.as_of, last.at)
    return [Ground("cooldown", f"proposal {last.decision} is {ago:.1f} days old (cooldown {policy.cooldown_days})")]


def broken(evidence: Evidence, policy: Policy, past: Sequence[Past]) -> list[Ground]:
    """So many proposals within so little time that another would not help: the circuit stays open until a person looks.

    Time alone does not close it: proposals that nobody acted upon would begin again by themselves.
    """
    since = evidence.looked_at
    made = sorted(one.at for one in past if one.at <= evidence.as_of and (since is None or one.at > since))
    spans = [days(last, first) for first, last in zip(made, made[policy.breaker_proposals - 1 :], strict=False)]
    if not any(span <= policy.breaker_days for span in spans):
        return []
    return [
        Ground("circuit-breaker", f"{policy.breaker_proposals} proposals within {policy.breaker_days} days did not end "
               "it: a person should look, then say so with `detection policy --looked`")
    ]  # fmt: skip


def surely_above(failed: int, frames: int, confidence: float) -> float:
    """Lower one-sided confidence bound of a share (Clopper and Pearson)."""
    return float(beta.ppf(1 - confidence, failed, frames - failed + 1)) if failed else 0.0


def _moved(drift: Drift) -> str:
    signals = ", ".join(drift.signals) or "its frames"
    return f"camera {drift.camera}: {signals} moved ({drift.severity} since {drift.opened_at:%Y-%m-%d %H:%M} UTC)"


def _drift_ground(drift: Drift, told: str) -> Ground:
    return Ground("drift", f"{_moved(drift)}, {told}", (drift.incident,))


def _figure(value: float | None) -> str:
    return "no figure" if value is None else f"{value:.3f}"
