"""``runtime.pyz run``: answer every frame of a source."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TextIO

import numpy as np

from detection.edge import loop
from detection.edge.answers import Failure
from detection.edge.clock import Clock, RecordedClock, WallClock
from detection.edge.loop import Eye, Sinks
from detection.edge.telemetry.minutes import Minutes, Running
from detection.edge.telemetry.outbox import Outbox
from detection.edge.trust.bundle import Bundle, open_bundle
from detection.edge.verbs import options
from detection.edge.verbs.ending import DONE, FAULT
from detection.edge.vision.calibration import Thresholds
from detection.edge.vision.sources import Choice, frames_of
from detection.errors import DetectionError

SUMMARY = "answer every frame of a folder, a picture or a video"


def add_options(parser: argparse.ArgumentParser) -> None:
    """What may be said after ``run``."""
    options.add_model_options(parser)
    parser.add_argument(
        "source", type=Path, metavar="SOURCE", help="a folder (with all below it), a picture or a video"
    )
    parser.add_argument("--camera", default="", metavar="NAME", help="camera's name where no sub-folder names it")
    parser.add_argument(
        "--output", type=Path, metavar="FILE", help="write answers here, whole at the end, not to the screen"
    )
    parser.add_argument("--draw", type=Path, metavar="DIR", help="write annotated pictures here")
    parser.add_argument("--telemetry", type=Path, metavar="DIR", help="write histograms by camera and minute here")
    parser.add_argument(
        "--start", type=options.moment, metavar="ISO", help="frames are a recording: time of each camera's first"
    )
    parser.add_argument(
        "--interval-s", type=options.seconds, metavar="S", help="seconds between a camera's frames; with --start"
    )
    parser.add_argument(
        "--condition", type=options.condition, action="append", default=[], metavar="NAME=VALUE",
        help="what holds where the frames are taken, such as lighting=dusk: its own thresholds are used; repeatable",
    )  # fmt: skip
    parser.add_argument("--all", action="store_true", help="answer everything above the score floor, thresholds or not")


def call(chosen: argparse.Namespace) -> int:
    """Answer every frame of a source."""
    clock = _clock(chosen)
    bundle = open_bundle(chosen.bundle)
    variant = bundle.manifest.variant(chosen.variant).name
    frames = frames_of(chosen.source, Choice(chosen.camera, bundle.manifest.pixel_limit))
    thresholds = _no_cut(bundle) if chosen.all else _cuts(bundle.thresholds(variant), chosen.condition)
    eye = Eye(bundle.detector(variant, chosen.threads), thresholds, bundle.manifest.classes, variant)
    outbox = Outbox(chosen.telemetry, os.urandom(8).hex()) if chosen.telemetry else None
    minutes = Minutes(outbox, Running(bundle.digest, variant), bundle.reference().edges) if outbox else None
    seen = failed = 0
    try:
        looked = loop.answers(frames, eye, clock, Sinks(minutes, chosen.draw))
        with _output(chosen.output) as stream, closing(looked):
            for answer in looked:
                stream.write(answer.to_line(eye.classes))
                stream.flush()
                seen += 1
                failed += isinstance(answer, Failure)
    finally:
        _say_end(seen, failed, outbox)
    return DONE if failed < seen else FAULT


def _clock(chosen: argparse.Namespace) -> Clock:
    if (chosen.start is None) != (chosen.interval_s is None):
        raise DetectionError("--start and --interval-s go together; give both or none")
    return WallClock() if chosen.start is None else RecordedClock(chosen.start, chosen.interval_s)


def _no_cut(bundle: Bundle) -> Thresholds:
    return Thresholds(np.zeros(len(bundle.manifest.classes), np.float32))


def _cuts(thresholds: Thresholds, told: Sequence[str]) -> Thresholds:
    known = sorted({f"{one.condition}={one.value}" for one in thresholds.by_condition})
    strange = sorted(set(told) - set(known))
    if strange:
        words = ", ".join(known) or "no condition"
        raise DetectionError(f"--condition {strange[0]}: this bundle cuts by {words}; leave it out or mend it")
    return thresholds.under(dict(text.split("=", 1) for text in told))


@contextmanager
def _output(path: Path | None) -> Iterator[TextIO]:
    if path is None:
        yield sys.stdout
        return
    temporary = path.with_name(path.name + ".part")
    try:
        with temporary.open("w", encoding="utf-8") as stream:
            try:
                yield stream
            finally:
                stream.flush()
                os.fsync(stream.fileno())
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise DetectionError(f"{path}: cannot be written ({error.strerror or error}); name another file") from error
    except DetectionError:
        temporary.unlink(missing_ok=True)
        raise
    except KeyboardInterrupt:
        temporary.replace(path)
        raise
    temporary.replace(path)


def _say_end(seen: int, failed: int, outbox: Outbox | None) -> None:
    lost = outbox.dropped + outbox.waiting if outbox else 0
    words = f", {lost} telemetry records lost: the disk refused" if lost else ""
    print(f"{seen} frames answered, {failed} of them unreadable{words}", file=sys.stderr)
