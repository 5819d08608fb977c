"""The counts of a run, and its heartbeat. Everything a watcher may ask of a run is counted here, once."""

from __future__ import annotations

import math
import os
from bisect import bisect_left
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from detection.edge.health import Health, write_health
from detection.edge.telemetry.minutes import Running

WINDOW_FRAMES = 512
"""Latencies are told over so many last frames."""

BEAT_S = 1.0

MARKS = ("out_of_domain", "foreign_size", "frozen", "covered", "moved", "suppressed", "sampled")
"""What the guard says of frames, as telemetry's counters name it."""

_BOUNDS_MS = (1.0, 2.5, 5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 500.0, 1000.0, 2500.0)


@dataclass(frozen=True, slots=True)
class Losses:
    """What never became an answer, or never arrived.

    Attributes:
        dropped: frames that a newer one had overtaken.
        reconnects: times that a camera was opened again.
        undelivered: answers that a sink had to give up.
    """

    dropped: int = 0
    reconnects: int = 0
    undelivered: int = 0


class LatencyCounts:
    """Latencies by bucket, (lower, upper] as Prometheus has it; the limits of a target are bounds themselves."""

    def __init__(self, limits_ms: Sequence[float] = ()) -> None:
        self.bounds_ms = tuple(sorted({*_BOUNDS_MS, *limits_ms}))
        self.counts = [0] * (len(self.bounds_ms) + 1)
        self.sum_ms = 0.0

    def add(self, latency_ms: float) -> None:
        """Count one frame."""
        self.sum_ms += latency_ms
        self.counts[bisect_left(self.bounds_ms, latency_ms)] += 1


def no_losses() -> Losses:
    """Of a recorded source and a patient reader."""
    return Losses()


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """What a run is asked to tell.

    Attributes:
        path: of the health file; None writes none.
        budget_ms: what one frame may take.
        limits_ms: of the target: bounds of the latency buckets.
        losses: tells the source's and the sinks' own counts.
    """

    path: Path | None = None
    budget_ms: float = math.inf
    limits_ms: tuple[float, ...] = ()
    losses: Callable[[], Losses] = no_losses


class Pulse:
    """Counts frame after frame; :meth:`beat` writes the health file when a second has gone by."""

    def __init__(self, running: Running, started_at: float, wanted: Wanted) -> None:
        """Begin to count.

        Args:
            running: what runs.
            started_at: seconds since 1970.
            wanted: what is written and held against what.
        """
        self.frames = self.failed = self.unsound = self.over_budget = self.missed_beats = 0
        self.state = "waiting"
        self.last_frame_at: float | None = None
        self.beaten_s = -math.inf
        self.latencies = LatencyCounts(wanted.limits_ms)
        self.marks = dict.fromkeys(MARKS, 0)
        self._running = running
        self._started_at = started_at
        self._wanted = wanted
        self._latencies_ms: deque[float] = deque(maxlen=WINDOW_FRAMES)
        self._due_s = -math.inf

    def answered(self, latency_ms: float, at: float) -> None:
        """Count a frame that was answered.

        Args:
            latency_ms: from decoded frame to detections.
            at: seconds since 1970.
        """
        self._looked(latency_ms, at)

    def judged(self, marks: Sequence[str]) -> None:
        """Count what the guard said of a frame, some of :data:`MARKS`; most frames have none."""
        for mark in marks:
            self.marks[mark] += 1

    def broken(self, latency_ms: float, at: float) -> None:
        """Count a frame for which the model's output was unsound; see :meth:`answered`."""
        self._looked(latency_ms, at)
        self.failed += 1
        self.unsound += 1

    def unreadable(self) -> None:
        """Count a frame that could not be decoded."""
        self.frames += 1
        self.failed += 1
        self.state = "ok"

    def quiet(self, state: str) -> None:
        """No frame for now; ``waiting``, ``stalled`` or ``ended``."""
        self.state = state

    def beat(self, now_s: float, at: float, force: bool = False) -> None:
        """Write the health file if a second has gone by since the last time.

        A disk that refuses must not stop the detector: whoever watches sees that the heart stands still.

        Args:
            now_s: a clock that never goes back.
            at: seconds since 1970.
            force: write in any case: the run begins or ends.
        """
        self.beaten_s = now_s
        if self._wanted.path is None or not (force or now_s >= self._due_s):
            return
        self._due_s = now_s + BEAT_S
        try:
            write_health(self._wanted.path, self.health(at))
        except OSError:
            self.missed_beats += 1

    def health(self, at: float) -> Health:
        """How the run is doing at a moment, seconds since 1970."""
        losses = self._wanted.losses()
        ordered = sorted(self._latencies_ms)
        return Health(
            os.getpid(),
            self._started_at,
            at,
            self.frames,
            self.failed,
            self.unsound,
            losses.dropped,
            self.over_budget,
            losses.reconnects,
            losses.undelivered,
            _percentile(ordered, 0.50),
            _percentile(ordered, 0.95),
            _percentile(ordered, 0.99),
            self.last_frame_at,
            self.state,
            self._running.bundle,
            self._running.variant,
        )

    def _looked(self, latency_ms: float, at: float) -> None:
        self.frames += 1
        self.over_budget += latency_ms > self._wanted.budget_ms
        self.last_frame_at = at
        self.state = "ok"
        self._latencies_ms.append(latency_ms)
        self.latencies.add(latency_ms)


def unwatched() -> Pulse:
    """The pulse of a run that nobody asks about."""
    return Pulse(Running("", ""), 0.0, Wanted())


def _percentile(ordered: Sequence[float], share: float) -> float | None:
    """The smallest latency that at least ``share`` of all do not exceed, milliseconds; None of none."""
    return round(ordered[max(math.ceil(share * len(ordered)) - 1, 0)], 3) if ordered else None
