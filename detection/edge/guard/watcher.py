"""Everything that is watched of a frame, in one place: measured once, judged, counted, and now and then kept."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from typing import NamedTuple

from detection.edge.answers import spelled
from detection.edge.boxes import Detections
from detection.edge.guard.guard import FINE, Guard, Judgement
from detection.edge.guard.sampler import Sampler
from detection.edge.pulse import Losses, no_losses
from detection.edge.sources.items import Frame
from detection.edge.telemetry.minutes import Minutes
from detection.edge.telemetry.optics import OpticalBench, Optics
from detection.edge.telemetry.records import Origin
from detection.edge.telemetry.samples import Sample
from detection.edge.telemetry.signals import values_of
from detection.edge.vision.calibration import Thresholds
from detection.edge.vision.detector import Steps

IDLE_S = 1.0
"""So often, losses of the source are asked for, and what is due is written."""


@dataclass(frozen=True, slots=True)
class TimeLimits:
    """What one frame may take, milliseconds.

    Attributes:
        budget_ms: ``--budget-ms``.
        limit_ms: the p95 that the device's target allows.
    """

    budget_ms: float = math.inf
    limit_ms: float = math.inf


@dataclass(frozen=True, slots=True, eq=False)
class Watched:
    """What is watched, and where it goes; None where it is not wanted.

    Attributes:
        origin: what telemetry and samples say of the run.
        bench: measures.
        cuts: the thresholds, whatever else is answered.
        guard: judges.
        minutes: counts.
        sampler: keeps.
        limits: what a frame may take.
        losses: of the source and the sinks.
    """

    origin: Origin
    bench: OpticalBench
    cuts: Thresholds
    guard: Guard | None = None
    minutes: Minutes | None = None
    sampler: Sampler | None = None
    limits: TimeLimits = TimeLimits()
    losses: Callable[[], Losses] = no_losses


class Found(NamedTuple):
    """What is known of a frame when it is answered: everything above the floor, calibrated, and its optics."""

    detections: Detections
    optics: Optics


class Why(NamedTuple):
    """Why a frame is kept, and what its answer said of it."""

    reasons: tuple[str, ...]
    flags: tuple[str, ...]


class Watcher:
    """Watches frame after frame."""

    def __init__(self, watched: Watched) -> None:
        self._watched = watched
        self._cuts = watched.cuts.per_class.tolist()
        self._late_ms = min(watched.limits.budget_ms, watched.limits.limit_ms)
        self._lost = Losses()
        self._asked_s = -math.inf
        self._camera = ""
        self._owed_ms = 0.0

    def look(self, frame: Frame) -> Optics:
        """Measure one frame: at best as soon as it is there, while it is in the processor's cache."""
        began = time.perf_counter()
        optics = self._watched.bench.measure(frame.image, frame.camera)
        self._owed_ms += (time.perf_counter() - began) * 1000
        return optics

    def saw(self, frame: Frame, captured_at: datetime, found: Found, steps: Steps) -> Judgement:
        """Judge, count and perhaps keep one frame that was answered.

        Args:
            frame: itself.
            captured_at: when it was taken.
            found: in it.
            steps: what the detector took.
        """
        began = time.perf_counter()
        watched, optics, detections = self._watched, found.optics, found.detections
        kept, margin = self._cut(detections)
        judged = FINE if watched.guard is None else watched.guard.judge(frame.camera, captured_at, optics)
        total_ms, marks = steps.total_ms, judged.marks
        if total_ms > self._late_ms:
            marks = (*marks, *self._late(total_ms))
        if watched.sampler is not None:
            reasons = watched.sampler.wanted(frame.camera, captured_at, margin, judged.outside)
            if reasons and self._keep(frame, captured_at, detections, Why(reasons, judged.flags)):
                marks = (*marks, "sampled")
                judged = replace(judged, marks=(*judged.marks, "sampled"))
        if watched.minutes is not None:
            values = values_of(optics, detections, kept)
            self._camera = frame.camera
            ended = time.perf_counter()
            signals_ms = (ended - began) * 1000 + self._owed_ms
            read_ms = frame.read_ms if frame.taken_at is None else _read_ms(frame.taken_at, total_ms + signals_ms)
            times = (read_ms, *steps, signals_ms, read_ms + total_ms + signals_ms)
            watched.minutes.saw(frame.camera, captured_at, values, marks, times)
            self._owed_ms = (time.perf_counter() - ended) * 1000
        return judged

    def failed(self, camera: str, captured_at: datetime, unsound: bool) -> None:
        """Count one frame without a sound answer."""
        if self._watched.minutes is not None:
            self._camera = camera
            self._watched.minutes.failed(camera, captured_at, ("unsound",) if unsound else ())

    def idle(self, now_s: float, force: bool = False) -> None:
        """Between two frames: count, take up what the source lost, and write what is due.

        Args:
            now_s: a clock that never goes back.
            force: write everything: the run ends.
        """
        minutes = self._watched.minutes
        if minutes is None:
            return
        if minutes.enough:
            began = time.perf_counter()
            minutes.count()
            self._owed_ms += (time.perf_counter() - began) * 1000
        if force or now_s - self._asked_s >= IDLE_S:
            self._asked_s = now_s
            before, self._lost = self._lost, self._watched.losses()
            dropped, reconnects = self._lost.dropped - before.dropped, self._lost.reconnects - before.reconnects
            if dropped or reconnects:
                minutes.lost(self._camera, datetime.now(timezone.utc), dropped, reconnects)
            minutes.flush(now_s, force)

    def _cut(self, detections: Detections) -> tuple[int, float]:
        """How many detections are at or above their thresholds, and how near one of the scores is to its own.

        Plain numbers are quicker than arrays for the few there are.
        """
        kept, margin = 0, math.inf
        for score, label in zip(detections.scores.tolist(), detections.labels.tolist(), strict=True):
            above = score - self._cuts[label]
            if above >= 0:
                kept += 1
            else:
                above = -above
            if above < margin:
                margin = above
        return kept, margin

    def _late(self, took_ms: float) -> tuple[str, ...]:
        limits = self._watched.limits
        late = ("over_budget",) if took_ms > limits.budget_ms else ()
        return (*late, "over_limit") if took_ms > limits.limit_ms else late

    def _keep(self, frame: Frame, captured_at: datetime, detections: Detections, why: Why) -> bool:
        sampler, origin = self._watched.sampler, self._watched.origin
        assert sampler is not None
        height, width = frame.image.shape[:2]
        at = spelled(captured_at)

        def described(file: str) -> Sample:
            return Sample(origin, frame.name, file, frame.camera, at, width, height, why.reasons, why.flags, detections)

        return sampler.keep(described, frame.image, frame.content, captured_at)


def _read_ms(taken_at: datetime, since_ms: float) -> float:
    """Of a live source, all before the detector began is reading."""
    return max(0.0, (datetime.now(timezone.utc) - taken_at).total_seconds() * 1000 - since_ms)
