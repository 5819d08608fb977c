"""A million frames through the device's whole loop: does anything grow?

    python -m benchmarks.endurance            1,000,000 frames, then runs with planted leaks, which must fail
    python -m benchmarks.endurance --short    20,000 frames: shows that it works and that leaks are found

The loop is the one that ships: frames from a generator (two sizes, pauses, unreadable ones), a small real model,
calibration, thresholds, telemetry in minutes with a receiver that drains it, a health file, a line an answer. Memory is
what the kernel says is resident; its slope is a line through all samples after the first tenth.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from pathlib import Path

import numpy as np

from benchmarks.edge.worker import memory_mb
from detection.edge import loop
from detection.edge.clock import RecordedClock
from detection.edge.guard.guard import Guard
from detection.edge.guard.watcher import Watched, Watcher
from detection.edge.loop import Eye, Sinks
from detection.edge.pulse import Pulse, Wanted
from detection.edge.sources.items import Frame, Item, Quiet, Unreadable
from detection.edge.telemetry.minutes import Minutes, Running
from detection.edge.telemetry.optics import OpticalBench
from detection.edge.telemetry.outbox import SUFFIX, Outbox
from detection.edge.telemetry.records import Origin
from tests.examples_bundles import picture, write_colour_bundle

SLOPE_MB = 1.0
"""At most so much more memory per 100,000 frames."""

LEAKED_BYTES = 100
FRAMES_PER_LEAK = 1000
"""Of a file or a thread."""
SAMPLES = 50
LEAKS: dict[str, Callable[[], object]] = {
    "memory": lambda: bytes(LEAKED_BYTES * FRAMES_PER_LEAK),
    "files": lambda: os.open(os.devnull, os.O_RDONLY),
    "threads": lambda: threading.Thread(target=threading.Event().wait, daemon=True).start(),
}
"""What a planted leak holds on to, every so many frames."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What the process held at one moment."""

    frames: int
    memory_mb: float
    threads: int
    files: int

    @classmethod
    def from_line(cls, line: str) -> Sample:
        """What a child printed."""
        return cls(**json.loads(line))


@dataclass(frozen=True, slots=True)
class Grown:
    """What became more over a run.

    Attributes:
        slope_mb: memory per 100,000 frames.
        threads: more than after the first tenth.
        files: likewise.
    """

    slope_mb: float
    threads: int
    files: int

    def leaks(self) -> list[str]:
        """What grew beyond what is allowed."""
        grown = {"memory": self.slope_mb >= SLOPE_MB, "files": self.files > 0, "threads": self.threads > 0}
        return [name for name, leaks in grown.items() if leaks]


def main() -> int:
    """Run, print, judge."""
    chosen = _arguments()
    if chosen.child:
        _child(chosen.child, chosen.leak)
        return 0
    frames = 20_000 if chosen.short else chosen.frames
    begun = time.monotonic()
    leaking = _report("as it ships", frames, _run(frames, ""))
    print(f"  {frames / (time.monotonic() - begun):.0f} frames a second")
    control = frames // (2 if chosen.short else 20)
    missed = [leak for leak in LEAKS if leak not in _report(f"leaking {leak}", control, _run(control, leak))]
    if missed:
        print(f"planted and not found: {', '.join(missed)}; the measurement is worth nothing")
    return 1 if missed or (leaking and not chosen.short) else 0


def _arguments() -> argparse.Namespace:
    form = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=form)
    parser.add_argument("--frames", type=int, default=1_000_000)
    parser.add_argument("--short", action="store_true", help="20,000 frames")
    parser.add_argument("--child", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--leak", choices=LEAKS, help=argparse.SUPPRESS)
    return parser.parse_args()


def _run(frames: int, leak: str) -> list[Sample]:
    """A process of its own, so that one run's memory is not another's."""
    command = [sys.executable, "-m", "benchmarks.endurance", "--child", str(frames)]
    done = subprocess.run(command + (["--leak", leak] if leak else []), capture_output=True, text=True, check=True)
    return [Sample.from_line(line) for line in done.stdout.splitlines()]


def _report(name: str, frames: int, samples: list[Sample]) -> list[str]:
    grown = grown_over(samples)
    print(
        f"{name}, {frames} frames: {samples[-1].memory_mb:.1f} MB, {grown.slope_mb:+.3f} MB per 100,000 frames "
        f"(below {SLOPE_MB:g}), threads {grown.threads:+d}, files {grown.files:+d}: "
        f"{', '.join(grown.leaks()) + ' GROWS' if grown.leaks() else 'nothing grows'}",
        flush=True,
    )
    return grown.leaks()


def grown_over(samples: list[Sample]) -> Grown:
    """What grew after the first tenth of the samples."""
    settled = samples[len(samples) // 10 :]
    slope = np.polyfit([s.frames for s in settled], [s.memory_mb for s in settled], 1)[0]
    first, last = settled[0], settled[-1]
    return Grown(float(slope) * 100_000, last.threads - first.threads, last.files - first.files)


def _child(frames: int, leak: str) -> None:
    """Print a sample a line."""
    held: list[object] = []
    with tempfile.TemporaryDirectory() as name, Path(os.devnull).open("w", encoding="utf-8") as sink:
        for number, line in enumerate(_lines(frames, Path(name)), start=1):
            sink.write(line)
            if leak and number % FRAMES_PER_LEAK == 0:
                held.append(LEAKS[leak]())
            if number % (frames // SAMPLES) == 0:
                _drain(Path(name) / "telemetry")
                print(json.dumps(asdict(_sample(number))), flush=True)


def _lines(frames: int, folder: Path) -> Iterator[str]:
    """Every answer of the whole loop."""
    bundle = write_colour_bundle(folder / "bundle")
    variant = bundle.manifest.variant(None).name
    eye = Eye(bundle.detector(variant, 1), bundle.thresholds(variant), bundle.manifest.classes, variant)
    running = Running(bundle.digest, variant)
    origin = Origin("device-1", bundle.digest, variant, "0" * 16)
    reference, domain = bundle.reference(), bundle.domain()
    bench = OpticalBench(reference.views)
    minutes = Minutes(Outbox(folder / "telemetry", origin.boot), origin, reference.edges)
    watcher = Watcher(Watched(origin, bench, eye.thresholds, Guard(domain, bench) if domain else None, minutes))
    pulse = Pulse(running, time.time(), Wanted(folder / "health.json", budget_ms=50))
    clock = RecordedClock(datetime(2026, 1, 1, tzinfo=timezone.utc), 0.1)
    for answer in loop.answers(_items(frames), eye, clock, Sinks(watcher, None, pulse)):
        yield answer.to_line(eye.classes)


def _items(frames: int) -> Iterator[Item]:
    """So many frames of two cameras; beside them pauses."""
    wide, square = picture(1, 64, 36), picture(2, 64, 64)
    for number in range(frames):
        if number % 500 == 0:
            yield Quiet("waiting")
        camera = f"camera{number % 100 // 50}"
        if number % 1000 == 999:
            yield Unreadable(f"{camera}#{number}", camera, "cannot be decoded; copy it again")
        else:
            yield Frame(f"{camera}#{number}", camera, square if number % 100 > 50 else wide)


def _drain(telemetry: Path) -> None:
    """As a receiver does that has acknowledged everything."""
    for segment in telemetry.glob(f"*{SUFFIX}"):
        segment.unlink()


def _sample(frames: int) -> Sample:
    threads, files = (len([*Path("/proc/self", kind).iterdir()]) for kind in ("task", "fd"))
    return Sample(frames, memory_mb(), threads, files)


if __name__ == "__main__":
    sys.exit(main())
