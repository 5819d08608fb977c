"""The page as values: sections of blocks, each a table, some facts, pictures or a sentence. Knows no HTML.

Every string here may come from data that strangers sent; whoever renders it escapes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from detection.rules.evidence.drawings import Drawings, Tiles
from detection.rules.evidence.tables import NO_TABLE, Cell, Table
from detection.rules.evidence.tone import Tone

DataUri = str
"""A picture that travels inside the page: ``data:image/...;base64,...``."""


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
