"""``ROOT/supervisor.pyz``: replaced only by the program of a version that was kept, and only if it starts here."""

from __future__ import annotations

import sys
from collections.abc import Callable

from detection.edge.installation import disk, environment
from detection.edge.installation.disk import InstallationError
from detection.edge.installation.slots import Root
from detection.edge.installation.state import Slot
from detection.edge.trust.statement import RUNTIME

_CHECK_S = 10.0
"""The supervisor watches nobody meanwhile."""


def renew_supervisor(root: Root, slot: Slot, say: Callable[[str], None]) -> None:
    """Copy a slot's program; the supervisor that runs goes on, the copy counts from the next start.

    Args:
        root: the device's folder.
        slot: whose version was kept.
        say: takes a line for people, if the old one had to stay.
    """
    program = root.bundle(slot) / RUNTIME
    try:
        content = program.read_bytes()
        if root.supervisor.exists() and root.supervisor.read_bytes() == content:
            return
        words = [sys.executable, "-I", str(program), "supervise", str(root.folder), "--check"]
        environment.call(words, "the new supervisor does not start here; the old one stays", _CHECK_S)
        disk.write(root.supervisor, content)
    except OSError as error:
        say(f"{root.supervisor}: cannot be replaced ({error.strerror or error}); the old one stays")
    except InstallationError as error:
        say(str(error))
