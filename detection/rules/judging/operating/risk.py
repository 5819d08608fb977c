"""A cut whose risk is bounded with stated confidence, whatever the detector is: risk control on groups of frames.

Risk is the expected loss of a group drawn anew: the share of its objects that are missed, or of its shown detections
that are false. Groups are independent of each other, frames of one group are not; so a group is one observation, and
nothing is assumed of what goes on inside it.

A cut may be used if the hypothesis "its risk is above the bound" is rejected. Candidates are tried in a fixed order
from the safest on, and the first that is not rejected ends the search: then the chance that the chosen cut breaks the
bound is at most 1 - confidence. This is fixed sequence testing in A. N. Angelopoulos, S. Bates, E. J. Candes,
M. I. Jordan and L. Lei, "Learn then test: calibrating predictive algorithms to achieve risk control" (Annals of Applied
Statistics, 2025); for missed objects, whose share never falls as the cut rises, it is theorem 1 of S. Bates,
A. Angelopoulos, L. Lei, J. Malik and M. I. Jordan, "Distribution-free, risk-controlling prediction sets" (Journal of
the ACM 68, 2021). Conformal risk control proper (A. N. Angelopoulos and others, ICLR 2024) bounds the expectation over
all such choices, not this one; the spec asks for a confidence, so the stronger statement is used.

Each hypothesis is tested by a betting martingale: I. Waudby-Smith and A. Ramdas, "Estimating means of bounded random
variables by betting" (Journal of the Royal Statistical Society B 86, 2024), in the form of Bates and others, section
3.1: a gambler who bets on losses below the bound, and stakes less the more they vary, multiplies his fortune by
1 / (1 - confidence) with at most the chance 1 - confidence if the bound is broken (Ville's inequality).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from detection.rules.judging.matching import Reals
from detection.rules.judging.operating.cuts import Evidence

Risk = Literal["missed-share", "false-share"]
_HALVINGS = 40


@dataclass(frozen=True, slots=True)
class Controlled:
    """A cut, and what is proven of it.

    Attributes:
        cut: calibrated score.
        bound: the risk is at most this, with the confidence asked for.
        holds: whether that is what was asked for.
        groups: that had a loss.
    """

    cut: float
    bound: float
    holds: bool
    groups: int


def control(evidence: Evidence, risk: Risk, at_most: float, confidence: float, candidates: Reals) -> Controlled:
    """The boldest cut whose risk is proven: the highest for missed objects, the lowest for false detections.

    Where not even the safest is proven, the cut with the lowest bound is given, of several the boldest.

    Args:
        evidence: of the class.
        risk: which loss.
        at_most: bound on it, above 0 and below 1.
        confidence: that the bound holds, over the draw of groups.
        candidates: ``(k,)`` cuts, ascending, fixed before the frames were seen.
    """
    safest_first = candidates if risk == "missed-share" else candidates[::-1]
    table = _losses(evidence, risk, safest_first)
    groups = table.shape[1]
    proven = np.array([is_below(losses, at_most, confidence) for losses in table], np.bool_)
    steps = len(proven) if proven.all() else int(proven.argmin())
    if steps:
        return Controlled(
            float(safest_first[steps - 1]), upper_bound(table[steps - 1], confidence), holds=True, groups=groups
        )
    bounds = np.array([upper_bound(losses, confidence) for losses in table])
    best = int(np.flatnonzero(bounds <= bounds.min())[-1])
    return Controlled(float(safest_first[best]), float(bounds[best]), holds=False, groups=groups)


def is_below(losses: Reals, bound: float, confidence: float) -> bool:
    """Whether the expected loss is proven to be at most ``bound``.

    Args:
        losses: ``(g,)`` in [0, 1], of independent groups, in an order that does not depend on them.
        bound: 0 to 1.
        confidence: 0 to 1.
    """
    return _fortune(losses, bound, confidence) >= 1 / (1 - confidence)


def upper_bound(losses: Reals, confidence: float) -> float:
    """The least bound that is proven, see :func:`is_below`; 1 if none is."""
    if not is_below(losses, 1.0, confidence):
        return 1.0
    below, above = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (below + above) / 2
        below, above = (below, middle) if is_below(losses, middle, confidence) else (middle, above)
    return above


def groups_needed(at_most: float, confidence: float) -> int:
    """Groups below which nothing can be proven, even if not one of them has any loss."""
    return math.ceil(math.log(1 / (1 - confidence)) / math.log1p(at_most))


def _fortune(losses: Reals, bound: float, confidence: float) -> float:
    """The most that the gambler ever had, from 1; what he stakes never depends on what he bets on."""
    n = len(losses)
    count = np.arange(1, n + 1)
    mean = (0.5 + np.cumsum(losses)) / (1 + count)
    spread = (0.25 + np.cumsum((losses - mean) ** 2)) / (1 + count)
    known = np.concatenate(([0.25], spread[:-1])) if n else spread
    stake = np.minimum(1.0, np.sqrt(2 * math.log(1 / (1 - confidence)) / (max(n, 1) * known)))
    return float(np.cumprod(1 - stake * (losses - bound)).max(initial=1.0))


def _losses(evidence: Evidence, risk: Risk, cuts: Reals) -> Reals:
    """``(k, g)`` loss of every group at every cut, groups by their number."""
    truths = np.bincount(evidence.truth_group, minlength=evidence.groups).astype(np.float64)
    kept, right = (
        np.stack(
            [np.bincount(evidence.group[rows & (evidence.score >= cut)], minlength=evidence.groups) for cut in cuts]
        )
        for rows in (np.ones(len(evidence.score), np.bool_), evidence.correct)
    )
    if risk == "missed-share":
        some = truths > 0  # a group without objects cannot miss one
        missed: Reals = 1 - right[:, some] / truths[some]
        return missed
    false: Reals = np.divide(kept - right, kept, out=np.zeros(kept.shape), where=kept > 0)
    return false
