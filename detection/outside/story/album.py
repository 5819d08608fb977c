"""The frames of all years in the order they are lived, drawn ahead: whoever lives seldom waits for pictures."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from detection.outside.story import frames
from detection.outside.story.frames import Scene, Year
from detection.rules.spec.labels import ObjectClass

AHEAD = 6
"""Months that are drawn before they are lived: a training leaves half a processor idle for as long as they take."""


@dataclass(frozen=True, slots=True)
class Month:
    """A calendar month's part of a year.

    Attributes:
        year: which.
        first: day.
        days: how many.
        classes: the labelling rule, of all kinds whose truth is wanted.
        folder: for its pictures.
    """

    year: Year
    first: date
    days: int
    classes: tuple[ObjectClass, ...]
    folder: Path


def album(pool: Executor, months: Sequence[Month]) -> Iterator[list[Scene]]:
    """What each month shows, in order.

    Args:
        pool: that draws; see :func:`detection.outside.processes.pool`.
        months: of as many years as are lived.
    """
    coming = deque(_drawn(pool, month) for month in months[:AHEAD])
    waiting = deque(months[AHEAD:])
    while coming:
        scenes = list(coming.popleft())
        if waiting:
            coming.append(_drawn(pool, waiting.popleft()))
        yield scenes


def parts(first: date, days: int) -> Iterator[tuple[date, int]]:
    """First day and length of each calendar month's part of a period."""
    end = first + timedelta(days=days)
    while first < end:
        following = min(end, (first.replace(day=1) + timedelta(days=32)).replace(day=1))
        yield first, (following - first).days
        first = following


def _drawn(pool: Executor, month: Month) -> Iterator[Scene]:
    taken = frames.takes(month.year, month.first, month.days)
    return frames.photograph(pool, month.year, taken, month.classes, month.folder)
