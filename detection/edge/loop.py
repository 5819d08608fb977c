"""The device's loop: frame in, answer out, signals counted. One frame at a time; one bad frame never stops it."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from pathlib import Path

from detection.edge.answers import Answer, Failure
from detection.edge.clock import Clock
from detection.edge.telemetry.minutes import Minutes
from detection.edge.telemetry.signals import signals_of
from detection.edge.vision import drawing
from detection.edge.vision.calibration import Thresholds
from detection.edge.vision.detector import Detector
from detection.edge.vision.sources import Frame, Unreadable
from detection.errors import FrameError


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

    minutes: Minutes | None = None
    pictures: Path | None = None


def answers(
    frames: Iterable[Frame | Unreadable], eye: Eye, clock: Clock, sinks: Sinks
) -> Generator[Answer | Failure, None, None]:
    """Answer each frame; when the caller stops, however it stops, everything counted is written.

    Raises:
        FrameError: a picture was to be drawn and the disk refused.
    """
    try:
        for frame in frames:
            yield _failure(frame, clock, sinks) if isinstance(frame, Unreadable) else _answer(frame, eye, clock, sinks)
            if sinks.minutes is not None:
                sinks.minutes.flush(time.monotonic())
    finally:
        if sinks.minutes is not None:
            sinks.minutes.flush(time.monotonic(), force=True)


def _answer(frame: Frame, eye: Eye, clock: Clock, sinks: Sinks) -> Answer:
    captured_at = clock.next(frame.camera)
    began = time.perf_counter()
    found = eye.detector.detect(frame.image)
    latency_ms = (time.perf_counter() - began) * 1000
    if sinks.minutes is not None:
        sinks.minutes.saw(frame.camera, captured_at, signals_of(frame.image, found))
    kept = eye.thresholds.keep(found)
    if sinks.pictures is not None:
        _draw(sinks.pictures, frame, drawing.encode(drawing.draw(frame.image, kept, eye.classes)))
    height, width = frame.image.shape[:2]
    return Answer(frame.name, frame.camera, captured_at, width, height, eye.variant, latency_ms, kept)


def _failure(frame: Unreadable, clock: Clock, sinks: Sinks) -> Failure:
    captured_at = clock.next(frame.camera)
    if sinks.minutes is not None:
        sinks.minutes.failed(frame.camera, captured_at)
    return Failure(frame.name, frame.reason)


def _draw(folder: Path, frame: Frame, picture: bytes) -> None:
    path = folder / f"{frame.name.replace('#', '-')}.jpg"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(picture)
    except OSError as error:
        raise FrameError(
            f"{path}: cannot be written ({error.strerror or error}); free space or name another folder"
        ) from error
