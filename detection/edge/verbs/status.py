"""``runtime.pyz status``: what is live on this device, and is it whole?"""

from __future__ import annotations

import argparse
from pathlib import Path

from detection.edge.health import read_health
from detection.edge.installation import slots
from detection.edge.installation.slots import Root
from detection.edge.installation.state import SLOTS, State
from detection.edge.trust.verify import verified
from detection.edge.verbs.ending import DONE, FAULT
from detection.errors import BundleError

SUMMARY = "say what is live on a device, and check every file of it"


def add_options(parser: argparse.ArgumentParser) -> None:
    """What may be said after ``status``."""
    parser.add_argument("root", type=Path, metavar="ROOT", help="the device's folder")


def call(chosen: argparse.Namespace) -> int:
    """Print a line for each slot; status 0 if a whole version is live."""
    root = Root(chosen.root.absolute())
    found = slots.read(root)
    for slot in SLOTS:
        held = found.slots[slot]
        said = "empty" if held is None else f"{held.name} {held.counter} as {held.target}, digest {held.digest[:12]}"
        print(f"slot {slot}: {said}{' (live)' if slot == found.live else ''}")
    if found.trial is not None:
        print(f"on trial: {found.trial.left_s:.0f} s left, {found.trial.starts} start(s)")
    _print_health(root)
    return _whole(root, found)


def _print_health(root: Root) -> None:
    runs = slots.is_held(root, "supervisor")
    print(f"supervisor: {'runs' if runs else 'none runs'}")
    health = read_health(root.health) if runs else None
    if health is not None:
        p95 = "" if health.p95_ms is None else f", p95 {health.p95_ms:.1f} ms"
        print(f"program: source {health.source}, {health.frames} frames, {health.failed} failed{p95}")


def _whole(root: Root, found: State) -> int:
    if found.live is None or found.running is None:
        print("nothing is installed")
        return FAULT
    if verified(root.bundle(found.live)).digest != found.running.digest:
        raise BundleError(f"slot {found.live}: holds another bundle than {found.running.counter}; install it again")
    print("live version: every file as it should be")
    return DONE
