"""What readings come to: where each signal stands, and incidents that lasted. Values only."""

from __future__ import annotations

from dataclasses import dataclass

from detection.rules.field.watching.readings import Baseline, Reading, Readings, Severity


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
