"""``runtime.pyz install``: put a bundle into the spare slot, test it, switch, watch. Called by ``install.sh``."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from detection.edge.installation import slots
from detection.edge.installation.installing import Request, install
from detection.edge.installation.slots import Root
from detection.edge.installation.state import State
from detection.edge.installation.watching.supervisor import POLL_S, supervise
from detection.edge.verbs.ending import DONE, OTHERWISE

SUMMARY = "install a bundle beside the one that runs, switch, and watch it"
_GRACE_S = 120.0
"""Beyond the window, for starts and for sources that give no frame yet; then it stays on trial."""


def add_options(parser: argparse.ArgumentParser) -> None:
    """What may be said after ``install``."""
    parser.add_argument("bundle", type=Path, metavar="BUNDLE", help="the bundle's folder")
    parser.add_argument("--root", type=Path, required=True, metavar="DIR", help="the device's folder")
    parser.add_argument("--trust", type=Path, metavar="DIR", help="first installation: whose signatures count")
    parser.add_argument("--target", metavar="ID", help="which of the bundle's targets this is (default: the first)")
    parser.add_argument("--wheels", type=Path, metavar="DIR", help="packages; otherwise the registry is asked")
    parser.add_argument("--environment", type=Path, metavar="PYTHON", help="an interpreter that has the packages")
    parser.add_argument("--source", metavar="SOURCE", help="what the device looks at from now on")
    parser.add_argument("--again", action="store_true", help="try a version once more that went back")
    parser.add_argument("--manifest-sha256", metavar="HEX", help="the bundle must be this one")


def call(chosen: argparse.Namespace) -> int:
    """Install, then stay until it was kept or has gone back."""
    root = Root(chosen.root.absolute())
    request = Request(
        chosen.bundle, chosen.trust, chosen.target, chosen.wheels, chosen.environment, chosen.again,
        chosen.manifest_sha256, None if chosen.source is None else _anywhere(chosen.source),
    )  # fmt: skip
    after = install(root, request, _say)
    if after.trial is None:
        return DONE
    digest = after.running.digest if after.running else ""
    settled = _watched(root, after)
    if settled.trial is not None:
        _say("still on trial: its source has given too few frames; the supervisor goes on watching")
        return OTHERWISE
    if settled.running is None or settled.running.digest != digest:
        _say("it went back; see `history`")
        return OTHERWISE
    return DONE


def _watched(root: Root, after: State) -> State:
    """Let the device's supervisor watch; where none runs, be it."""
    at_most_s = (after.trial.left_s if after.trial else 0.0) + _GRACE_S
    with slots.held(root, "supervisor", wait=False) as alone:
        watched_by_another = not alone
    if not watched_by_another:
        return supervise(root, _say, at_most_s)
    end_s = time.monotonic() + at_most_s
    while after.trial is not None and time.monotonic() < end_s:
        time.sleep(POLL_S)
        after = slots.read(root)
    return after


def _anywhere(source: str) -> str:
    """A path as it is called from everywhere: a service starts in another folder."""
    sign = "@" if source.startswith("@") else ""
    path = Path(source[len(sign) :])
    return f"{sign}{path.absolute()}" if path.exists() else source


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
