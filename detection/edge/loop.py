"""The device's loop: frame in, answer out, signals counted. One frame at a time; one bad frame never stops it."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterable
from dataclasses import dataclass

from detection.edge.answers import Answer, Failure
from detection.edge.boxes import nothing
from detection.edge.clock import Clock
from detection.edge.guard.guard import FINE
from detection.edge.guard.watcher import Found, Watcher
from detection.edge.pulse import Pulse, unwatched
from detection.edge.sinks.pictures import Pictures
from detection.edge.sources.items import Frame, Item, Quiet, Unreadable
from detection.edge.vision.calibration import Thresholds
from detection.edge.vision.detector import Detector


@dataclass(frozen=True, slots=True, eq=False)
class Eye:
    """What looks: one variant, with the thresholds its answers are cut at."""

    detector: Detector
    thresholds: Thresholds
    classes: tuple[str, ...]
    variant: str


@dataclass(frozen=True, slots=True, eq=False)
class Sinks:
    """Where more than the answer goes; None where it is not wanted."""

    watcher: Watcher | None = None
    pictures: Pictures | None = None
    pulse: Pulse | None = None


def answers(items: Iterable[Item], eye: Eye, clock: Clock, sinks: Sinks) -> Generator[Answer | Failure, None, None]:
    """Answer each frame; when the caller stops, however it stops, everything counted is written.

    Raises:
        FrameError: a picture was to be drawn and the disk refused.
    """
    pulse = sinks.pulse or unwatched()
    pulse.beat(time.monotonic(), time.time(), force=True)
    try:
        for item in items:
            if isinstance(item, Quiet):
                pulse.quiet(item.state)
            elif isinstance(item, Unreadable):
                pulse.unreadable()
                yield _failure(item, clock, sinks)
            else:
                yield _answer(item, eye, clock, sinks, pulse)
            if sinks.watcher is not None:
                sinks.watcher.idle(time.monotonic())
            pulse.beat(time.monotonic(), time.time())
        pulse.quiet("ended")
    finally:
        if sinks.watcher is not None:
            sinks.watcher.idle(time.monotonic(), force=True)
        pulse.beat(time.monotonic(), time.time(), force=True)


def _answer(frame: Frame, eye: Eye, clock: Clock, sinks: Sinks, pulse: Pulse) -> Answer | Failure:
    captured_at = frame.taken_at or clock.next(frame.camera)
    optics = sinks.watcher.look(frame) if sinks.watcher is not None else None
    unsound = eye.detector.unsound
    began = time.perf_counter()
    found = eye.detector.detect(frame.image)
    latency_ms = (time.perf_counter() - began) * 1000
    if eye.detector.unsound != unsound:
        pulse.broken(latency_ms, time.time())
        if sinks.watcher is not None:
            sinks.watcher.failed(frame.camera, captured_at, unsound=True)
        return Failure(frame.name, UNSOUND)
    pulse.answered(latency_ms, time.time())
    judged = FINE
    if sinks.watcher is not None and optics is not None:
        judged = sinks.watcher.saw(frame, captured_at, Found(found, optics), eye.detector.steps)
        pulse.judged(judged.marks)
    kept = nothing() if judged.withheld else eye.thresholds.keep(found)
    if sinks.pictures is not None:
        sinks.pictures.put(frame.name, frame.image, kept)
    height, width = frame.image.shape[:2]
    return Answer(frame.name, frame.camera, captured_at, width, height, eye.variant, latency_ms, kept, judged.flags)


UNSOUND = "the model's output is unsound (not finite, or beyond what a score or a box can be); install another bundle"
"""What is said of a frame when the model fails: half of a broken answer is no answer."""


def _failure(frame: Unreadable, clock: Clock, sinks: Sinks) -> Failure:
    captured_at = clock.next(frame.camera)
    if sinks.watcher is not None:
        sinks.watcher.failed(frame.camera, captured_at, unsound=False)
    return Failure(frame.name, frame.reason)
