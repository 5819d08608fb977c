"""One figure of two models on the same frames: how far apart, and how sure of it. Groups are drawn for both at once.

Frames that are hard for one model are hard for the other. Drawn together, that difficulty cancels, and a difference is
known better than either figure; drawn apart, it would be counted twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from detection.rules.judging.comparison.sheet import Gap
from detection.rules.judging.intervals import interval
from detection.rules.judging.matching import Reals


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """One figure of one model.

    Attributes:
        observed: on all frames; NaN where nothing could be counted.
        draws: ``(r,)`` on each draw of groups; NaN likewise.
    """

    observed: float
    draws: Reals


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """One figure of both models; draw ``i`` of one and of the other are of the same groups.

    Attributes:
        champion: its figure.
        challenger: its figure.
        alike: both models gave the same answers, so that nothing is left to chance.
    """

    champion: Drawn
    challenger: Drawn
    alike: bool = False


@dataclass(frozen=True, slots=True)
class Ground:
    """What a pair was measured on.

    Attributes:
        frames: how many.
        groups: independent groups of them.
        n: objects or detections of which a figure is a share; 0 for a figure that is no share.
    """

    frames: int
    groups: int
    n: int = 0


def gap(pair: Pair, ground: Ground, confidence: float) -> Gap:
    """How far apart the two are, at one-sided ``confidence`` to either side."""
    champion, challenger = pair.champion.observed, pair.challenger.observed
    known = None if np.isnan(champion) or np.isnan(challenger) else challenger - champion
    lower = upper = known if pair.alike else None
    if known is not None and not pair.alike:
        drawn = pair.challenger.draws - pair.champion.draws
        found = interval(drawn, known, confidence, ground.groups, sides=1)
        if found is not None:
            reach = least_reach(ground, confidence)
            lower, upper = min(found.lower, known - reach), max(found.upper, known + reach)
    return Gap(
        _number(champion), _number(challenger), known, lower, upper, confidence, ground.frames, ground.groups
    )  # fmt: skip


def least_reach(ground: Ground, confidence: float) -> float:
    """How far a difference of shares may be off even where no draw shows it: ``z**2 / (n + z**2)``.

    If both models are right and wrong on the very same observations, every draw gives a difference of 0, but a pair
    that differs may simply not have been met. This is what the score interval of T. Tango, "Equivalence test and
    confidence interval for the difference in proportions for the paired-sample design", Statistics in Medicine 17
    (1998) 891-908, leaves then. We take Student's quantile for the number of groups, as the bounds of shares do.

    Returns:
        0 for a figure that is no share.
    """
    if not ground.n or ground.groups < 2:
        return 0.0
    z = float(stdtrit(ground.groups - 1, confidence))
    return z**2 / (ground.n + z**2)


def worst(values: Sequence[Drawn]) -> Drawn:
    """The lowest figure of several, on all frames and on each draw anew; NaN where none is known.

    Args:
        values: one for each value of a condition, at least one.
    """
    observed = [one.observed for one in values if not np.isnan(one.observed)]
    lowest = np.fmin.reduce(np.stack([one.draws for one in values]))
    return Drawn(min(observed, default=float("nan")), lowest)


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
