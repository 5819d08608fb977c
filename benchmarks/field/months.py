"""Months of one camera's telemetry, five minutes at a time, from a library of real scenes.

What hangs together in a warehouse hangs together here: a scene lasts half a minute, light follows the hour of the day,
days have weather of their own and some parcels that come more often, traffic follows hour and weekday, cameras differ,
and there are minutes without a parcel. None of that is drift.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.field.library import Floats, Library
from detection.rules.field.watching.sheets import Layout
from detection.rules.field.watching.tally import DAY_S, Tally

SLOT_S = 300
SLOTS = DAY_S // SLOT_S
MOMENTS = 10
"""Scenes in a slot."""
FRAMES = 300
"""Frames in a slot: one a second."""
ALIKE = 5
"""Frames in a row that are as good as one."""
START_S = 20_606 * DAY_S
"""A Monday of 2026."""
LIGHT = np.array([[2.0, 0.0], [1.5, 0.6], [0.0, 1.2], [-1.5, 1.0]])
"""For bright, normal, dim and dusk: how likely by daylight, and at night."""
OPTICS = ("brightness", "contrast", "sharpness", "red_cast", "blue_cast")
WEATHER, SPELL, STEADY = 0.5, 0.4, 0.4
"""Spread of the light's logits from day to day, within a day, and between cameras."""
DRIFTING = 0.12
"""The same for what optical signals move by themselves, in bins."""


@dataclass(frozen=True, slots=True)
class Change:
    """From a slot on, the scenes of another season."""

    library: Library
    slot: int


