"""``runtime.pyz supervise``: keep a device's live version running; what a service starts."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from detection.edge.installation import config, slots
from detection.edge.installation.slots import Root
from detection.edge.installation.watching.supervisor import supervise
from detection.edge.verbs.ending import DONE

SUMMARY = "keep a device's live version running, and go back while a new one fails its trial"


def add_options(parser: argparse.ArgumentParser) -> None:
    """What may be said after ``supervise``."""
    parser.add_argument("root", type=Path, metavar="ROOT", help="the device's folder")
    parser.add_argument("--check", action="store_true", help="read the device's files, start nothing")


def call(chosen: argparse.Namespace) -> int:
    """Run until stopped."""
    root = Root(chosen.root.absolute())
    if chosen.check:
        slots.read(root)
        config.read(root)
        return DONE
    try:
        supervise(root, lambda line: print(line, file=sys.stderr, flush=True))
    except KeyboardInterrupt:
        print("stopped", file=sys.stderr)
    return DONE
