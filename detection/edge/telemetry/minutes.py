"""From frames to records: counts by camera and minute, handed to the outbox when a minute is over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timezone

from detection.edge.telemetry import signals
from detection.edge.telemetry.histogram import Edges
from detection.edge.telemetry.outbox import Outbox
from detection.edge.telemetry.records import Record
from detection.edge.telemetry.signals import SignalValues, Tally

RECORDS_PER_SEGMENT = 64
SECONDS_PER_SEGMENT = 60.0
"""A power cut loses at most what was counted in so many seconds, and the minute that is open."""


@dataclass(frozen=True, slots=True)
class Running:
    """What the records say about the run: the manifest's digest and the variant."""

    bundle: str
    variant: str


@dataclass(frozen=True, slots=True, eq=False)
class _Open:
    minute: str
    tally: Tally
    failed: int


class Minutes:
    """Counts the frames of any number of cameras; each camera has one open minute."""

    def __init__(self, outbox: Outbox, running: Running, edges: Mapping[str, Edges]) -> None:
        self._outbox = outbox
        self._running = running
        self._edges = edges
        self._open: dict[str, _Open] = {}
        self._sequence = 0
        self._flushed_s = float("-inf")

    def saw(self, camera: str, captured_at: datetime, values: SignalValues) -> None:
        """Count one frame."""
        minute = self._minute(camera, captured_at)
        self._open[camera] = replace(minute, tally=minute.tally.add(values))

    def failed(self, camera: str, captured_at: datetime) -> None:
        """Count one frame that could not be decoded."""
        minute = self._minute(camera, captured_at)
        self._open[camera] = replace(minute, failed=minute.failed + 1)

    def flush(self, now_s: float, force: bool = False) -> bool:
        """Write finished minutes if enough of them or enough time has gathered.

        Args:
            now_s: a clock that never goes back.
            force: close the open minutes too and write everything: the run ends.

        Returns:
            False if the disk refused; the records wait.
        """
        if force:
            for camera in sorted(self._open):
                self._close(camera)
        due = self._outbox.waiting >= RECORDS_PER_SEGMENT or now_s - self._flushed_s >= SECONDS_PER_SEGMENT
        if not (force or due):
            return True
        self._flushed_s = now_s
        return self._outbox.flush()

    def _minute(self, camera: str, captured_at: datetime) -> _Open:
        minute = captured_at.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:00Z")
        if camera in self._open and self._open[camera].minute != minute:
            self._close(camera)
        return self._open.setdefault(camera, _Open(minute, signals.nothing(self._edges), 0))

    def _close(self, camera: str) -> None:
        done = self._open.pop(camera)
        running, boot = self._running, self._outbox.boot
        self._outbox.put(
            Record(running.bundle, running.variant, boot, self._sequence, camera, done.minute, done.tally, done.failed)
        )
        self._sequence += 1
