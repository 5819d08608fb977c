"""How far unchanged windows stray, learnt from accepted telemetry: it has a calendar, so days can be held against days.

Every window of the accepted period is held against the same hours of all *other* days. Its distance, as a cube root
(see :mod:`~detection.rules.field.watching.null`), is expressed in spreads of those other days. What would have to last
so long as the spec asks for before an incident opens is then taken at its worst, day by day and over all signals:
weather that keeps for hours and many signals are in that figure as they are in the field. The band is where the worst
of a day is foretold to stay, so surely that a camera raises no more false alarms a month than the spec allows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from detection.rules.field.watching.distances import squared
from detection.rules.field.watching.null import BLOCKS_MINIMUM, Reals
from detection.rules.field.watching.sheets import Floats, Layout, Sheet, Sides, apart
from detection.rules.field.watching.tally import DAY_S, Integers
from detection.rules.spec.field import Duration

MONTH_DAYS = 30
FEWEST = 1e-6
"""A spread is never taken as smaller: a signal that never moved must not make a band of no width."""


@dataclass(frozen=True, slots=True, eq=False)
class Strays:
    """Distances of ``k`` windows of one length from the other days, as cube roots.

    Attributes:
        days: ``(k,)``.
        roots: ``(k, s + 1)`` of PSI, and of squared MMD in the last column; NaN where a signal had too few samples.
        js: ``(k, s)`` likewise.
    """

    days: Integers
    roots: Reals
    js: Reals

    def spread(self) -> tuple[Reals, Reals]:
        """Mean and spread of the roots, ``(s + 1,)`` each."""
        return _moments(self.roots)

    def standing_out(self, chosen: Integers) -> Reals:
        """``(len(chosen), s + 1)`` how many spreads of all other days the chosen windows lie above their mean."""
        known = ~np.isnan(self.roots)
        values = np.where(known, self.roots, 0.0)
        within, numbers = _days(self.days)
        sums = np.stack([within @ table for table in (known.astype(np.float64), values, values**2)])
        count, first, second = (sums.sum(axis=1, keepdims=True) - sums)[:, numbers[chosen]]
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = first / count
            spread = np.sqrt(np.maximum(second / count - mean**2, FEWEST**2))
        return np.where(count >= BLOCKS_MINIMUM, (self.roots[chosen] - mean) / spread, np.nan)


def strays(windows: Sheet, least: Integers, layout: Layout) -> Strays:
    """Hold every window against all windows of other days.

    Args:
        windows: around one hour, or of all hours; large enough to be judged.
        least: ``(s,)`` samples below which a signal says nothing.
        layout: of the signals.
    """
    days = windows.begins_s // DAY_S
    before, after = Sides.of(_others(windows.counts, days), layout), Sides.of(windows.counts, layout)
    psi, js = apart(before, after, layout)
    slots = windows.slots[:, None].astype(np.float32)
    with np.errstate(invalid="ignore", divide="ignore"):
        gaps = windows.cosines / slots - _others(windows.cosines, days) / _others(slots, days)
    few = layout.samples(windows.counts) < least
    roots = np.cbrt(np.column_stack([np.where(few, np.nan, psi), squared(gaps)]).astype(np.float64))
    return Strays(days, roots, np.cbrt(np.where(few, np.nan, js).astype(np.float64)))


def reach(above: Reals, days: Integers, duration: Duration, allowed: float) -> float:
    """How many spreads above its mean every signal's band must lie.

    Args:
        above: ``(k, s + 1)`` of all windows in order of time, each among its own hours.
        days: ``(k,)``.
        duration: their length, and how long a breach must last in it.
        allowed: false alarms a month in windows of this length.
    """
    names, numbers = np.unique(days, return_inverse=True)
    worst = np.full(len(names), -np.inf)
    for column in above.T:
        spoken = np.flatnonzero(~np.isnan(column))
        np.maximum.at(worst, numbers[spoken], sustained(column[spoken], duration.breaches, duration.of))
    worst = worst[np.isfinite(worst)]
    if len(worst) < BLOCKS_MINIMUM:
        return float("inf")
    quantile = float(stdtrit(len(worst) - 1, 1 - allowed / MONTH_DAYS))
    return float(worst.mean() + quantile * worst.std(ddof=1) * np.sqrt(1 + 1 / len(worst)))


def sustained(values: Reals, needed: int, among: int) -> Reals:
    """What at least ``needed`` of the last ``among`` values reached, for every place."""
    padded = np.concatenate([np.full(among - 1, -np.inf), values])
    last = np.lib.stride_tricks.sliding_window_view(padded, among) if len(values) else np.empty((0, among))
    held: Reals = np.sort(last, axis=1)[:, among - needed]
    return held


def band(mean: Reals, spread: Reals, above: float) -> Reals:
    """Distances so many spreads above the mean of the cube roots; infinite where no mean is known."""
    bound: Reals = np.where(np.isnan(mean), np.inf, (mean + above * np.maximum(spread, FEWEST)) ** 3)
    return bound


def _moments(values: Reals) -> tuple[Reals, Reals]:
    known = np.count_nonzero(~np.isnan(values), axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(known >= BLOCKS_MINIMUM, np.nansum(values, axis=0) / known, np.nan)
        spread = np.sqrt(np.nansum((values - mean) ** 2, axis=0) / np.maximum(known - 1, 1))
    return mean, spread


def _others(rows: Floats, days: Integers) -> Floats:
    """``(k, ...)`` sums over all days but the row's own."""
    within, numbers = _days(days)
    sums = within @ rows.astype(np.float64)
    others: Floats = (sums.sum(axis=0) - sums)[numbers].astype(np.float32)
    return others


def _days(days: Integers) -> tuple[Reals, Integers]:
    """``(d, k)`` 1 where a row is of a day, so that sums over days are products with it; and each row's day."""
    names, numbers = np.unique(days, return_inverse=True)
    return (np.arange(len(names))[:, None] == numbers).astype(np.float64), numbers
