"""When a frame was taken: now, or by a schedule where frames are a recording."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Protocol


class Clock(Protocol):
    """Tells the time of the next frame of a camera; asked once for each frame."""

    def next(self, camera: str) -> datetime:
        """A time with its zone."""


class WallClock:
    """Frames are live."""

    def next(self, camera: str) -> datetime:
        """Now."""
        return datetime.now(timezone.utc)


class RecordedClock:
    """Frames are a recording: each camera's first at the start, the others at equal steps."""

    def __init__(self, start: datetime, interval_s: float) -> None:
        self._start = start
        self._interval_s = interval_s
        self._seen: dict[str, int] = {}

    def next(self, camera: str) -> datetime:
        """The start plus the camera's frame number times the interval."""
        number = self._seen.get(camera, 0)
        self._seen[camera] = number + 1
        return self._start + timedelta(seconds=number * self._interval_s)
