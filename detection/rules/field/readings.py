"""What watching the field comes to: readings of windows, standings, incidents, objectives, trust. Values only.

Many readings are columns (:class:`Readings`: one of a thousand cameras makes millions); one thing is a frozen value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from detection.rules.spec.field import Duration, Objective

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


@dataclass(frozen=True, slots=True)
class Standing:
    """One signal of one camera over all its windows of one length.

    Attributes:
        windows: how many there were.
        spoken: how many had enough samples.
        warnings: how many were warnings or worse.
        breaches: how many were breaches.
        worst: the reading furthest beyond its bound, or any if all had too few samples.
        latest: the newest reading that had enough samples, or the newest.
        severity: of the incident this signal is part of at the end of the readings; none if it is part of none.
        raised: the loudest it has been; none if it never lasted.
        raised_at_s: end of the window that completed the breaches asked for, at that loudest; none likewise.
    """

    camera: str
    signal: str
    window: str
    baseline: Baseline
    windows: int
    spoken: int
    warnings: int
    breaches: int
    worst: Reading
    latest: Reading
    severity: Severity | None
    raised: Severity | None
    raised_at_s: int | None

    @property
    def alarm(self) -> bool:
        """Whether enough windows were breaches for somebody to be called."""
        return self.raised is Severity.ALARM


@dataclass(frozen=True, slots=True)
class Part:
    """One signal's part in an incident.

    Attributes:
        signal: its name, or :data:`JOINT`.
        window: name of the duration in which it lasted.
        severity: loudest it became.
        opened_s: end of the window that completed the breaches asked for, seconds since 1970 UTC.
        worst: the reading furthest beyond its bound while it lasted.
        alarmed_s: the moment it became an alarm; none while it only warns.
        closed_s: end of the window with which it had cleared; none if it has not.
    """

    signal: str
    window: str
    severity: Severity
    opened_s: int
    worst: Reading
    alarmed_s: int | None = None
    closed_s: int | None = None


@dataclass(frozen=True, slots=True)
class Incident:
    """A camera has left the world that was validated, for longer than chance would have it.

    Attributes:
        id: 16 hex digits, from bundle, camera and the moment it opened; the same when computed again from more minutes.
        bundle: SHA-256 of the manifest that was running.
        camera: whose.
        opened_s: end of the window that opened it, seconds since 1970 UTC: the moment it could be known.
        alarmed_s: the moment it became an alarm; none while it only warns.
        closed_s: end of the window with which the last part had cleared; none while it is open.
        severity: an alarm as soon as ``alarmed_s`` is known; a learnt baseline asks for two parts that are alarms.
        parts: by the moment they opened, then signal and window.
        baseline: what the camera was compared with.
    """

    id: str
    bundle: str
    camera: str
    opened_s: int
    alarmed_s: int | None
    closed_s: int | None
    severity: Severity
    parts: tuple[Part, ...]
    baseline: Baseline

    @property
    def signals(self) -> tuple[str, ...]:
        """Names of its signals, in the order they joined, each once."""
        return tuple(dict.fromkeys(part.signal for part in self.parts))

    @property
    def open(self) -> bool:
        """Whether it goes on."""
        return self.closed_s is None


@dataclass(frozen=True, slots=True, eq=False)
class Findings:
    """Everything that comparing telemetry with its baselines gives.

    Attributes:
        readings: one table for each duration of the spec, in its order.
        standings: one per camera, signal and duration that has a row, in that order.
        incidents: by the moment they opened, then camera.
    """

    readings: tuple[Readings, ...]
    standings: tuple[Standing, ...]
    incidents: tuple[Incident, ...]

    @property
    def alarms(self) -> tuple[Incident, ...]:
        """Incidents that call somebody."""
        return tuple(incident for incident in self.incidents if incident.severity is Severity.ALARM)


class Kept(Enum):
    """Whether an objective is met."""

    TOO_FEW = "not enough data"
    MET = "met"
    BELOW = "below"
    """Below its floor, not yet for as many days as a breach takes."""
    BREACHED = "breached"


@dataclass(frozen=True, slots=True)
class ObjectiveDay:
    """One objective at the end of one day.

    Attributes:
        day_s: begin of the day, seconds since 1970 UTC.
        value: over the rolling window that ends with the day; NaN where there was not enough data.
        labelled: detections (precision) or objects (recall) that people have judged in the window.
        below_days: days in a row, this one included, below the floor.
        kept: what it says.
    """

    day_s: int
    value: float
    labelled: int
    below_days: int
    kept: Kept


@dataclass(frozen=True, slots=True)
class ObjectiveStanding:
    """One objective over all days that have labels.

    Attributes:
        objective: as the spec has it.
        days: oldest first; empty without labels.
        breached_at_s: begin of the first day on which it was breached; none if never.
    """

    objective: Objective
    days: tuple[ObjectiveDay, ...]
    breached_at_s: int | None

    @property
    def kept(self) -> Kept:
        """What the newest day says."""
        return self.days[-1].kept if self.days else Kept.TOO_FEW


class Drift(Enum):
    """What has changed, as far as readings and labels together can say."""

    NONE = "no drift"
    DATA = "data drift"
    """What the camera sees has changed; what the detector says of it is still right."""
    CONCEPT = "concept drift"
    """The detector is less often right than it was; only labels can show it."""
    UNKNOWN = "data drift, too few labels to say more"
    UNWATCHED = "not enough data"
    """Neither windows nor labels suffice."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Data drift or concept drift, of one camera or (camera ``""``) of all.

    Attributes:
        camera: whose, or ``""``.
        drift: what it is.
        precision: among what people have judged since; NaN where there was not enough.
        precision_upper: one-sided upper bound of it, at 95 %; concept drift is when this lies below the floor.
        recall: likewise.
        recall_upper: likewise.
        labelled_frames: that came back.
    """

    camera: str
    drift: Drift
    precision: float
    precision_upper: float
    recall: float
    recall_upper: float
    labelled_frames: int


@dataclass(frozen=True, slots=True)
class TrustPart:
    """One part of the trust score.

    Attributes:
        name: ``accuracy``, ``drift``, ``domain``, ``camera``.
        value: 0 to 1; NaN for not enough data.
        weight: the spec's.
        reason: one line for people.
    """

    name: str
    value: float
    weight: float
    reason: str


@dataclass(frozen=True, slots=True)
class TrustScore:
    """How far a camera's answers (or, camera ``""``, the fleet's) can be relied on.

    Attributes:
        camera: whose, or ``""``.
        score: weighted mean of the parts that are known, 0 to 1; NaN if none is.
        known_share: weight of the known parts over the weight of all.
        parts: in the order of the spec.
    """

    camera: str
    score: float
    known_share: float
    parts: tuple[TrustPart, ...]


def worst_first(scores: Sequence[TrustScore]) -> tuple[TrustScore, ...]:
    """Least trusted first; what is unknown comes after, by name."""
    return tuple(sorted(scores, key=lambda s: (np.isnan(s.score), s.score if s.score == s.score else 0.0, s.camera)))
