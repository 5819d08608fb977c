"""What each camera is compared with, hour by hour, and how wide chance is there: made once for a release.

A camera's own scenes in the bundle's reference; or a period of its own telemetry that a person accepted; or, for want
of both, the fleet. Around the hour of the day where enough is known about that hour, else all hours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from detection.rules.field.watching import null
from detection.rules.field.watching.accepted import Accepting, learn
from detection.rules.field.watching.distances import FEATURES, Kernel
from detection.rules.field.watching.null import BLOCKS_MINIMUM, Reals
from detection.rules.field.watching.readings import Baseline
from detection.rules.field.watching.sheets import Floats, Layout, Sheet
from detection.rules.field.watching.tally import DAY_S, HOURS, Integers, Tally
from detection.rules.spec.field import Chance, Duration

PER_DETECTION = ("score/", "box_")
"""How the names of signals begin that have a sample for each detection; the others have one for each frame."""
CONTEXT_SCENES = 20
"""Scenes around an hour below which all hours of the camera are taken."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the spec decides about monitoring.

    Attributes:
        psi_warning: severity by the size of PSI, if chance explains it not.
        psi_alarm: likewise.
        minimum_frames: below, a window says nothing.
        minimum_detections: below, its signals of detections say nothing.
        durations: windows, and how long a breach must last in each.
        context_hours: around a window's hour, on either side.
        chance: how sure to be before somebody is called.
    """

    psi_warning: float
    psi_alarm: float
    minimum_frames: int
    minimum_detections: int
    durations: tuple[Duration, ...]
    context_hours: int
    chance: Chance

    def least(self, layout: Layout) -> Integers:
        """``(s,)`` samples below which each signal says nothing."""
        names = layout.signals
        return np.array([self.minimum_detections if name.startswith(PER_DETECTION) else 1 for name in names], np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Yardstick:
    """What windows of one camera, around one hour, are compared with.

    Attributes:
        baseline: what kind.
        counts: ``(b,)`` bins of all signals.
        places: ``(b,)`` ridits of all hours of the camera.
        cosines: ``(FEATURES,)`` mean of its minutes; of scenes nothing is known, since they are no minutes.
        block_frames: mean frames of a scene; 1 for learnt ones.
        psi: ``(LEVELS, s)`` bands; a level is a power of two of scenes, or for learnt ones a duration.
        js: ``(LEVELS, s)``.
        mmd: ``(LEVELS,)`` squared, a level is a duration; infinite for scenes.
    """

    baseline: Baseline
    counts: Floats
    places: Floats
    cosines: Floats
    block_frames: float
    psi: Reals
    js: Reals
    mmd: Reals


@dataclass(frozen=True, slots=True, eq=False)
class Yardsticks:
    """All of a release.

    Attributes:
        bounds: the spec's decisions they were made for.
        slot_s: length of the stretches of telemetry they will be held against.
        layout: of the signals.
        kernel: of the MMD.
        sticks: every one; the last is the fleet's. None at all without a reference.
        of: for each camera its sticks' numbers: ``(25,)`` by hour, then the one of all hours.
    """

    bounds: Bounds
    slot_s: float
    layout: Layout
    kernel: Kernel
    sticks: list[Yardstick] = field(default_factory=list)
    of: dict[str, Integers] = field(default_factory=dict)


def yardsticks(
    reference: Tally, bounds: Bounds, learnt: Tally | None = None, slot_s: float = 60.0, seed: int = 0
) -> Yardsticks:
    """Prepare every camera's comparison.

    Args:
        reference: scenes at release; ``begins_s`` is 3600 times their hour of day.
        bounds: the spec's decisions.
        learnt: accepted telemetry of some cameras; it goes before their scenes if it spans enough days.
        slot_s: length of the stretches into which telemetry is summed, here and in the field; a minute, or any
            length that divides the shortest window.
        seed: of the permutations behind the bands.
    """
    layout = Layout.of(reference)
    maker = _Maker(Yardsticks(bounds, slot_s, layout, Kernel.of(len(layout.signals))), seed)
    accepted = {} if learnt is None else {str(camera): learnt.of(camera) for camera in sorted(set(learnt.camera))}
    for camera in sorted(set(reference.camera) | set(accepted)):
        slots, scenes = accepted.get(camera), reference.of(camera)
        if slots is not None and len(set((slots.begins_s // DAY_S).tolist())) >= BLOCKS_MINIMUM:
            maker.learn(camera, slots)
        elif len(scenes) >= BLOCKS_MINIMUM:
            maker.release(camera, scenes)
    if len(reference):
        maker.made.sticks.append(maker.fleet(reference))
    return maker.made


@dataclass(frozen=True, slots=True)
class _Maker:
    """Adds sticks to those made."""

    made: Yardsticks
    seed: int

    def release(self, camera: str, scenes: Tally) -> None:
        """From a camera's scenes: around each hour that has enough of them, and over all."""
        places = self.made.layout.places(_counts(scenes).sum(axis=0))
        hour = scenes.hour

        def make(rows: Integers) -> Yardstick | None:
            few = len(rows) < CONTEXT_SCENES and len(rows) < len(scenes)
            return None if few else self._scenes(scenes.take(rows), places, Baseline.OWN)

        self.made.of[camera] = self._by_hour(hour, make)

    def learn(self, camera: str, slots: Tally) -> None:
        """From its accepted telemetry: around each hour that was seen on enough days, and over all."""
        sheet = Sheet.of(slots, self.made.slot_s)
        places = self.made.layout.places(sheet.counts.sum(axis=0))
        sheet = sheet.but(cosines=self._cosines(sheet.counts, places))
        numbers = np.full(HOURS + 1, len(self.made.sticks))
        for hour, one in learn(sheet, self._accepting()).items():
            counts, cosines = sheet.counts[one.rows].sum(axis=0), sheet.cosines[one.rows].mean(axis=0)
            numbers[hour] = self._add(
                Yardstick(Baseline.LEARNT, counts, places, cosines, 1.0, one.psi, one.js, one.mmd)
            )
        self.made.of[camera] = numbers

    def fleet(self, reference: Tally) -> Yardstick:
        """All cameras; its band is at least what sets the known cameras apart from each other."""
        stick = self._scenes(reference, self.made.layout.places(_counts(reference).sum(axis=0)), Baseline.FLEET)
        numbers = np.unique(reference.camera.astype(str), return_inverse=True)[1]
        if numbers.max() + 1 < BLOCKS_MINIMUM:
            return stick
        cameras = np.zeros((numbers.max() + 1, stick.counts.size), np.float32)
        np.add.at(cameras, numbers, _counts(reference))
        psi, js = null.of_cameras(cameras, self.made.layout, self.made.bounds.chance.band)
        return replace(stick, psi=np.maximum(stick.psi, psi), js=np.maximum(stick.js, js))

    def _by_hour(self, hour: Integers, make: Callable[[Integers], Yardstick | None]) -> Integers:
        """Numbers of the sticks of each hour, then of all hours."""
        whole = make(np.arange(len(hour)))
        numbers = np.full(HOURS + 1, self._add(whole))
        for one, rows in _contexts(hour, self.made.bounds.context_hours):
            stick = make(rows) if len(rows) < len(hour) else None
            numbers[one] = numbers[one] if stick is None else self._add(stick)
        return numbers

    def _scenes(self, scenes: Tally, places: Floats, baseline: Baseline) -> Yardstick:
        counts = _counts(scenes)
        psi, js = null.of_scenes(counts, self.made.layout, self.made.bounds.chance.band, self.seed)
        unknown, none = np.full(null.LEVELS, np.inf), np.zeros(FEATURES, np.float32)
        frames = max(float(scenes.frames.mean()), 1.0)
        return Yardstick(baseline, counts.sum(axis=0), places, none, frames, psi, js, unknown)

    def _accepting(self) -> Accepting:
        bounds, layout = self.made.bounds, self.made.layout
        least, around = bounds.least(layout), bounds.context_hours
        return Accepting(bounds.durations, bounds.minimum_frames, least, around, bounds.chance, layout)

    def _cosines(self, counts: Floats, places: Floats) -> Floats:
        return self.made.kernel.embedded(self.made.layout.points(counts, places))

    def _add(self, stick: Yardstick | None) -> int:
        if stick is not None:
            self.made.sticks.append(stick)
        return len(self.made.sticks) - 1


def _counts(tally: Tally) -> Floats:
    """``(n, b)`` bins of all signals side by side."""
    return np.concatenate([table.astype(np.float32) for table in tally.counts.values()], axis=1)


def _contexts(hour: Integers, around: int) -> Iterator[tuple[int, Integers]]:
    """Each hour of the day that has a row, and the rows near it."""
    for one in np.unique(hour).tolist():
        apart: NDArray[np.int64] = np.abs((hour - one + HOURS // 2) % HOURS - HOURS // 2)
        yield one, np.flatnonzero(apart <= around)
