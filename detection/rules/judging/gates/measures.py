"""What a line measured, whatever its metric: bounds at any confidence, luck at its bound, how much more it needs."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from detection.rules.judging.gates.counting import Counted
from detection.rules.judging.gates.luck import Demand, Dice, pass_rate, rate_pass_rate
from detection.rules.judging.intervals import Bounds, Interval, interval, rate_bounds, share_bounds
from detection.rules.judging.matching import Reals
from detection.rules.judging.posteriors import rate_posterior, share_posterior

MOST_TIMES = 1024
"""More groups than this many times those there are, are never asked for: the bound is as good as out of reach."""


class Measure(Protocol):
    """A figure with its doubt."""

    def bounds(self, confidence: float) -> Bounds | None:
        """Each end holds at one-sided ``confidence``; None where nothing was counted."""

    def luck(self, bound: float, confidence: float, dice: Dice) -> float | None:
        """How often this line passes if the truth is at its bound; None where that is not simulated."""

    def times(self, bound: float, confidence: float) -> float | None:
        """How many times as much of the same would prove the bound; None if no number would."""


@dataclass(frozen=True, slots=True, eq=False)
class ShareMeasure:
    """A share of at least so much: precision, recall, F1, and figures taken for shares of their groups."""

    counted: Counted

    def bounds(self, confidence: float) -> Bounds | None:
        """See :class:`Measure`."""
        return share_bounds(self.counted.successes, self.counted.n, confidence)

    def luck(self, bound: float, confidence: float, dice: Dice) -> float | None:
        """See :class:`Measure`."""
        if not len(self.counted.n):
            return None
        likeness = share_posterior(self.counted.successes, self.counted.n).likeness
        sizes = np.maximum(np.round(self.counted.n), 1).astype(np.int64)
        return pass_rate(Demand(sizes, bound, confidence, likeness), bound, dice)

    def times(self, bound: float, confidence: float) -> float | None:
        """See :class:`Measure`."""
        right, n = self.counted.successes, self.counted.n

        def proven(times: float) -> bool:
            return share_posterior(right, n, times).quantile(1 - confidence) >= bound

        return _smallest(proven) if len(n) > 1 else None


@dataclass(frozen=True, slots=True, eq=False)
class RateMeasure:
    """A rate of at most so much: false detections per background frame."""

    counted: Counted

    def bounds(self, confidence: float) -> Bounds | None:
        """See :class:`Measure`."""
        return rate_bounds(self.counted.successes, self.counted.n, confidence)

    def luck(self, bound: float, confidence: float, dice: Dice) -> float | None:
        """See :class:`Measure`."""
        if not len(self.counted.n):
            return None
        likeness = rate_posterior(self.counted.successes, self.counted.n).likeness
        return rate_pass_rate(self.counted.n, bound, confidence, likeness, dice)

    def times(self, bound: float, confidence: float) -> float | None:
        """See :class:`Measure`."""
        events, exposure = self.counted.successes, self.counted.n

        def proven(times: float) -> bool:
            return rate_posterior(events, exposure, times).quantile(confidence) <= bound

        return _smallest(proven) if len(exposure) > 1 else None


@dataclass(frozen=True, slots=True, eq=False)
class DrawnMeasure:
    """A figure that is no share of groups: calibration error, from groups drawn with repetition.

    Attributes:
        observed: the figure.
        values: ``(r,)`` the figure of each draw.
        n: observations it rests on.
        groups: groups drawn from.
    """

    observed: float
    values: Reals
    n: int
    groups: int

    def bounds(self, confidence: float) -> Bounds | None:
        """See :class:`Measure`; what its observations are worth is not known."""
        if np.isnan(self.observed):
            return None
        found = interval(self.values, self.observed, confidence, self.groups, sides=1)
        ends = found or Interval(0.0, float("inf"), confidence, self.groups)
        lower, upper = min(ends.lower, self.observed), max(ends.upper, self.observed)
        return Bounds(self.observed, lower, upper, self.n, math.nan, self.groups, math.nan)

    def luck(self, bound: float, confidence: float, dice: Dice) -> float | None:
        """Not simulated: there is no model of a detector whose calibration error is exactly at the bound."""
        return None

    def times(self, bound: float, confidence: float) -> float | None:
        """Not foretold: the error of few observations is itself too large."""
        return None


class _Proven(Protocol):
    def __call__(self, times: float) -> bool: ...


def _smallest(proven: _Proven) -> float | None:
    """The smallest number of times that proves it, to five in a hundred."""
    low, high = 1.0, 1.0
    while not proven(high):
        low, high = high, high * 2
        if high > MOST_TIMES:
            return None
    while high / low > 1.02:
        middle = (low * high) ** 0.5
        low, high = (low, middle) if proven(middle) else (middle, high)
    return high
