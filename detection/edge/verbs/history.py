"""``runtime.pyz history``: what happened to this device."""

from __future__ import annotations

import argparse
from pathlib import Path

from detection.edge.installation import history
from detection.edge.installation.slots import Root
from detection.edge.verbs.ending import DONE

SUMMARY = "print what happened to a device, oldest first"


def add_options(parser: argparse.ArgumentParser) -> None:
    """What may be said after ``history``."""
    parser.add_argument("root", type=Path, metavar="ROOT", help="the device's folder")


def call(chosen: argparse.Namespace) -> int:
    """One line an event."""
    for event in history.read(Root(chosen.root.absolute())):
        print(f"{event.at}  {event.counter}  {event.what}: {event.said}")
    return DONE
