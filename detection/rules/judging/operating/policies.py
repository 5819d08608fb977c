"""The cut that the spec's policy asks for, of one class, from what every cut would give."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detection.rules.judging.matching import Reals
from detection.rules.judging.operating.cuts import UNDECIDED, Curve, Evidence, Outcome, curve
from detection.rules.judging.operating.risk import control, groups_needed
from detection.rules.spec.judging import BestF1, Cost, Floor, Margin, Policy, RiskBound

NOTHING_RIGHT = "nothing right was found, so nothing was learnt of where to cut"


@dataclass(frozen=True, slots=True)
class Choice:
    """A cut, and how far it is what was asked for.

    Attributes:
        cut: calibrated score, float32 in its shortest spelling: what ships.
        warning: why the policy could not be followed; ``""`` if it was.
        bound: on the policy's risk; None for other policies.
    """

    cut: float
    warning: str
    bound: float | None = None


def choose(policy: Policy, evidence: Evidence, candidates: Reals) -> Choice:
    """Follow the policy, or come as near as possible and say so.

    Args:
        policy: of the spec.
        evidence: of the class, on frames that never judge.
        candidates: ``(k,)`` ascending cuts that were fixed before the frames were seen: a risk bound needs such.
    """
    if isinstance(policy, RiskBound):
        return _within_risk(policy, evidence, candidates)
    possible = curve(evidence.score, evidence.correct, len(evidence.truth_group))
    if not possible.right.size or possible.right.max() <= 0:
        return Choice(UNDECIDED, NOTHING_RIGHT)
    if isinstance(policy, BestF1):
        return Choice(shipped(possible.cut(int(possible.f1.argmax()))), "")
    if isinstance(policy, Margin):
        return _furthest(policy, possible)
    return _cheapest(policy, possible) if isinstance(policy, Cost) else _above(policy, possible)


def cost(policy: Policy, outcome: Outcome) -> float | None:
    """What the false and missed detections of an outcome cost together; None where the policy has no costs."""
    if not isinstance(policy, Cost):
        return None
    return policy.false_detection * outcome.false + policy.missed_object * outcome.missed


def words(policy: Policy) -> str:
    """The policy as a reader is told it."""
    if isinstance(policy, BestF1):
        return "best F1"
    if isinstance(policy, Cost):
        return f"least cost: {policy.false_detection:g} a false detection, {policy.missed_object:g} a missed object"
    if isinstance(policy, Margin):
        return f"widest smaller margin: of precision above {policy.precision:g}, of recall above {policy.recall:g}"
    figure, _, _ = policy.kind.partition("-") if isinstance(policy, Floor) else policy.risk.partition("-")
    if isinstance(policy, Floor):
        return f"{figure} at least {policy.at_least:g}, the other as high as that allows"
    noun = "objects missed" if figure == "missed" else "detections false"
    return f"risk bound: share of {noun} in a group at most {policy.at_most:g}, with confidence {policy.confidence:g}"


def shipped(cut: float) -> float:
    """The cut as a device reads it: float32, in its shortest spelling."""
    return float(str(np.float32(cut)))


def _cheapest(policy: Cost, possible: Curve) -> Choice:
    costs = policy.false_detection * possible.false + policy.missed_object * possible.missed
    best = int(costs.argmin())
    if costs[best] < policy.missed_object * possible.truths:
        return Choice(shipped(possible.cut(best)), "")
    above_all = shipped((float(possible.score[0]) + 1) / 2)
    return Choice(above_all, "every detection costs more than it saves: this cut shows next to nothing")


def _above(policy: Floor, possible: Curve) -> Choice:
    """Of the cuts that reach the floor the best in the other figure; of several the highest."""
    floored, other = possible.precision, possible.recall
    name = "precision"
    if policy.kind == "recall-floor":
        floored, other, name = possible.recall, possible.precision, "recall"
    reached = np.flatnonzero(floored >= policy.at_least)
    if len(reached):
        return Choice(shipped(possible.cut(int(reached[other[reached].argmax()]))), "")
    nearest = int(floored.argmax())
    words = f"no cut reaches {name} {policy.at_least:g}; this one comes nearest with {floored[nearest]:.3f}"
    return Choice(shipped(possible.cut(nearest)), words)


def _furthest(policy: Margin, possible: Curve) -> Choice:
    """The cut whose smaller margin is widest; of several the highest."""
    margins = np.minimum(possible.precision - policy.precision, possible.recall - policy.recall)
    best = int(margins.argmax())
    asked = f"precision {policy.precision:g} and recall {policy.recall:g}"
    short = f"no cut reaches {asked}; this one comes nearest, {-margins[best]:.3f} short"
    return Choice(shipped(possible.cut(best)), "" if margins[best] >= 0 else short)


def _within_risk(policy: RiskBound, evidence: Evidence, candidates: Reals) -> Choice:
    found = control(evidence, policy.risk, policy.at_most, policy.confidence, candidates)
    if found.holds:
        return Choice(shipped(found.cut), "", found.bound)
    needed = groups_needed(policy.at_most, policy.confidence)
    why = f"no cut is proven to stay at or below {policy.at_most:g}; this one is proven for {found.bound:.3f}"
    few = f" ({found.groups} groups, and fewer than {needed} never prove it)" if found.groups < needed else ""
    return Choice(shipped(found.cut), why + few, found.bound)
