"""Is the field still the world that was validated? Histograms in, readings out. Knows no files, no clock, no device.

Three things keep an answer honest. Bins are fixed at release, (lower, upper] with open ends and one bin for NaN, so
nothing that was measured can fall outside. The bound of a window is never below what windows of the same size show in
the reference itself, drawn scene by scene, because frames of one scene are not independent. And a window that is too
small says so instead of guessing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

Counts = NDArray[np.int64]
"""``(..., bins)`` how often each bin was met; the last bin is NaN's."""
Reals = NDArray[np.float64]
Strings = NDArray[np.object_]

DRAWS = 999
"""Windows drawn for the null; enough for its 99th percentile, and odd figures need no interpolation."""
NULL_CONFIDENCE = 0.99
OWN_BLOCKS_MINIMUM = 5
"""Scenes below which a camera's own baseline cannot say how much scenes differ."""


class Baseline(Enum):
    """What a camera was compared with."""

    OWN = "own"
    FLEET = "fleet"


class Answer(Enum):
    """What one window of one camera says about one signal."""

    QUIET = "quiet"
    WARNING = "warning"
    BREACH = "breach"
    TOO_FEW = "too few samples"


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """Histograms of ``n`` blocks: scenes of the reference, or windows of the field.

    Attributes:
        camera: ``(n,)`` whose frames they are.
        begins_s: ``(n,)`` int64, seconds since 1970 UTC; 0 for scenes of the reference.
        frames: ``(n,)`` int64, frames in the block.
        counts: for each signal ``(n, bins)`` :data:`Counts`.
    """

    camera: Strings
    begins_s: NDArray[np.int64]
    frames: NDArray[np.int64]
    counts: Mapping[str, Counts]

    def __len__(self) -> int:
        return len(self.camera)

    def of(self, camera: str) -> Tally:
        """The blocks of one camera, oldest first."""
        rows = np.flatnonzero(self.camera == camera)
        rows = rows[np.argsort(self.begins_s[rows], kind="stable")]
        counts = {name: table[rows] for name, table in self.counts.items()}
        return Tally(self.camera[rows], self.begins_s[rows], self.frames[rows], counts)


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the spec decides about monitoring."""

    psi_warning: float
    psi_alarm: float
    minimum_frames: int
    minimum_samples: Mapping[str, int] = field(default_factory=dict)
    """Per signal, where a frame gives more or fewer than one sample."""
    breaches_to_alarm: int = 2


@dataclass(frozen=True, slots=True)
class Reading:
    """One window of one camera, one signal.

    Attributes:
        psi: population stability index against the baseline; NaN where there were too few samples.
        noise: what the reference's own windows of this size stay below, 99 times in 100; NaN likewise.
    """

    camera: str
    signal: str
    begins_s: int
    frames: int
    samples: int
    psi: float
    noise: float
    baseline: Baseline
    answer: Answer


@dataclass(frozen=True, slots=True)
class Standing:
    """One signal of one camera over all its windows."""

    camera: str
    signal: str
    baseline: Baseline
    readings: tuple[Reading, ...]
    alarmed_at_s: int | None
    """Begin of the window that completed the row of breaches; none if none did."""

    @property
    def alarm(self) -> bool:
        """Whether enough windows in a row were breaches."""
        return self.alarmed_at_s is not None

    @property
    def worst(self) -> Reading:
        """The reading furthest from its baseline, or any if all had too few samples."""
        return max(self.readings, key=lambda r: -1.0 if np.isnan(r.psi) else r.psi)


def psi(reference: Counts, window: Counts) -> Reals:
    r"""Population stability index, sum over bins of ``(q - p) ln(q / p)``.

    Where a bin is empty on one side only, half a count stands in for nothing on that side, so that mass in a bin the
    reference never met counts as much as its size deserves and never as infinity; a bin that is empty on both sides
    says nothing. Where no bin is empty this is the published formula to the last digit (a bucket that goes from 0.20
    to 0.30 contributes 0.0405).

    Args:
        reference: ``(..., bins)``, each with at least one count.
        window: ``(..., bins)``, likewise; leading axes broadcast.

    Returns:
        ``(...)`` values, 0 and up; the same when the sides are swapped.
    """
    before, after = _shares(reference), _shares(window)
    spoken = (before > 0) | (after > 0)
    half_before = 0.5 / reference.sum(axis=-1, keepdims=True)
    half_after = 0.5 / window.sum(axis=-1, keepdims=True)
    p = np.where(spoken, np.where(before > 0, before, half_before), 1.0)
    q = np.where(spoken, np.where(after > 0, after, half_after), 1.0)
    total: Reals = np.sum((q - p) * np.log(q / p), axis=-1)
    return total


def noise(own: Counts, fleet: Counts, blocks: int, seed: int = 0) -> float:
    """What PSI windows of ``blocks`` scenes show against a reference of this size when nothing has changed.

    Reference and window are both drawn anew, scene by scene, since a baseline of few scenes is itself uncertain. A
    scene of the window is, by the rule of succession, unlike any of the ``b`` seen ones once in ``b + 1`` times, and
    then looks like one of the fleet.

    Args:
        own: ``(b, bins)`` scenes of the baseline.
        fleet: ``(f, bins)`` scenes of all cameras.
        blocks: scenes in a window.
        seed: of the draws; the same seed gives the same bound.

    Returns:
        The :data:`NULL_CONFIDENCE` quantile over :data:`DRAWS` windows.
    """
    dice = np.random.default_rng(seed)
    seen = len(own)
    surprises = dice.binomial(blocks, 1 / (seen + 1), DRAWS)
    window = _drawn(own, blocks - surprises, dice) + _drawn(fleet, surprises, dice)
    reference = _drawn(own, np.full(DRAWS, seen), dice)
    filled = (window.sum(axis=1) > 0) & (reference.sum(axis=1) > 0)
    values = psi(reference[filled], window[filled])
    return float(np.quantile(values, NULL_CONFIDENCE, method="higher")) if len(values) else float("inf")


def watch(reference: Tally, windows: Tally, bounds: Bounds, seed: int = 0) -> tuple[Standing, ...]:
    """Compare every window with its camera's baseline, and say where breaches have lasted.

    Args:
        reference: scenes at release.
        windows: what the field sent, any order.
        bounds: the spec's decisions.
        seed: of the draws behind the bounds.

    Returns:
        One standing per camera and signal, ordered by camera, then by signal as the reference orders them.
    """
    standings = []
    for camera in sorted(set(windows.camera)):
        seen, baseline = _baseline(reference, camera)
        for signal in reference.counts:
            judge = _Judge(signal, seen, reference, baseline, bounds, seed)
            standings.append(judge.standing(camera, windows.of(camera)))
    return tuple(standings)


def alarms(standings: Sequence[Standing]) -> tuple[Standing, ...]:
    """Those that have lasted long enough to call somebody."""
    return tuple(s for s in standings if s.alarm)


@dataclass(slots=True)
class _Judge:
    """One signal of one camera; remembers the noise of window sizes already met."""

    signal: str
    seen: Tally
    reference: Tally
    baseline: Baseline
    bounds: Bounds
    seed: int
    known: dict[int, float] = field(default_factory=dict)

    def standing(self, camera: str, windows: Tally) -> Standing:
        readings = tuple(self._reading(camera, windows, row) for row in range(len(windows)))
        return Standing(camera, self.signal, self.baseline, readings, _lasting(readings, self.bounds.breaches_to_alarm))

    def _reading(self, camera: str, windows: Tally, row: int) -> Reading:
        frames, counts = int(windows.frames[row]), windows.counts[self.signal][row]
        samples, scenes = int(counts.sum()), self.seen.counts[self.signal]
        enough = samples >= self.bounds.minimum_samples.get(self.signal, 1) and frames >= self.bounds.minimum_frames
        if enough and scenes.sum() > 0:
            distance, floor = float(psi(scenes.sum(axis=0), counts)), self._noise(frames)
            answer = self._answer(distance, floor)
        else:
            distance, floor, answer = float("nan"), float("nan"), Answer.TOO_FEW
        begins_s = int(windows.begins_s[row])
        return Reading(camera, self.signal, begins_s, frames, samples, distance, floor, self.baseline, answer)

    def _noise(self, frames: int) -> float:
        blocks = max(1, round(frames / max(1.0, float(self.seen.frames.mean()))))
        if blocks not in self.known:
            own, fleet = self.seen.counts[self.signal], self.reference.counts[self.signal]
            self.known[blocks] = noise(own, fleet, blocks, self.seed)
        return self.known[blocks]

    def _answer(self, distance: float, floor: float) -> Answer:
        if distance > max(self.bounds.psi_alarm, floor) and self.baseline is Baseline.OWN:
            return Answer.BREACH
        return Answer.WARNING if distance > max(self.bounds.psi_warning, floor) else Answer.QUIET


def _baseline(reference: Tally, camera: str) -> tuple[Tally, Baseline]:
    own = reference.of(camera)
    return (own, Baseline.OWN) if len(own) >= OWN_BLOCKS_MINIMUM else (reference, Baseline.FLEET)


def _lasting(readings: Sequence[Reading], needed: int) -> int | None:
    """Begin of the window that completes ``needed`` breaches in a row; windows with too few samples are passed over."""
    spoken = [r for r in readings if r.answer is not Answer.TOO_FEW]
    for breached, row in groupby(spoken, key=lambda r: r.answer is Answer.BREACH):
        members = list(row)
        if breached and len(members) >= needed:
            return members[needed - 1].begins_s
    return None


def _shares(counts: Counts) -> Reals:
    shares: Reals = counts / counts.sum(axis=-1, keepdims=True)
    return shares


def _drawn(blocks: Counts, how_many: NDArray[np.int64], dice: np.random.Generator) -> Counts:
    """``(draws, bins)`` sums of blocks drawn with replacement, ``how_many[i]`` of them in draw ``i``."""
    times = dice.multinomial(how_many, np.full(len(blocks), 1 / len(blocks)))
    summed: Counts = times @ blocks
    return summed
