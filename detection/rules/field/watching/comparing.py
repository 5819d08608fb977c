"""Windows of one length against their yardsticks, many at a time: fills the columns of a table of readings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detection.rules.field.watching.distances import squared
from detection.rules.field.watching.null import LEVELS, Reals
from detection.rules.field.watching.readings import JOINT, Answer, Baseline, Readings
from detection.rules.field.watching.sheets import Floats, Sheet, Sides, apart
from detection.rules.field.watching.tally import HOUR_S, HOURS, Integers, Strings, Tally
from detection.rules.field.watching.yardsticks import Yardsticks
from detection.rules.spec.field import Duration

ROWS_AT_ONCE = 4096
"""Windows judged in one go: few enough for the processor's cache."""


@dataclass(frozen=True, slots=True, eq=False)
class Stack:
    """All yardsticks as columns: ``(y, ...)``."""

    baseline: Strings
    learnt: NDArray[np.bool_]
    sides: Sides
    places: Floats
    cosines: Floats
    block_frames: Reals
    psi: Floats
    js: Floats
    mmd: Floats

    @classmethod
    def of(cls, sticks: Yardsticks) -> Stack:
        """Of at least one yardstick."""
        members = sticks.sticks
        return cls(
            np.array([stick.baseline for stick in members], object),
            np.array([stick.baseline is Baseline.LEARNT for stick in members]),
            Sides.of(np.stack([stick.counts for stick in members]), sticks.layout),
            np.stack([stick.places for stick in members]),
            np.stack([stick.cosines for stick in members]),
            np.array([stick.block_frames for stick in members]),
            np.stack([stick.psi for stick in members]).astype(np.float32),
            np.stack([stick.js for stick in members]).astype(np.float32),
            np.stack([stick.mmd for stick in members]).astype(np.float32),
        )

    def levels(self, chosen: Integers, size: Reals, duration: int) -> Integers:
        """Which row of its yardstick's bands holds for each window: by its size, or by its length if learnt."""
        powers = np.clip(np.floor(np.log2(np.maximum(size, 1))), 0, LEVELS - 1)
        return np.where(self.learnt[chosen], duration, powers).astype(np.int64)


def embedded(field: Tally, sticks: Yardsticks, stack: Stack) -> Sheet:
    """Telemetry in slots; those of a camera that learnt its baseline with the cosines of their vectors."""
    slots = Sheet.of(field, sticks.slot_s)
    chosen = _chosen(slots, sticks, HOURS)
    cosines = np.zeros((len(slots), stack.cosines.shape[1]), np.float32)
    for part in _chunks(len(slots)):
        rows = np.arange(len(slots))[part][stack.learnt[chosen[part]]]
        points = sticks.layout.points(slots.counts[rows], stack.places[chosen[rows]])
        cosines[rows] = sticks.kernel.embedded(points)
    return slots.but(cosines=cosines)


def compared(windows: Sheet, sticks: Yardsticks, stack: Stack, duration: Duration, until_s: float) -> Readings:
    """The readings of all windows of one length.

    Args:
        windows: summed to that length.
        sticks: of the release.
        stack: the same as columns.
        duration: one of the bounds' durations.
        until_s: how far the field has been told; a window that is not over by then says nothing.
    """
    found = blank(windows, sticks, duration)
    number = sticks.bounds.durations.index(duration)
    hour = windows.begins_s // HOUR_S % HOURS if duration.length_s <= HOUR_S else HOURS
    chosen = _chosen(windows, sticks, hour)
    found.baseline[:] = stack.baseline[chosen]
    minutes = windows.slots * sticks.slot_s / 60
    level = stack.levels(chosen, np.minimum(windows.frames / stack.block_frames[chosen], minutes), number)
    found.noise[:, :-1], found.js_noise[:, :-1] = stack.psi[chosen, level], stack.js[chosen, level]
    found.samples[:, :-1] = sticks.layout.samples(windows.counts)
    for rows in _chunks(len(windows)):
        after = Sides.of(windows.counts[rows], sticks.layout)
        found.distance[rows, :-1], found.js[rows, :-1] = apart(stack.sides.take(chosen[rows]), after, sticks.layout)
    gaps = windows.cosines / windows.slots[:, None] - stack.cosines[chosen]
    found.samples[:, -1], found.distance[:, -1] = windows.slots, np.sqrt(squared(gaps))
    found.noise[:, -1] = np.sqrt(stack.mmd[chosen, stack.levels(chosen, windows.slots.astype(np.float64), number)])
    _answer(found, sticks, until_s)
    return found


def blank(windows: Sheet, sticks: Yardsticks, duration: Duration) -> Readings:
    """Readings that say nothing: what an empty reference gives."""
    shape = (len(windows), len(sticks.layout.signals) + 1)
    return Readings(
        duration=duration,
        signals=(*sticks.layout.signals, JOINT),
        camera=np.array(windows.names, object)[windows.camera],
        begins_s=windows.begins_s,
        frames=windows.frames,
        baseline=np.full(len(windows), Baseline.FLEET, object),
        samples=np.zeros(shape, np.int64),
        distance=np.full(shape, np.nan, np.float32),
        noise=np.full(shape, np.nan, np.float32),
        js=np.full(shape, np.nan, np.float32),
        js_noise=np.full(shape, np.nan, np.float32),
        answer=np.full(shape, Answer.TOO_FEW.code, np.int8),
    )


def _answer(found: Readings, sticks: Yardsticks, until_s: float) -> None:
    """Fill in what every reading says, and blank the distances of those that say nothing."""
    bounds = sticks.bounds
    least = np.append(bounds.least(sticks.layout), 1)
    spoken = (found.samples >= least) & (found.frames >= bounds.minimum_frames)[:, None]
    spoken &= ~np.isnan(found.distance) & np.isfinite(found.noise)
    spoken &= (found.begins_s + found.duration.length_s <= until_s)[:, None]
    sure = (found.distance > found.noise) & ~(found.js <= found.js_noise)
    warning, breach = sure & (found.distance > bounds.psi_warning), sure & (found.distance > bounds.psi_alarm)
    breach &= (found.baseline != Baseline.FLEET)[:, None]
    warning[:, -1] = sure[:, -1]
    breach[:, -1] = found.distance[:, -1] > bounds.chance.joint_breach * found.noise[:, -1]
    codes = np.select([breach, warning], [Answer.BREACH.code, Answer.WARNING.code], Answer.QUIET.code)
    found.answer[:] = np.where(spoken, codes, Answer.TOO_FEW.code)
    for column in (found.distance, found.noise, found.js, found.js_noise):
        column[~spoken] = np.nan


def _chosen(rows: Sheet, sticks: Yardsticks, hour: Integers | int) -> Integers:
    """``(n,)`` number of each row's yardstick, by its camera and hour; :data:`HOURS` stands for all hours."""
    fleet = np.full(HOURS + 1, len(sticks.sticks) - 1)
    table = np.stack([sticks.of.get(name, fleet) for name in rows.names])
    chosen: Integers = table[rows.camera, hour]
    return chosen


def _chunks(number: int) -> Iterator[slice]:
    return (slice(start, start + ROWS_AT_ONCE) for start in range(0, number, ROWS_AT_ONCE))
