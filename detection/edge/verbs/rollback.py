"""``runtime.pyz rollback``: the version before goes live again, at a person's word."""

from __future__ import annotations

import argparse
from pathlib import Path

from detection.edge.installation import history, slots
from detection.edge.installation.disk import InstallationError
from detection.edge.installation.history import Event
from detection.edge.installation.slots import Root
from detection.edge.installation.state import Installed, State
from detection.edge.trust.verify import verified
from detection.edge.verbs.ending import DONE

SUMMARY = "go back to the version before"


def add_options(parser: argparse.ArgumentParser) -> None:
    """What may be said after ``rollback``."""
    parser.add_argument("root", type=Path, metavar="ROOT", help="the device's folder")
    parser.add_argument("--reason", required=True, metavar="TEXT", help="why, for the history")


def call(chosen: argparse.Namespace) -> int:
    """Switch back; a running supervisor follows within a second."""
    root = Root(chosen.root.absolute())
    slots.prepare(root)
    with slots.held(root, "installing", wait=False) as alone:
        if not alone:
            raise InstallationError(f"{root.folder}: an installation goes on; wait for its end")
        slots.clean(root)
        before = slots.read(root)
        left, back = _both(before)
        if verified(root.bundle(before.spare)).digest != back.digest:
            raise InstallationError(f"slot {before.spare}: holds another bundle than {back.counter}; nothing changed")
        slots.change(root, lambda found: _gone_back(found, left))
        history.record(root, Event(history.now(), "rolled back", left.counter, left.digest, chosen.reason))
    print(f"{back.name} {back.counter} is live again; {left.counter} may be installed again with --again")
    return DONE


def _gone_back(found: State, left: Installed) -> State:
    """The supervisor may have gone back meanwhile: a second time would leave nothing."""
    if found.running != left:
        raise InstallationError("it went back by itself meanwhile; see `status`")
    return found.gone_back()


def _both(before: State) -> tuple[Installed, Installed]:
    if before.running is None or before.previous is None:
        raise InstallationError("no version lies before the one that runs; nothing changed")
    return before.running, before.previous
