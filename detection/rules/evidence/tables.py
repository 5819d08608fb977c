"""Tables as values: columns, and cells of words, numbers and small bars. Knows no HTML.

Every string here may come from data that strangers sent; whoever renders it escapes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from detection.rules.evidence.numerals import digits, thousands
from detection.rules.evidence.tone import Tone

LINK = re.compile(r"[a-z0-9][a-z0-9_.-]*\.html(#[a-z0-9-]+)?")
"""A page that lies in the same folder, and a place on it: never a scheme, never another folder."""


@dataclass(frozen=True, slots=True)
class Span:
    """A figure with its interval on a scale, and the limit it must keep; drawn as a small bar.

    Attributes:
        observed: the figure itself.
        lower: lower end of its interval; equal to ``observed`` where none is known.
        upper: upper end.
        limit: what is asked of it; none if nothing is.
        start: the scale's left end; its right end is 1.
        tone: colour of the interval.
    """

    observed: float
    lower: float
    upper: float
    limit: float | None = None
    start: float = 0.0
    tone: Tone = Tone.PLAIN

    def at(self, value: float) -> float:
        """``value`` on the drawn scale, 0 to 100, held inside it."""
        return 100 * min(1.0, max(0.0, (value - self.start) / (1 - self.start)))


@dataclass(frozen=True, slots=True)
class Cell:
    """One field of a table."""

    text: str
    tone: Tone = Tone.PLAIN
    span: Span | None = None
    chip: bool = False
    """Drawn as a label, for verdicts."""
    code: bool = False
    """Drawn in fixed width, for ids and digests."""
    note: str = ""
    """Below the words and smaller: an interval, or what was counted."""
    washed: bool = False
    """Its tone is the ground it stands on, for what must be found at a glance in a table of numbers."""
    link: str = ""
    """Where its words lead: a page of the same folder, named as :data:`LINK` asks; empty leads nowhere."""

    def __post_init__(self) -> None:
        """A link is ours; what a stranger wrote never becomes one."""
        if self.link and not LINK.fullmatch(self.link):
            raise ValueError(f"no page of ours is called {self.link!r}")


@dataclass(frozen=True, slots=True)
class Column:
    """Head of a table's column; ``number`` puts it to the right."""

    name: str
    number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells, as wide as ``columns``.

    ``legend`` explains bars and colours; a text, which has neither, leaves it out.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    title: str = ""
    note: str = ""
    legend: str = ""
    kind: Literal["table"] = "table"


NO_TABLE = Table((), ())


def text(value: str, tone: Tone = Tone.PLAIN) -> Cell:
    """A cell of words."""
    return Cell(value, tone)


def code(value: str) -> Cell:
    """A cell that holds an id or a digest."""
    return Cell(value, code=True)


def linked(value: str, link: str, note: str = "") -> Cell:
    """A cell of words that lead to another page of the same folder."""
    return Cell(value, note=note, link=link)


def count(value: int) -> Cell:
    """A cell that holds a whole number, thousands set apart."""
    return Cell(thousands(value))


def share(value: float | None, tone: Tone = Tone.PLAIN) -> Cell:
    """A cell that holds a part of a whole, three digits; a dash where nothing could be measured."""
    return Cell(digits(value), tone)


def scale_start(figures: Iterable[float | None]) -> float:
    """Where a table's bars begin: at 0.5 while everything lies above, else at 0."""
    return 0.5 if min((f for f in figures if f is not None), default=1.0) >= 0.5 else 0.0
