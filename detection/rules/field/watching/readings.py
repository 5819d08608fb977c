"""What windows say, one by one. Values only.

Many readings are columns (:class:`Readings`: one of a thousand cameras makes millions); one thing is a frozen value.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from detection.rules.spec.field import Duration

Integers = NDArray[np.int64]
Reals = NDArray[np.float32]
Codes = NDArray[np.int8]
Strings = NDArray[np.object_]

JOINT = "joint"
"""Name of the reading over all signals at once (MMD of the per-minute vectors); stands last among the signals."""


class Baseline(Enum):
    """What a camera was compared with."""

    OWN = "own"
    """Its scenes in the bundle's reference."""
    LEARNT = "learnt"
    """A period of its own telemetry that a person accepted."""
    FLEET = "fleet"
    """All cameras of the reference: differs by nature, so it warns at most."""


class Answer(Enum):
    """What one window of one camera says about one signal."""

    TOO_FEW = "too few samples"
    QUIET = "quiet"
    WARNING = "warning"
    BREACH = "breach"

    @property
    def code(self) -> int:
        """Its place in :data:`ANSWERS`, as arrays hold it; later is worse."""
        return ANSWERS.index(self)


ANSWERS = (Answer.TOO_FEW, Answer.QUIET, Answer.WARNING, Answer.BREACH)


class Severity(Enum):
    """How loud an incident is: the spec's two bounds."""

    WARNING = "warning"
    ALARM = "alarm"


@dataclass(frozen=True, slots=True)
class Reading:
    """One window of one camera, one signal.

    Attributes:
        camera: whose.
        signal: its name, or :data:`JOINT`.
        window: the duration's name.
        begins_s: seconds since 1970 UTC.
        frames: in the window.
        samples: counted for the signal; minutes for :data:`JOINT`.
        distance: PSI from the baseline, MMD for :data:`JOINT`; NaN where there were too few samples.
        noise: what unchanged windows of this size stay below; the null band. NaN likewise.
        js: Jensen-Shannon divergence in bits, 0 to 1; NaN for :data:`JOINT`.
        js_noise: its null band.
        baseline: what it was compared with.
        answer: what it says.
    """

    camera: str
    signal: str
    window: str
    begins_s: int
    frames: int
    samples: int
    distance: float
    noise: float
    js: float
    js_noise: float
    baseline: Baseline
    answer: Answer


@dataclass(frozen=True, slots=True, eq=False)
class Readings:
    """All windows of one length: ``n`` rows ordered by camera, then by time; ``s`` signals, the last is :data:`JOINT`.

    Attributes:
        duration: the window, as the spec has it.
        signals: ``s`` names.
        camera: ``(n,)``.
        begins_s: ``(n,)`` seconds since 1970 UTC.
        frames: ``(n,)``.
        baseline: ``(n,)`` of :class:`Baseline`.
        samples: ``(n, s)``.
        distance: ``(n, s)`` PSI; the last column MMD; NaN where there were too few samples.
        noise: ``(n, s)`` the null band of ``distance``.
        js: ``(n, s)`` Jensen-Shannon divergence in bits; the last column NaN.
        js_noise: ``(n, s)``.
        answer: ``(n, s)`` places in :data:`ANSWERS`.
    """

    duration: Duration
    signals: tuple[str, ...]
    camera: Strings
    begins_s: Integers
    frames: Integers
    baseline: Strings
    samples: Integers
    distance: Reals
    noise: Reals
    js: Reals
    js_noise: Reals
    answer: Codes

    def __len__(self) -> int:
        return len(self.camera)

    def of(self, camera: str) -> Readings:
        """The rows of one camera."""
        return self.take(np.flatnonzero(self.camera == camera))

    def take(self, rows: Integers) -> Readings:
        """The rows named."""
        return Readings(
            self.duration, self.signals, self.camera[rows], self.begins_s[rows], self.frames[rows], self.baseline[rows],
            self.samples[rows], self.distance[rows], self.noise[rows], self.js[rows], self.js_noise[rows],
            self.answer[rows],
        )  # fmt: skip

    def one(self, row: int, signal: str) -> Reading:
        """One row's reading of one signal."""
        column = self.signals.index(signal)
        return Reading(
            camera=str(self.camera[row]),
            signal=signal,
            window=self.duration.name,
            begins_s=int(self.begins_s[row]),
            frames=int(self.frames[row]),
            samples=int(self.samples[row, column]),
            distance=float(self.distance[row, column]),
            noise=float(self.noise[row, column]),
            js=float(self.js[row, column]),
            js_noise=float(self.js_noise[row, column]),
            baseline=self.baseline[row],
            answer=ANSWERS[int(self.answer[row, column])],
        )