@dataclass(frozen=True, slots=True, eq=False)
class Site:
    """One camera of the simulated fleet.

    Attributes:
        library: what its scenes look like.
        layout: of the bins.
        number: of the camera; also the seed of all that is its own.
    """

    library: Library
    layout: Layout
    number: int

    def days(self, first: int, days: int, change: Change | None = None) -> Tally:
        """So many days of telemetry from a day on; the same day is always the same.

        Args:
            first: day, 0 and up.
            days: how many.
            change: what happens to its world, if anything.
        """
        made = [self._day(day, change) for day in range(first, first + days)]
        counts = np.concatenate(made)
        begins = START_S + SLOT_S * (first * SLOTS + np.arange(len(counts)))
        table = {name: counts[:, cut] for name, cut in zip(self.layout.signals, self.layout.cuts, strict=True)}
        camera = np.full(len(counts), f"cam-{self.number:04d}", object)
        return Tally(camera, begins, np.full(len(counts), FRAMES), table)

    def release(self, scenes: int, frames: int = 6) -> Tally:
        """So many scenes, spread over a day, as they stand in a bundle's reference."""
        dice = np.random.default_rng((13, self.number))
        shares = self._lights(dice, np.random.default_rng((7, self.number)).normal(0, STEADY, 4))
        kinds = self.library.kind[self.number % len(self.library.kind)]
        slots = np.linspace(0, SLOTS - 1, scenes).astype(int)
        wanted = 2 * _picked(dice, shares)[slots, :1] + dice.integers(0, 2, (scenes, 1))
        scene = _among(dice, wanted, kinds, np.ones(len(kinds)))[:, 0]
        mean = self.library.bins[self.number % len(self.library.bins)][scene]
        counts = self._counted(dice, mean, frames, 1)
        table = {name: counts[:, cut] for name, cut in zip(self.layout.signals, self.layout.cuts, strict=True)}
        camera = np.full(scenes, f"cam-{self.number:04d}", object)
        return Tally(camera, slots * SLOT_S // 3600 * 3600, np.full(scenes, frames), table)

    def _day(self, day: int, change: Change | None) -> NDArray[np.int64]:
        own, dice = np.random.default_rng((7, self.number)), np.random.default_rng((11, self.number, day))
        steady = own.normal(0, STEADY, 4)
        shares = self._lights(dice, steady + dice.normal(0, WEATHER, 4))
        busy = self._traffic(day, float(own.lognormal(0, 0.3)))
        mean = self._scenes(dice, shares, busy, self._library(day, change))
        still = own.normal(0, DRIFTING, len(OPTICS))
        moved = self._moved(mean, still + dice.normal(0, DRIFTING, len(OPTICS)) + _spells(dice, len(OPTICS), DRIFTING))
        return self._counted(dice, moved)

    def _library(self, day: int, change: Change | None) -> Floats:
        """``(SLOTS, scenes, b)`` would be large: one for each half of the day suffices, seen from midnight."""
        place = self.number % len(self.library.bins)
        begins = SLOTS * day + np.arange(SLOTS)
        stable = self.library.bins[place]
        if change is None or begins[-1] < change.slot:
            return np.stack([stable, stable])
        return np.stack([stable if begins[0] < change.slot else change.library.bins[place], change.library.bins[place]])

    def _lights(self, dice: np.random.Generator, logits: NDArray[np.float64]) -> NDArray[np.float64]:
        """``(SLOTS, 4)`` shares of the lightings."""
        hour = np.arange(SLOTS) / 12
        daylight = np.clip(np.sin((hour - 5) / 15 * np.pi), 0, 1)[:, None]
        likely = daylight * LIGHT[:, 0] + (1 - daylight) * LIGHT[:, 1] + logits + _spells(dice, 4, SPELL)
        shares: NDArray[np.float64] = np.exp(likely) / np.exp(likely).sum(axis=1, keepdims=True)
        return shares

    def _traffic(self, day: int, scale: float) -> NDArray[np.float64]:
        """``(SLOTS,)`` how busy the belt is: less at night and on the two days of the weekend."""
        hour = np.arange(SLOTS) / 12
        curve = 0.3 + np.exp(-(((hour - 10) / 3) ** 2)) + 0.8 * np.exp(-(((hour - 17) / 3) ** 2))
        return curve * scale * (0.35 if day % 7 >= 5 else 1.0)

    def _scenes(
        self, dice: np.random.Generator, shares: NDArray[np.float64], busy: NDArray[np.float64], halves: Floats
    ) -> Floats:
        """``(SLOTS, b)`` mean counts of a frame: the mean of the scenes that pass by, or of an empty belt."""
        kinds = self.library.kind[self.number % len(self.library.kind)]
        often = dice.gamma(2.0, 1.0, len(kinds))
        lights = _picked(dice, shares)
        crowded = (dice.random((SLOTS, MOMENTS)) < np.clip(busy / 2, 0.1, 0.9)[:, None]).astype(np.int64)
        scene = _among(dice, 2 * lights + crowded, kinds, often)
        empty = dice.random((SLOTS, MOMENTS)) < np.exp(-3 * busy)[:, None]
        late = (np.arange(SLOTS) >= SLOTS // 2).astype(np.int64)
        total = np.zeros((SLOTS, halves.shape[2]), np.float32)
        for moment in range(MOMENTS):
            part = halves[late, scene[:, moment]]
            total += np.where(empty[:, moment, None], self._emptied(part), part)
        return total / np.float32(MOMENTS)

    def _emptied(self, part: Floats) -> Floats:
        """The same light without parcels: nothing detected, nothing scored."""
        bare = part.copy()
        for name, cut in zip(self.layout.signals, self.layout.cuts, strict=True):
            if name.startswith(("score/", "box_", "best_score", "detections")):
                bare[:, cut] = 0
            if name in {"best_score", "detections"}:
                bare[:, cut.stop - 1 if name == "best_score" else cut.start] = 1
        return bare

    def _moved(self, mean: Floats, bins: NDArray[np.float64]) -> Floats:
        """Optical signals shifted by parts of a bin; nothing leaves the ends."""
        moved = mean.copy()
        for column, name in enumerate(OPTICS):
            cut = self.layout.cuts[self.layout.signals.index(name)]
            inner = slice(cut.start, cut.stop - 1)
            by = np.clip(bins[:, column], -0.9, 0.9).astype(np.float32)[:, None]
            table = mean[:, inner]
            up, down = np.zeros_like(table), np.zeros_like(table)
            up[:, 1:], up[:, -1] = table[:, :-1], table[:, -1] + table[:, -2]
            down[:, :-1], down[:, 0] = table[:, 1:], table[:, 0] + table[:, 1]
            moved[:, inner] = (1 - np.abs(by)) * table + np.where(by > 0, by * up, -by * down)
        return moved

    def _counted(
        self, dice: np.random.Generator, mean: Floats, frames: int = FRAMES, alike: int = ALIKE
    ) -> NDArray[np.int64]:
        """Counts of so many frames of which ``alike`` in a row are as one."""
        drawn = np.empty(mean.shape, np.int64)
        for name, cut in zip(self.layout.signals, self.layout.cuts, strict=True):
            expected = np.maximum(mean[:, cut].astype(np.float64), 0)
            if name.startswith(("score/", "box_")):
                drawn[:, cut] = dice.poisson(expected * (frames / alike))
            else:
                drawn[:, cut] = dice.multinomial(frames // alike, expected / expected.sum(axis=1, keepdims=True))
        return drawn * alike


def _spells(dice: np.random.Generator, columns: int, spread: float) -> NDArray[np.float64]:
    """``(SLOTS, columns)`` what lasts about two hours: an autoregression of first order."""
    keep = np.exp(-1 / 24)
    steps = dice.normal(0, spread * np.sqrt(1 - keep**2), (SLOTS, columns))
    level = np.empty_like(steps)
    level[0] = dice.normal(0, spread, columns)
    for slot in range(1, SLOTS):
        level[slot] = keep * level[slot - 1] + steps[slot]
    return level


def _picked(dice: np.random.Generator, shares: NDArray[np.float64]) -> NDArray[np.int64]:
    """``(SLOTS, MOMENTS)`` places drawn by the shares of each row."""
    bounds = np.cumsum(shares, axis=1)[:, None, :-1]
    picked: NDArray[np.int64] = (dice.random((SLOTS, MOMENTS))[:, :, None] > bounds).sum(axis=2)
    return picked


def _among(
    dice: np.random.Generator, wanted: NDArray[np.int64], kinds: NDArray[np.int64], often: NDArray[np.float64]
) -> NDArray[np.int64]:
    """A scene of each wanted kind; of the same lighting where no scene has the crowding."""
    scene = np.zeros(wanted.shape, np.int64)
    for kind in np.unique(wanted).tolist():
        rows = np.flatnonzero(kinds == kind)
        rows = rows if len(rows) else np.flatnonzero(kinds // 2 == kind // 2)
        rows = rows if len(rows) else np.arange(len(kinds))
        asked = wanted == kind
        scene[asked] = dice.choice(rows, int(asked.sum()), p=often[rows] / often[rows].sum())
    return scene
