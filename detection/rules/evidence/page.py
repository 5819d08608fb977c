"""The page as values: sections of blocks, each a table, some facts, pictures or a sentence. Knows no HTML.

Every string here may come from data that strangers sent; whoever renders it escapes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from math import floor
from typing import Literal

from detection.rules.evidence.drawings import Drawings, Tiles
from detection.rules.evidence.tone import Tone as Tone

DataUri = str
"""A picture that travels inside the page: ``data:image/...;base64,...``."""
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


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure or word with its name."""

    name: str
    value: str
    note: str = ""
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Facts:
    """A row of facts, the headline of a section."""

    facts: tuple[Fact, ...]
    title: str = ""
    kind: Literal["facts"] = "facts"


@dataclass(frozen=True, slots=True)
class Picture:
    """One picture with its caption; ``alt`` says what it shows to who cannot see it."""

    source: DataUri
    alt: str
    caption: str = ""
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Pictures:
    """Photographs in a grid, or charts side by side."""

    pictures: tuple[Picture, ...]
    title: str = ""
    note: str = ""
    charts: bool = False
    kind: Literal["pictures"] = "pictures"


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence or two; ``chips`` are short names that belong to it."""

    text: str
    title: str = ""
    tone: Tone = Tone.QUIET
    chips: tuple[str, ...] = ()
    kind: Literal["note"] = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a reader must know, on a card of its own.

    Attributes:
        title: what it is about.
        figure: its figure, as a rule with its interval as a bar.
        told: what is behind the figure, a sentence each.
        action: what to do about it; empty if nothing is known.
        tone: colour of the card's edge.
    """

    title: str
    figure: Cell
    told: tuple[str, ...]
    action: str = ""
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Findings:
    """Cards side by side, the most important first; ``legend`` as that of a table."""

    findings: tuple[Finding, ...]
    title: str = ""
    note: str = ""
    legend: str = ""
    kind: Literal["findings"] = "findings"


Plain = Table | Facts | Pictures | Note | Findings | Drawings | Tiles


@dataclass(frozen=True, slots=True)
class Folded:
    """Blocks that are shown when a reader asks for them; open on paper and in Markdown.

    Attributes:
        title: what is asked for.
        blocks: what is then shown.
        answer: a word beside the title, as a label; empty leaves it out.
        tone: of that label.
        remark: beside the title, in a soft voice.
        anchor: where a link leads that opens it; ours, never the data's.
    """

    title: str
    blocks: tuple[Plain, ...]
    answer: str = ""
    tone: Tone = Tone.QUIET
    remark: str = ""
    anchor: str = ""
    kind: Literal["folded"] = "folded"


Block = Plain | Folded


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the page; ``id`` is its anchor, ours, never the data's."""

    id: str
    title: str
    lead: str
    blocks: tuple[Block, ...]


NO_TABLE = Table((), ())


@dataclass(frozen=True, slots=True)
class Banner:
    """The verdict, first and big.

    Attributes:
        answer: in a word or two, such as PASS, FAIL or NOT PROVEN.
        sentence: what that means.
        next_step: what to do now; empty if nothing is to be done.
        gate: every line, those that hold it back first; without columns on a page whose verdict has no lines.
        facts: the few figures a reader asks for at once.
        weakest: where it fails and why, above the lines; none on a page that does not know.
    """

    answer: str
    tone: Tone
    sentence: str
    next_step: str
    facts: tuple[Fact, ...]
    gate: Table = NO_TABLE
    weakest: Findings | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A whole page.

    Attributes:
        name: its heading.
        subtitle: below it.
        banner: the verdict; none on a page that judges nothing.
        sections: in the order they are read.
        colophon: what it was made of, last and small.
        kicker: what kind of page this is, above the heading.
        site: all pages of the site it belongs to, as cells with links, this one without; empty if it stands alone.
    """

    name: str
    subtitle: str
    banner: Banner | None
    sections: tuple[Section, ...]
    colophon: str
    kicker: str = "Release report"
    site: tuple[Cell, ...] = ()


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


def thousands(value: int) -> str:
    """``12345`` as ``12,345``."""
    return f"{value:,}"


def digits(value: float | None) -> str:
    """Three digits after the point; a dash for what could not be measured."""
    return "–" if value is None or value != value else f"{value:.3f}"


def cut(value: float | None) -> str:
    """Three digits after the point, cut off and not rounded: a bound is never shown above what is proven."""
    return "–" if value is None else f"{floor(value * 1000 + 1e-9) / 1000:.3f}"


def scale_start(figures: Iterable[float | None]) -> float:
    """Where a table's bars begin: at 0.5 while everything lies above, else at 0."""
    return 0.5 if min((f for f in figures if f is not None), default=1.0) >= 0.5 else 0.0


def size(value: int) -> str:
    """Bytes in the unit people read: ``4.2 MB``."""
    return f"{value / 1e6:.1f} MB" if value >= 100_000 else f"{value / 1e3:.1f} kB"
