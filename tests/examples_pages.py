"""Whole pages in every colour, with cards, drawings and folded detail; in all of them names that attack the reader."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from html.parser import HTMLParser

from detection.outside import html
from detection.rules.evidence.drawings import Bars, Drawings, Event, Line, Tile, Tiles, Track
from detection.rules.evidence.page import Finding, Findings, Folded, Page, Section
from detection.rules.evidence.tables import Cell, Column, Span, Table, text
from detection.rules.evidence.tone import Tone
from detection.rules.judging.gates.lines import Outcome
from tests.examples_report import page
from tests.examples_verdict import CLASSES

HOSTILE = '<script>window.ran=1</script><img src="https://example.invalid/x.png" onerror="window.ran=1">"\'|`[x](y)'
WEAKEST = Findings((Finding(HOSTILE, Cell("0.62", span=Span(0.6, 0.5, 0.7, 0.9)), (HOSTILE,), HOSTILE),), title="Weak")
DRAWN = Drawings(
    (
        Bars(HOSTILE, (HOSTILE, "none"), (0.5, 0.5), (0.9, 0.1), HOSTILE, Tone.BAD),
        Track(
            HOSTILE, (0.0, 1.0, 2.0), (HOSTILE, HOSTILE), (Line(HOSTILE, (0.1, float("nan"), 0.3)),), (0.1, 0.1, 0.2),
            limit=0.25, events=(Event(HOSTILE, 1.0),), remark=HOSTILE,
        ),
    ),
    title=HOSTILE,
    note=HOSTILE,
)  # fmt: skip
TILES = Tiles((Tile(HOSTILE, Tone.BAD, HOSTILE, "more"), Tile(HOSTILE, Tone.QUIET)), HOSTILE, HOSTILE)
DETAIL = Folded(
    "More of it",
    (Table((Column("What"),), ((text(HOSTILE),),), title="Inside"), WEAKEST, DRAWN),
    answer=HOSTILE,
    tone=Tone.BAD,
    remark=HOSTILE,
    anchor="more",
)


class Elements(HTMLParser):
    """Every element of a page, with its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def with_detail(kind: Outcome) -> Page:
    """The page with cards in its verdict and a folded section."""
    plain = page(kind, displays=dict.fromkeys(CLASSES, HOSTILE))
    assert plain.banner is not None
    detail = Section("detail", "Detail", "On demand.", (TILES, DETAIL))
    return replace(plain, banner=replace(plain.banner, weakest=WEAKEST), sections=(detail, *plain.sections))


@cache
def made(kind: Outcome) -> str:
    return html.page(page(kind))


@cache
def detailed(kind: Outcome) -> str:
    return html.page(with_detail(kind))
