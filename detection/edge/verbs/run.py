"""``runtime.pyz run``: answer every frame of a source."""

from __future__ import annotations

import argparse
import math
import os
import sys
import time
from collections.abc import Generator, Sequence
from contextlib import ExitStack, closing

import numpy as np

from detection.edge import loop
from detection.edge.answers import Answer, Failure
from detection.edge.clock import Clock, RecordedClock, WallClock
from detection.edge.health import require_place
from detection.edge.loop import Eye, Sinks
from detection.edge.pulse import Losses, Pulse, Wanted
from detection.edge.sinks.lines import lines
from detection.edge.sinks.receiver import Receiver, Sink
from detection.edge.sources.items import Source
from detection.edge.stopping import Stop
from detection.edge.telemetry.minutes import Running
from detection.edge.trust.bundle import Bundle, open_bundle
from detection.edge.trust.keys import read_trust
from detection.edge.verbs import following, options, watching
from detection.edge.verbs.ending import DONE, FAULT, STOPPED
from detection.edge.verbs.watching import Watching
from detection.edge.vision.calibration import Thresholds
from detection.errors import DetectionError

SUMMARY = "answer every frame of a folder, a video, a camera or a pipe"


def add_options(parser: argparse.ArgumentParser) -> None:
    """What may be said after ``run``."""
    options.add_model_options(parser)
    options.add_trust_option(parser)
    following.add_source_options(parser)
    following.add_sink_options(parser)
    watching.add_watching_options(parser)
    parser.add_argument(
        "--condition", type=options.condition, action="append", default=[], metavar="NAME=VALUE",
        help="what holds where the frames are taken, such as lighting=dusk: its own thresholds are used; repeatable",
    )  # fmt: skip
    parser.add_argument("--all", action="store_true", help="answer everything above the score floor, thresholds or not")


def call(chosen: argparse.Namespace) -> int:
    """Answer every frame of a source, until it ends or somebody wants to stop."""
    if (chosen.start is None) != (chosen.interval_s is None):
        raise DetectionError("--start and --interval-s go together; give both or none")
    watching.require_together(chosen)
    bundle = open_bundle(chosen.bundle, read_trust(chosen.trust) if chosen.trust else None)
    if chosen.health:
        require_place(chosen.health)
    eye = _eye(chosen, bundle)
    source = following.source_of(chosen, bundle.manifest.pixel_limit)
    with Stop() as stop:
        pulse = _follow(chosen, bundle, eye, source, stop)
        _beat(pulse, force=True)
    if stop.wanted:
        return STOPPED
    return DONE if pulse.failed < pulse.frames else FAULT


def _follow(chosen: argparse.Namespace, bundle: Bundle, eye: Eye, source: Source, stop: Stop) -> Pulse:
    boot, running, told = os.urandom(8).hex(), Running(bundle.digest, eye.variant), list[Sink]()
    wanted = _wanted(chosen, bundle, eye, source, told)
    pulse = Pulse(running, time.time(), wanted)
    with ExitStack() as held:
        cuts = _cuts(bundle.thresholds(eye.variant), chosen.condition)
        asked = watching.Asked(bundle, eye.variant, cuts, boot, wanted.losses)
        watched = watching.watching_of(chosen, asked, held)
        receivers = following.receivers_of(chosen, boot, not source.live, held, lambda: _beat(pulse))
        pictures = following.pictures_of(chosen, eye.classes, not source.live, held)
        told += [*receivers, *([pictures] if pictures else [])]
        following.show(chosen, pulse, held)
        held.callback(source.close)
        looked = loop.answers(stop.until(source.items()), eye, _clock(chosen), Sinks(watched.watcher, pictures, pulse))
        try:
            _tell(looked, chosen, eye, receivers)
        finally:
            held.close()
            _say_end(pulse, watched)
    return pulse


def _beat(pulse: Pulse, *, force: bool = False) -> None:
    pulse.beat(time.monotonic(), time.time(), force)


def _wanted(chosen: argparse.Namespace, bundle: Bundle, eye: Eye, source: Source, told: Sequence[Sink]) -> Wanted:
    limits = tuple(target.p95_ms for target in bundle.manifest.targets if target.variant == eye.variant)

    def losses() -> Losses:
        return Losses(source.dropped, source.reconnects, sum(sink.undelivered for sink in told))

    return Wanted(chosen.health, chosen.budget_ms or math.inf, limits, losses)


def _tell(
    looked: Generator[Answer | Failure, None, None], chosen: argparse.Namespace, eye: Eye, receivers: Sequence[Receiver]
) -> None:
    screen = not chosen.quiet or chosen.output is not None
    with lines(chosen.output) as stream, closing(looked):
        for answer in looked:
            line = answer.to_line(eye.classes)
            if screen:
                stream.write(line)
                stream.flush()
            for receiver in receivers:
                receiver.put(line)


def _eye(chosen: argparse.Namespace, bundle: Bundle) -> Eye:
    options.require_named(chosen)
    variant = bundle.manifest.variant(chosen.variant).name
    thresholds = _no_cut(bundle) if chosen.all else _cuts(bundle.thresholds(variant), chosen.condition)
    return Eye(bundle.detector(variant, chosen.threads, chosen.engine), thresholds, bundle.manifest.classes, variant)


def _clock(chosen: argparse.Namespace) -> Clock:
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


def _say_end(pulse: Pulse, watched: Watching) -> None:
    end = pulse.health(time.time())
    told = [f"{end.frames} frames answered, {end.failed} of them unreadable"]
    told += [f"{end.unsound} of these as the model's output was unsound"] if end.unsound else []
    told += [f"{end.dropped} more overtaken by newer ones"] if end.dropped else []
    told += [f"{end.undelivered} answers or pictures undelivered"] if end.undelivered else []
    told += watched.lost()
    print(", ".join(told), file=sys.stderr)
