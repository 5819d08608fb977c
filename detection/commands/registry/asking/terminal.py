"""Blocks of the pages, in the terminal: the same words in both."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.markup import escape
from rich.table import Table as Rows

from detection.outside import exits
from detection.rules.evidence.page import Block, Fact, Facts, Folded, Note, Section
from detection.rules.evidence.tables import Cell, Table
from detection.rules.evidence.tone import Tone

STYLES = {Tone.GOOD: "green", Tone.BAD: "bold red", Tone.UNSURE: "yellow", Tone.QUIET: "dim"}


def show(blocks: Iterable[Block], console: Console, unfold: bool = False) -> None:
    """Tables, facts and notes; what a page folds is left to the page unless it is asked for."""
    for block in blocks:
        if isinstance(block, Table):
            console.print(rows(block))
            line(block.note, console, "dim")
        elif isinstance(block, Facts):
            facts(block.facts, console)
        elif isinstance(block, Note):
            line(": ".join(filter(None, (block.title, block.text))), console, STYLES.get(block.tone, ""))
        elif isinstance(block, Folded) and unfold:
            show(block.blocks, console)
        elif isinstance(block, Folded):
            line(f"{block.title}: on the page", console, "dim")


def section(shown: Section, console: Console, unfold: bool = False) -> None:
    """A section of a page under its title."""
    console.print(f"\n[bold]{plain(shown.title)}[/]", highlight=False)
    show(shown.blocks, console, unfold)


def rows(table: Table) -> Rows:
    """A table of a page."""
    made = Rows(title=plain(table.title) or None, title_justify="left")
    for column in table.columns:
        made.add_column(plain(column.name), justify="right" if column.number else "left", overflow="fold")
    for row in table.rows:
        made.add_row(*map(cell, row))
    return made


def facts(told: Iterable[Fact], console: Console) -> None:
    """One line a fact."""
    for one in told:
        style = STYLES.get(one.tone, "")
        value = f"[{style}]{plain(one.value)}[/]" if style else plain(one.value)
        note = f" [dim]{plain(one.note)}[/]" if one.note else ""
        console.print(f"{plain(one.name):<18} {value}{note}", highlight=False, soft_wrap=True)


def cell(shown: Cell) -> str:
    """A field with its tone; what stands below it on a page stands in brackets."""
    text, note = plain(shown.text), plain(shown.note)
    style = STYLES.get(shown.tone, "")
    said = f"[{style}]{text}[/]" if style and text else text
    return f"{said}\n[dim]{note}[/]" if note else said


def line(text: str, console: Console, style: str = "") -> None:
    """One sentence; nothing for none."""
    if text:
        console.print(plain(text), style=style, highlight=False, soft_wrap=True)


def plain(text: str) -> str:
    """``text`` as a terminal may have it."""
    return escape(exits.shown(text))
