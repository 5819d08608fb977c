"""The slot's program as a child process: started, watched, stopped, and never left behind."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from detection.edge.health import Health, read_health

_PATIENCE_S = 10.0
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Command:
    """What is started.

    Attributes:
        words: the program and its arguments.
        health: where it writes its heartbeat.
        quiet: its answers are thrown away.
    """

    words: tuple[str, ...]
    health: Path
    quiet: bool


class Child:
    """One run of a program."""

    def __init__(self, command: Command) -> None:
        """Start it.

        Raises:
            OSError: it cannot be started.
        """
        self._health = command.health
        self._process = subprocess.Popen(
            command.words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL if command.quiet else None,
            preexec_fn=_die_with_parent,
        )
        self.started_s = time.monotonic()
        self._beat_s = self._frame_s = self.started_s
        self.health: Health | None = None

    @property
    def status(self) -> int | None:
        """How it ended; None while it runs."""
        return self._process.poll()

    @property
    def silent_s(self) -> float:
        """Seconds since its last heartbeat, or its start, by a clock that never jumps."""
        return time.monotonic() - self._beat_s

    @property
    def blind_s(self) -> float:
        """Seconds since its last frame, or its start."""
        return time.monotonic() - self._frame_s

    def look(self) -> Health | None:
        """Its last heartbeat; None before the first."""
        found = read_health(self._health)
        if found is None or found.pid != self._process.pid:
            return self.health
        if self.health is None or found.beat_at != self.health.beat_at:
            self._beat_s = time.monotonic()
        if self.health is None or found.frames != self.health.frames:
            self._frame_s = time.monotonic()
        self.health = found
        return found

    def stop(self) -> None:
        """Ask it to end, and end it if it does not."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(_PATIENCE_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._process.wait()


def _die_with_parent() -> None:
    """A supervisor that is killed takes its child along: two programs at one camera would be a third state."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
