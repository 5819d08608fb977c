"""From frames to records: counts by camera and minute, handed to the outbox when a minute is over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone

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
"""Frames are counted so many at a time, whatever camera they are of: one by one costs four times as much."""
CLOCK_NOT_SET = datetime(2020, 1, 1, tzinfo=timezone.utc)
"""The minute of frames whose clock says a year before 2020 or after 2099."""


@dataclass(frozen=True, slots=True)
class Running:
    """What answers: the manifest's digest and the variant."""

    bundle: str
    variant: str


@dataclass(slots=True, eq=False)
class _Open:
    """A minute that goes on."""

    begins: datetime
    ends: datetime
    tally: Tally
    counters: dict[str, int] = field(default_factory=lambda: dict.fromkeys(COUNTERS, 0))
    latency: dict[str, Latencies] = field(default_factory=lambda: {step: latency.none() for step in STEPS})
    waiting: list[SignalValues] = field(default_factory=list)
    times_ms: list[Sequence[float]] = field(default_factory=list)

    def count(self) -> None:
        """Take the frames that wait into the histograms."""
        self.counters["frames"] += len(self.waiting)
        self.tally = self.tally.add(self.waiting)
        self.waiting.clear()
        if self.times_ms:
            for step, counts in zip(STEPS, latency.counted(self.times_ms), strict=True):
                self.latency[step] += counts
            self.times_ms.clear()


class Minutes:
    """Counts the frames of any number of cameras; each camera has one open minute."""

    def __init__(self, outbox: Outbox, origin: Origin, edges: Mapping[str, Edges]) -> None:
        self._outbox = outbox
        self._origin = origin
        self._edges = edges
        self._open: dict[str, _Open] = {}
        self._waiting = 0
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
        minute = self._minute_of(camera, captured_at)
        minute.waiting.append(values)
        if times_ms is not None:
            minute.times_ms.append(times_ms)
        for mark in marks:
            minute.counters[mark] += 1
        self._waiting += 1

    def failed(self, camera: str, captured_at: datetime, marks: Sequence[str] = ()) -> None:
        """Count one frame without a sound answer; ``marks`` as in :meth:`saw`."""
        counters = self._minute_of(camera, captured_at).counters
        for mark in ("frames", "failed", *marks):
            counters[mark] += 1

    def lost(self, camera: str, captured_at: datetime, dropped: int, reconnects: int) -> None:
        """Count frames that nobody looked at, and times that the camera was opened again."""
        counters = self._minute_of(camera, captured_at).counters
        counters["dropped"] += dropped
        counters["reconnects"] += reconnects

    @property
    def enough(self) -> bool:
        """So many frames wait that they should be counted: between two frames, when nobody waits for an answer."""
        return self._waiting >= FRAMES_PER_BATCH

    def count(self) -> None:
        """Take the frames that wait into their minutes."""
        for minute in self._open.values():
            minute.count()
        self._waiting = 0

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
        due = now_s - self._flushed_s >= SECONDS_PER_SEGMENT or self._outbox.waiting >= RECORDS_PER_SEGMENT
        if not (force or due):
            return True
        self._flushed_s = now_s
        return self._outbox.flush()

    def _minute_of(self, camera: str, captured_at: datetime) -> _Open:
        open_minute = self._open.get(camera)
        if open_minute is None or not open_minute.begins <= captured_at < open_minute.ends:
            return self._opened(camera, captured_at)
        return open_minute

    def _opened(self, camera: str, captured_at: datetime) -> _Open:
        """The minute of a moment that is not within the camera's open one, as far as that tells."""
        begins, before = begin_of(captured_at), self._open.get(camera)
        if before is not None and before.begins == begins:
            return before
        if before is not None:
            self._close(camera)
        made = self._open[camera] = _Open(begins, begins + _MINUTE, signals.nothing(self._edges))
        return made

    def _close(self, camera: str) -> None:
        self.count()
        done = self._open.pop(camera)
        done.counters["starts"] = int(self._sequence == 0)
        minute, counters = done.begins.strftime("%Y-%m-%dT%H:%M:00Z"), Counters(**done.counters)
        record = Record(self._origin, self._sequence, camera, minute, counters, done.tally, done.latency)
        self._outbox.put(record)
        self._sequence += 1


_MINUTE = timedelta(minutes=1)


def begin_of(moment: datetime) -> datetime:
    """The minute's beginning, UTC; :data:`CLOCK_NOT_SET` where no clock can have meant it."""
    moment = moment.astimezone(timezone.utc)
    return moment.replace(second=0, microsecond=0) if 2020 <= moment.year <= 2099 else CLOCK_NOT_SET
