"""One at a time: who shows a session or brings it home holds it, until the process ends however it ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from detection.errors import DetectionError

NAME = "lock"


class HeldError(DetectionError):
    """Somebody else has the session in hand: wait, or stop them."""


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold a session's folder.

    Raises:
        HeldError: it is held already.
    """
    descriptor = os.open(folder / NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise HeldError(f"{folder}: is open in the App, or being closed; stop that first (Ctrl-C there)") from error
        yield
    finally:
        os.close(descriptor)
