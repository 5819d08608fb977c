"""``python runtime.pyz``: run a bundle on frames, or check it. Nothing but numpy, OpenCV and ONNX Runtime is needed."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime, timezone
from pathlib import Path
from types import FrameType
from typing import NoReturn, TextIO

import numpy as np

from detection.edge import loop
from detection.edge.answers import Failure
from detection.edge.clock import Clock, RecordedClock, WallClock
from detection.edge.compare import gap
from detection.edge.loop import Eye, Sinks
from detection.edge.telemetry.minutes import Minutes, Running
from detection.edge.telemetry.outbox import Outbox
from detection.edge.trust.bundle import Bundle
from detection.edge.trust.verify import open_bundle
from detection.edge.vision.detector import Thresholds
from detection.edge.vision.frames import read_image
from detection.edge.vision.sources import Choice, frames_of
from detection.errors import DetectionError

DONE, FAULT, OTHERWISE, STOPPED = 0, 1, 2, 130
"""Exit statuses: all well; nothing worked; the self-test answers otherwise; stopped by Ctrl-C or SIGTERM."""

_EXAMPLES = """\
examples:
  python runtime.pyz verify bundle                  check every file of the bundle
  python runtime.pyz selftest bundle                run its golden frames on this device, compare the answers
  python runtime.pyz run bundle pictures/           one JSON line a frame
  python runtime.pyz run bundle belt.mp4 --variant int8 --threads 2
  python runtime.pyz run bundle pictures/ --condition lighting=dusk
  python runtime.pyz run bundle pictures/ --draw drawn --output answers.jsonl
  python runtime.pyz run bundle pictures/ --telemetry telemetry --start 2026-11-21T06:00:00Z --interval-s 2

exit status: 0 done, 1 a fault (said in one line) or no frame worked, 2 the self-test answers otherwise, 130 stopped
"""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(FAULT, f"error: {message}; see `{self.prog} --help`\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse, call, say how it ended."""
    chosen = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = chosen.command
    signal.signal(signal.SIGTERM, _stop)
    try:
        return command(chosen)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAULT
    except DetectionError as error:
        print(f"error: {error}", file=sys.stderr)
        return FAULT
    except KeyboardInterrupt:
        print("stopped: what was counted is written", file=sys.stderr)
        return STOPPED


def verify(chosen: argparse.Namespace) -> int:
    """Check a bundle."""
    bundle = open_bundle(chosen.bundle)
    manifest = bundle.manifest
    print(f"{manifest.name} {manifest.counter}: {len(manifest.files)} files as they should be, digest {bundle.digest}")
    return DONE


def selftest(chosen: argparse.Namespace) -> int:
    """Run the golden frames and compare."""
    bundle = open_bundle(chosen.bundle)
    golden = bundle.golden()
    images = [read_image(bundle.read(frame.file), bundle.manifest.pixel_limit) for frame in golden.frames]
    passed = True
    for variant in _variants(bundle, chosen.variant):
        detector = bundle.detector(variant, chosen.threads)
        found = gap((frame.expected[variant] for frame in golden.frames), map(detector.detect, images))
        allowed = golden.tolerance.allows(found)
        passed = passed and allowed
        limits = golden.tolerance
        print(
            f"{variant}: {'PASS' if allowed else 'FAIL'} over {found.frames} golden frames: "
            f"boxes {found.box_px:.3g} px (at most {limits.box_px:g}), scores {found.score:.3g} (at most "
            f"{limits.score:g}), without a partner {found.unmatched_share:.3g} (at most {limits.unmatched_share:g})"
        )
    return DONE if passed else OTHERWISE


def run(chosen: argparse.Namespace) -> int:
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


def _parser() -> argparse.ArgumentParser:
    form = argparse.RawDescriptionHelpFormatter
    parser = _Parser(
        prog="runtime.pyz", description="Run a bundle on frames, or check it.", epilog=_EXAMPLES, formatter_class=form
    )
    verbs = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for name, command, words in (
        ("run", run, "answer every frame of a folder, a picture or a video"),
        ("selftest", selftest, "run the bundle's golden frames and compare the answers"),
        ("verify", verify, "check every file of the bundle"),
    ):
        verb = verbs.add_parser(name, help=words, description=words, epilog=_EXAMPLES, formatter_class=form)
        verb.add_argument("bundle", type=Path, metavar="BUNDLE", help="the bundle's folder")
        verb.set_defaults(command=command)
        if name != "verify":
            verb.add_argument(
                "--variant", metavar="NAME", help="model variant (run: the bundle's first; selftest: all)"
            )
            verb.add_argument(
                "--threads", type=_threads, default=1, metavar="N", help="that compute a frame (default 1)"
            )
        if name == "run":
            _add_run_options(verb)
    return parser


def _add_run_options(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("source", type=Path, metavar="SOURCE", help="a folder (with all below it), a picture or a video")
    verb.add_argument("--camera", default="", metavar="NAME", help="camera's name where no sub-folder names it")
    verb.add_argument(
        "--output", type=Path, metavar="FILE", help="write answers here, whole at the end, not to the screen"
    )
    verb.add_argument("--draw", type=Path, metavar="DIR", help="write annotated pictures here")
    verb.add_argument("--telemetry", type=Path, metavar="DIR", help="write histograms by camera and minute here")
    verb.add_argument(
        "--start", type=_moment, metavar="ISO", help="frames are a recording: time of each camera's first"
    )
    verb.add_argument(
        "--interval-s", type=_seconds, metavar="S", help="seconds between a camera's frames; with --start"
    )
    verb.add_argument(
        "--condition", type=_condition, action="append", default=[], metavar="NAME=VALUE",
        help="what holds where the frames are taken, such as lighting=dusk: its own thresholds are used; repeatable",
    )  # fmt: skip
    verb.add_argument("--all", action="store_true", help="answer everything above the score floor, thresholds or not")


def _clock(chosen: argparse.Namespace) -> Clock:
    if (chosen.start is None) != (chosen.interval_s is None):
        raise DetectionError("--start and --interval-s go together; give both or none")
    return WallClock() if chosen.start is None else RecordedClock(chosen.start, chosen.interval_s)


def _variants(bundle: Bundle, wanted: str | None) -> list[str]:
    names = [variant.name for variant in bundle.manifest.variants]
    return names if wanted is None else [bundle.manifest.variant(wanted).name]


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


def _condition(text: str) -> str:
    if not all(text.partition("=")):
        raise argparse.ArgumentTypeError(f"{text!r}; expected a name and a value like lighting=dusk")
    return text


def _threads(text: str) -> int:
    if not (text.isdecimal() and 1 <= int(text) <= 256):
        raise argparse.ArgumentTypeError(f"{text!r}; expected 1 to 256 threads")
    return int(text)


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= 86_400:
        raise argparse.ArgumentTypeError(f"{text!r}; expected more than 0 and at most 86400 seconds")
    return value


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no time; expected like 2026-11-21T06:00:00Z") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
