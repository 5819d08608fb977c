"""The decision itself: what asks, what holds back, what is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from detection.rules.field.retrain import triggers
from detection.rules.field.retrain.decision import Action, Decision, Ground
from detection.rules.field.retrain.evidence import Evidence, Past
from detection.rules.field.retrain.policy import Policy


def decide(evidence: Evidence, policy: Policy, past: Sequence[Past]) -> Decision:
    """Decide what should be done.

    The first that applies: go back from a release that fails on trial; propose retraining (drift, or an objective, or
    staleness) unless a cooldown or the circuit breaker holds it back; investigate; sample; keep.

    Args:
        evidence: what is known.
        policy: what the spec decides.
        past: proposals to retrain that were made before, in any order; later ones than the evidence are passed over.
    """
    return _back(evidence, policy) or _forward(evidence, policy, past)


def _back(evidence: Evidence, policy: Policy) -> Decision | None:
    """Roll back, or say why not although something asks for it."""
    grounds, live = triggers.failing(evidence.live, policy), evidence.live
    if not grounds:
        return None
    hours = (evidence.as_of - live.since).total_seconds() / 3600
    if not (live.previous and live.rollback_authorised):
        missing = "no version was live before" if not live.previous else "going back was not authorised"
        held = Ground("nothing-to-go-back-to", f"{missing}: a person has to act")
    elif hours > policy.rollout_hours:
        held = Ground("rollout-is-over", f"live for {hours:.0f} h, on trial for {policy.rollout_hours:g} h: look for "
                      "what else changed")  # fmt: skip
    else:
        return Decision(Action.ROLL_BACK, tuple(grounds), back_to=live.previous)
    return Decision(Action.INVESTIGATE, tuple(grounds), (held,))


def _forward(evidence: Evidence, policy: Policy, past: Sequence[Past]) -> Decision:
    drift, slo = triggers.drifted(evidence), triggers.breached(evidence)
    asking = [*(drift if policy.drift else []), *(slo if policy.slo_breach else [])]
    asking += triggers.stale(evidence, policy)
    sick, warned = triggers.degraded(evidence), triggers.warned(evidence)
    silenced = [*([] if policy.drift else drift), *([] if policy.slo_breach else slo)]
    broken, cooling = triggers.broken(evidence, policy, past), triggers.cooling(evidence, policy, past)
    if asking and not broken and not cooling:
        return _priced(Decision(Action.PROPOSE, (*asking, *silenced, *sick)), evidence, policy)
    told = (*sick, *silenced, *warned, *triggers.drifted_without_loss(evidence))
    if asking and broken:
        return Decision(Action.INVESTIGATE, (*broken, *told), (*asking, *cooling))
    fresh = _fresh(evidence, past) if asking else []
    held_back = (*(ground for ground in asking if ground not in fresh), *cooling) if asking else ()
    if sick:
        return Decision(Action.INVESTIGATE, told, held_back)
    if warned or silenced or fresh:
        sampled = Decision(Action.SAMPLE, (*fresh, *silenced, *warned), held_back)
        return _priced(sampled, evidence, policy)
    return Decision(Action.KEEP, (*cooling, *told) if asking else told or (_quiet(evidence),), held_back)


def _fresh(evidence: Evidence, past: Sequence[Past]) -> list[Ground]:
    """Drift that opened after the last proposal: its frames are not among those that were asked for then."""
    last = max((one.at for one in past if one.at <= evidence.as_of), default=None)
    newer = {d.incident for d in evidence.drifts if last is not None and d.opened_at > last}
    return [ground for ground in triggers.drifted(evidence) if newer & set(ground.incidents)]


def _priced(decision: Decision, evidence: Evidence, policy: Policy) -> Decision:
    """With the cameras to look at, the labels that are missing, and what they cost of a person's time."""
    named = {one for ground in decision.grounds for one in ground.incidents}
    cameras = tuple(sorted({d.camera for d in triggers.sound_drifts(evidence) if d.incident in named}))
    if decision.action is Action.PROPOSE:
        wanted = max(0, policy.labels_wanted - evidence.labels_at_hand)
    else:
        wanted = max((one.minimum - one.labelled for one in evidence.services), default=policy.labels_wanted)
        wanted = min(policy.labels_wanted, max(0, wanted))
    hours = round(wanted * policy.seconds_per_label / 3600, 2)
    return replace(decision, cameras=cameras, labels_wanted=wanted, label_hours=hours)


def _quiet(evidence: Evidence) -> Ground:
    unsaid = sorted(one.objective for one in evidence.services if one.standing == "not-enough")
    if unsaid:
        return Ground("slo-not-enough", f"no incident is open; not enough labels to say of {', '.join(unsaid)}")
    return Ground("quiet", "no incident is open, no objective is breached, the release is not stale")
