"""What the loop asks of a sink that takes lines."""

from __future__ import annotations

from typing import Protocol

DEPTH = 1024
"""Answers that wait for a slow receiver."""

CLOSING_S = 5.0
"""What waits at the end of a run has so long to arrive."""


class Sink(Protocol):
    """Somebody who is told, and may lose what comes too fast."""

    @property
    def undelivered(self) -> int:
        """What was given up so far."""


class Receiver(Sink, Protocol):
    """Takes one line after the other, at once."""

    def put(self, line: str) -> None:
        """One answer, with its newline."""

    def close(self) -> None:
        """Deliver what waits, as far as the receiver lets it."""
