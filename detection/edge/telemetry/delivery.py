"""Segments go to a receiver, one request each, and are removed when it has them: at least once, never lost on the way.

A receiver that is away, full or does not know the key yet is tried again for ever, with growing waits; what it refuses
for good is set aside, so that one bad segment does not hold up the others. Nothing here ever stops the detector.
"""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass
from pathlib import Path

from detection.edge.sinks.http import Channel, Place
from detection.edge.sources.backoff import Backoff, Patience
from detection.edge.telemetry.outbox import read_segment, segments_of
from detection.errors import TelemetryError

ANSWER_S = 10.0
"""The receiver has so long for each step of a request."""
POLL_S = 2.0
"""The folder is looked at so often while it is empty."""
CLOSING_S = 5.0
PATIENCE = Patience(first_s=1.0, longest_s=300.0)
SET_ASIDE = ".refused"
"""Put after the name of a segment that will never be taken."""

_TAKEN = frozenset((200, 201, 204))
_NEVER = frozenset((400, 409, 413, 415, 422))
"""Statuses that will be the same next time; every other one may be better."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where segments go.

    Attributes:
        place: the receiver.
        key: this device's, sent as bearer token.
    """

    place: Place
    key: str


class Delivery:
    """A thread that empties a telemetry folder."""

    def __init__(self, folder: Path, destination: Destination, patience: Patience = PATIENCE) -> None:
        """Start it.

        Args:
            folder: that segments are written to, by this run or an earlier one.
            destination: where to.
            patience: between attempts.
        """
        self.acknowledged = 0
        self.refused = 0
        self._folder = folder
        self._channel = Channel(destination.place, ANSWER_S)
        self._headers = {"Content-Type": "application/x-ndjson", "Authorization": f"Bearer {destination.key}"}
        self._patience = patience
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._work, name="delivery", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Send what is there, as far as the receiver lets it; what is left waits for the next run."""
        self._closing.set()
        self._thread.join(CLOSING_S)

    def _work(self) -> None:
        backoff = Backoff(self._patience, random.Random())
        while True:
            last = self._closing.is_set()
            delivered = self._deliver_all(last)
            if last:
                break
            if delivered:
                backoff.reset()
            self._closing.wait(POLL_S if delivered else backoff.next_s())
        self._channel.close()

    def _deliver_all(self, last: bool) -> bool:
        """Whether the receiver decided about every segment that lies there, the oldest first."""
        for path in _oldest_first(self._folder):
            if self._closing.is_set() and not last:
                return True
            if not self._deliver(path):
                return False
        return True

    def _deliver(self, path: Path) -> bool:
        try:
            lines = read_segment(path)
            status = self._channel.post(b"\n".join([*lines, b""]), self._headers)
        except TelemetryError:
            status = 422
        try:
            if status in _TAKEN:
                path.unlink()
                self.acknowledged += 1
            elif status in _NEVER:
                path.rename(path.with_name(path.name + SET_ASIDE))
                self.refused += 1
        except OSError:
            return False
        return status in _TAKEN or status in _NEVER


def _oldest_first(folder: Path) -> list[Path]:
    try:
        return sorted(segments_of(folder), key=lambda path: (path.stat().st_mtime_ns, path.name))
    except (OSError, TelemetryError):
        return []
