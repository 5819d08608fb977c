"""``python runtime.pyz``: run a bundle on frames, or check it. A verb brings its own imports when it is asked for."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType, ModuleType
from typing import NoReturn

from detection.edge.verbs.ending import FAULT, STOPPED
from detection.errors import DetectionError

_EXAMPLES = """\
examples:
  python runtime.pyz verify bundle                  check every file of the bundle
  python runtime.pyz selftest bundle                run its golden frames on this device, compare the answers
  python runtime.pyz run bundle pictures/           one JSON line a frame
  python runtime.pyz run bundle belt.mp4 --variant int8 --threads 2
  python runtime.pyz run bundle pictures/ --condition lighting=dusk
  python runtime.pyz run bundle pictures/ --draw drawn --output answers.jsonl
  python runtime.pyz run bundle pictures/ --telemetry telemetry --start 2026-11-21T06:00:00Z --interval-s 2
  python runtime.pyz run bundle arriving/ --watch --http https://host/answers --quiet
  python runtime.pyz run bundle @camera.txt --health health.json --prometheus 9464   (rtsp://... in camera.txt)
  rpicam-vid -t 0 --codec mjpeg -o - | python runtime.pyz run bundle - --newest --mqtt mqtt://host/site/answers

exit status: 0 done, 1 a fault (said in one line) or no frame worked, 2 the self-test answers otherwise, 130 stopped
"""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(FAULT, f"error: {message}; see `{self.prog} --help`\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse, call, say how it ended."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    verb, chosen = _parsed(words)
    signal.signal(signal.SIGTERM, _stop)
    try:
        status: int = verb.call(chosen)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAULT
    except DetectionError as error:
        print(f"error: {error}", file=sys.stderr)
        return FAULT
    except KeyboardInterrupt:
        print("stopped: what was counted is written", file=sys.stderr)
        return STOPPED
    return status


def _verb(name: str) -> ModuleType | None:
    """The module of a verb: checking a bundle must work where neither numpy nor an engine is installed yet."""
    if name == "build":
        from detection.edge.verbs import build

        return build
    if name == "history":
        from detection.edge.verbs import history

        return history
    if name == "install":
        from detection.edge.verbs import install

        return install
    if name == "rollback":
        from detection.edge.verbs import rollback

        return rollback
    if name == "run":
        from detection.edge.verbs import run

        return run
    if name == "selftest":
        from detection.edge.verbs import selftest

        return selftest
    if name == "status":
        from detection.edge.verbs import status

        return status
    if name == "supervise":
        from detection.edge.verbs import supervise

        return supervise
    if name == "verify":
        from detection.edge.verbs import verify

        return verify
    return None


VERBS = {
    "build": "build the engine of a target that needs one of its own",
    "history": "print what happened to a device",
    "install": "install a bundle beside the one that runs, switch, and watch it",
    "rollback": "go back to the version before",
    "run": "answer every frame of a source",
    "selftest": "run the bundle's golden frames and compare the answers",
    "status": "say what is live on a device, and check it",
    "supervise": "keep a device's live version running",
    "verify": "check every file of the bundle",
}
"""Verb to what it does."""


def _parsed(words: list[str]) -> tuple[ModuleType, argparse.Namespace]:
    form = argparse.RawDescriptionHelpFormatter
    verb = _verb(words[0]) if words else None
    if verb is None:
        listed = "\n".join(f"  {name:10s} {summary}" for name, summary in VERBS.items())
        parser = _Parser(
            prog="runtime.pyz",
            description="Run a bundle on frames, or check it.",
            epilog=f"commands:\n{listed}\n\n{_EXAMPLES}",
            formatter_class=form,
        )
        parser.add_argument("command", choices=VERBS, metavar="COMMAND")
        parser.parse_args(words[:1])
        raise AssertionError("a command that is none was let through")
    parser = _Parser(prog=f"runtime.pyz {words[0]}", description=verb.SUMMARY, epilog=_EXAMPLES, formatter_class=form)
    verb.add_options(parser)
    return verb, parser.parse_args(words[1:])


def _stop(number: int, frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
