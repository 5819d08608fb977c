"""From frames to records: counts by camera and minute, handed to the outbox when a minute is over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone

from detection.edge.telemetry import latency, signals
from detection.edge.telemetry.counters import COUNTERS, Counters
from detection.edge.telemetry.histogram import Edges
from detection.edge.telemetry.latency import STEPS, Latencies
from detection.edge.telemetry.outbox import Outbox
from detection.edge.telemetry.records import Origin, Record
from detection.edge.telemetry.signals import SignalValues, Tally

RECORDS_PER_SEGMENT = 64
SECONDS_PER_SEGMENT = 60.0
"""A power cut loses at most what was counted in so many seconds, and the minute that is open."""
FRAMES_PER_BATCH = 128
"""Frames are counted so many at a time: one by one costs more than measuring them."""
CLOCK_NOT_SET = "2020-01-01T00:00:00Z"
"""The minute of frames whose clock says a year before 2020 or after 2099."""


@dataclass(frozen=True, slots=True)
class Running:
    """What answers: the manifest's digest and the variant."""

    bundle: str
    variant: str


@dataclass(slots=True, eq=False)
class _Open:
    """A minute that goes on."""

    minute: str
    tally: Tally
    counters: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTERS, 0))
    latency: dict[str, Latencies] = field(default_factory=lambda: {step: latency.none() for step in STEPS})
    values: list[SignalValues] = field(default_factory=list)
    times_ms: list[Sequence[float]] = field(default_factory=list)

    def count(self) -> None:
        """Take what waits into the histograms."""
        self.tally = self.tally.add(self.values)
        for step, times in zip(STEPS, zip(*self.times_ms, strict=True), strict=False):
            self.latency[step] += latency.counted(times)
        self.values.clear()
        self.times_ms.clear()


class Minutes:
    """Counts the frames of any number of cameras; each camera has one open minute."""

    def __init__(self, outbox: Outbox, origin: Origin, edges: Mapping[str, Edges]) -> None:
        self._outbox = outbox
        self._origin = origin
        self._edges = edges
        self._open: dict[str, _Open] = {}
        self._sequence = 0
        self._flushed_s = float("-inf")

    def saw(
        self, camera: str, captured_at: datetime, values: SignalValues, marks: Sequence[str] = (),
        times_ms: Sequence[float] | None = None,
    ) -> None:  # fmt: skip
        """Count one frame that was answered.

        Args:
            camera: who took it.
            captured_at: when.
            values: its signals.
            marks: counters it adds one to, besides ``frames``.
            times_ms: what each of :data:`detection.edge.telemetry.latency.STEPS` took; None where nobody timed it.
        """
        minute = self._counted(camera, captured_at, ("frames", *marks))
        minute.values.append(values)
        if times_ms is not None:
            minute.times_ms.append(times_ms)
        if len(minute.values) >= FRAMES_PER_BATCH:
            minute.count()

    def failed(self, camera: str, captured_at: datetime, marks: Sequence[str] = ()) -> None:
        """Count one frame without a sound answer; ``marks`` as in :meth:`saw`."""
        self._counted(camera, captured_at, ("frames", "failed", *marks))

    def lost(self, camera: str, captured_at: datetime, dropped: int, reconnects: int) -> None:
        """Count frames that nobody looked at, and times that the camera was opened again."""
        counts = self._counted(camera, captured_at, ()).counters
        counts["dropped"] += dropped
        counts["reconnects"] += reconnects

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

    def _counted(self, camera: str, captured_at: datetime, marks: Sequence[str]) -> _Open:
        minute = minute_of(captured_at)
        open_minute = self._open.get(camera)
        if open_minute is not None and open_minute.minute != minute:
            self._close(camera)
            open_minute = None
        if open_minute is None:
            open_minute = self._open[camera] = _Open(minute, signals.nothing(self._edges))
        for mark in marks:
            open_minute.counters[mark] += 1
        return open_minute

    def _close(self, camera: str) -> None:
        done = self._open.pop(camera)
        done.count()
        done.counters["starts"] = int(self._sequence == 0)
        counters = Counters(**done.counters)
        record = Record(self._origin, self._sequence, camera, done.minute, counters, done.tally, done.latency)
        self._outbox.put(record)
        self._sequence += 1


def minute_of(moment: datetime) -> str:
    """The minute's beginning, UTC; :data:`CLOCK_NOT_SET` where no clock can have meant it."""
    moment = moment.astimezone(timezone.utc)
    return moment.strftime("%Y-%m-%dT%H:%M:00Z") if 2020 <= moment.year <= 2099 else CLOCK_NOT_SET
