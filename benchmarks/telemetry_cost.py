"""What do the signals and the guard cost a frame?

Runs the detector over the same frames with everything that is watched: optics, guard, histograms, and the question
whether a frame is to be kept. ``share`` is what watching takes, part of a frame's time: of reading a JPEG file and of
detecting (CPU seconds of the one thread, summed over all frames, so that counting in batches is in it); ``needs`` is
what it may take.
Rows: the bundle's variants on frames of their own size, and an untrained YOLO nano of 640 pixels, in eight bits, on
frames of 1920 x 1080.

    python -m benchmarks.telemetry_cost export/bundle data/collect/shards
    python -m benchmarks.telemetry_cost export/bundle data/collect/shards --frames 100
"""

from __future__ import annotations

import argparse
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from pathlib import Path

import cv2
import numpy as np

from benchmarks.edge import models
from detection.edge.engines.onnx import OnnxSession
from detection.edge.guard.guard import Guard
from detection.edge.guard.sampler import SampleLimits, Sampler
from detection.edge.guard.watcher import Found, Watched, Watcher
from detection.edge.settings import Settings
from detection.edge.sources.items import Frame
from detection.edge.telemetry.minutes import Minutes
from detection.edge.telemetry.optics import OpticalBench
from detection.edge.telemetry.outbox import Outbox
from detection.edge.telemetry.records import Origin
from detection.edge.trust.bundle import Bundle, open_bundle
from detection.edge.vision.calibration import identity
from detection.edge.vision.detector import Detector
from detection.edge.vision.frames import Image, read_image

NEEDS = 0.02
BEGIN = datetime(2026, 6, 1, 8, tzinfo=timezone.utc)
FRAME_S = 1 / 15
SETTINGS = Settings(suppression_iou=0.6, score_floor=0.01, maximum_detections=100)
WARM = 10
DIFFERENT = 64
"""Frames that are looked at, again and again."""


def main() -> int:
    """Measure every row; status 1 if watching takes more than it may."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bundle", type=Path)
    parser.add_argument("shards", type=Path, help="folder of tar shards with pictures")
    parser.add_argument("--frames", type=int, default=1000, help="of each row (default 1000)")
    chosen = parser.parse_args()
    bundle, pictures = open_bundle(chosen.bundle), _pictures(chosen.shards)
    heads = " ".join(f"{head:>12}" for head in ("reading ms", "detector ms", "watching ms"))
    print(f"{'what':32} {heads} {'share':>7} {'needs':>7}")
    worst = 0.0
    for variant in bundle.manifest.variants:
        worst = max(
            worst,
            _row(f"{variant.name}, {variant.width} px", bundle.detector(variant.name), bundle, pictures, chosen.frames),
        )
    with _nano() as detector:
        large = [np.asarray(cv2.resize(picture, (1920, 1080)), np.uint8) for picture in pictures[:8]]
        worst = max(worst, _row("YOLO nano int8, 640 px, 1080p", detector, bundle, large, max(chosen.frames // 10, 20)))
    return int(worst > NEEDS)


def _row(name: str, detector: Detector, bundle: Bundle, pictures: Sequence[Image], frames: int) -> float:
    reading = detecting = watching = 0.0
    files = [cv2.imencode(".jpg", picture)[1].tobytes() for picture in pictures]
    with tempfile.TemporaryDirectory() as folder:
        watcher = _watcher(bundle, Path(folder))
        for number in range(frames + WARM):
            at = BEGIN + number * timedelta(seconds=FRAME_S)
            opened = time.thread_time()
            frame = Frame(f"{number}", "cam-00", read_image(files[number % len(files)]))
            began = time.thread_time()
            optics = watcher.look(frame)
            looked_at = time.thread_time()
            found = Found(detector.detect(frame.image), optics)
            found_at = time.thread_time()
            watcher.saw(frame, at, found, detector.steps)
            watcher.idle(time.monotonic())
            ended = time.thread_time()
            if number >= WARM:
                reading += began - opened
                detecting += found_at - looked_at
                watching += looked_at - began + ended - found_at
    share = watching / (reading + detecting)
    each = " ".join(f"{seconds / frames * 1e3:12.4f}" for seconds in (reading, detecting, watching))
    print(f"{name:32} {each} {share:7.2%} {NEEDS:7.2%}")
    return share


def _watcher(bundle: Bundle, folder: Path) -> Watcher:
    origin = Origin("device-1", bundle.digest, "int8", "0" * 16)
    reference, domain = bundle.reference(), bundle.domain()
    bench = OpticalBench({"cam-00": next(iter(reference.views.values()))})
    guard = Guard(domain, bench) if domain else None
    minutes = Minutes(Outbox(folder / "telemetry", origin.boot), origin, reference.edges)
    sampler = Sampler(folder / "samples", SampleLimits(control_share=0.0, margin=0.0), origin, bundle.manifest.classes)
    return Watcher(Watched(origin, bench, bundle.thresholds(), guard, minutes, sampler))


@contextmanager
def _nano() -> Iterator[Detector]:
    """An untrained one: what it finds is nothing, what it costs is the same."""
    with tempfile.TemporaryDirectory() as place:
        folder, weights = Path(place), models.weights_of(None)
        noise = np.random.default_rng(0).integers(0, 256, (1080, 1920, 3)).astype(np.uint8)
        (folder / "frames").write_bytes(noise.tobytes())
        path = models.eight_bits(models.pair(weights, folder, 640, 640), weights.classes, folder / "frames", 1)
        yield Detector(OnnxSession(path.read_bytes()), SETTINGS, identity(len(weights.classes)))


def _pictures(shards: Path) -> list[Image]:
    found: list[Image] = []
    for shard in sorted(shards.glob("*.tar")):
        with tarfile.open(shard) as archive:
            for member in archive:
                stream = archive.extractfile(member)
                if stream is not None and len(found) < DIFFERENT:
                    found.append(read_image(stream.read()))
    return found


if __name__ == "__main__":
    sys.exit(main())
