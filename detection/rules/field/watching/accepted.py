"""Yardsticks from a camera's own telemetry of a period that a person accepted: for each hour, and all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from detection.rules.field.watching.calendar import Strays, band, reach, strays
from detection.rules.field.watching.null import BLOCKS_MINIMUM, LEVELS, Reals, beyond_chance
from detection.rules.field.watching.sheets import Layout, Sheet
from detection.rules.field.watching.tally import DAY_S, HOUR_S, HOURS, Integers
from detection.rules.spec.field import Chance, Duration


@dataclass(frozen=True, slots=True)
class Accepting:
    """What must be known to learn.

    Attributes:
        durations: of the windows.
        minimum_frames: of a window.
        least: ``(s,)`` samples below which a signal says nothing.
        context_hours: around an hour, on either side.
        chance: how sure to be; the false alarms are shared among the durations.
        layout: of the signals.
    """

    durations: tuple[Duration, ...]
    minimum_frames: int
    least: Integers
    context_hours: int
    chance: Chance
    layout: Layout


@dataclass(frozen=True, slots=True, eq=False)
class Learnt:
    """What one hour's yardstick is made from.

    Attributes:
        rows: slots of the period around that hour, or all of them.
        psi: ``(LEVELS, s)`` bands; a level is a duration.
        js: ``(LEVELS, s)``.
        mmd: ``(LEVELS,)`` squared.
    """

    rows: Integers
    psi: Reals
    js: Reals
    mmd: Reals


def learn(sheet: Sheet, asked: Accepting) -> dict[int, Learnt]:
    """Bands by hour of the day; :data:`HOURS` stands for all hours, and is always there.

    Args:
        sheet: the accepted slots of one camera, with their cosines.
        asked: the spec's decisions.
    """
    near = _near(sheet, asked.context_hours)
    signals = len(asked.layout.signals)
    made = {
        hour: Learnt(rows, *(np.full((LEVELS, *shape), np.inf) for shape in ((signals,), (signals,), ())))
        for hour, rows in near.items()
    }
    for level, duration in enumerate(asked.durations):
        strayed, above, days = _strayed(sheet, near, asked, duration)
        reached = reach(above, days, duration, asked.chance.false_alarms / len(asked.durations))
        for hour, one in made.items():
            known = strayed.get(hour, strayed[HOURS])
            bound = band(*known.spread(), reached)
            one.psi[level], one.mmd[level] = bound[:-1], bound[-1]
            one.js[level] = beyond_chance(known.js**3, len(np.unique(known.days)), asked.chance.band)
    return made


def _strayed(
    sheet: Sheet, near: Mapping[int, Integers], asked: Accepting, duration: Duration
) -> tuple[dict[int, Strays], Reals, Integers]:
    """Strays of every context; how far each window stands out among its own; and its day."""
    windows = sheet.summed(duration.length_s)
    windows = windows.take(np.flatnonzero(windows.frames >= asked.minimum_frames))
    hour = windows.begins_s // HOUR_S % HOURS
    contexts = near if duration.length_s <= HOUR_S else {HOURS: near[HOURS]}
    strayed = {}
    above = np.full((len(windows), len(asked.least) + 1), np.nan)
    for one in sorted(contexts, reverse=True):
        chosen = np.arange(len(windows)) if one == HOURS else _around(hour, one, asked.context_hours)
        strayed[one] = strays(windows.take(chosen), asked.least, asked.layout)
        own = np.flatnonzero((hour[chosen] == one) | (one == HOURS))
        above[chosen[own]] = strayed[one].standing_out(own)
    return strayed, above, windows.begins_s // DAY_S


def _near(sheet: Sheet, around: int) -> dict[int, Integers]:
    """For each hour that was seen on enough days the slots around it; for all hours every slot."""
    hour = sheet.begins_s // HOUR_S % HOURS
    near = {HOURS: np.arange(len(sheet))}
    for one in np.unique(hour).tolist():
        rows = _around(hour, one, around)
        if len(rows) < len(sheet) and len(np.unique(sheet.begins_s[rows] // DAY_S)) >= BLOCKS_MINIMUM:
            near[one] = rows
    return near


def _around(hour: Integers, one: int, around: int) -> Integers:
    apart = np.abs((hour - one + HOURS // 2) % HOURS - HOURS // 2)
    return np.flatnonzero(apart <= around)
