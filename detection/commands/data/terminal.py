"""Tables and names in the terminal, whatever strangers called their files."""

from __future__ import annotations

from collections.abc import Sequence

from rich.markup import escape
from rich.table import Table

from detection.rules.evidence.tables import Cell, Column


def table(columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> Table:
    """A table of the page as a table of the terminal."""
    made = Table()
    for column in columns:
        made.add_column(escape(plain(column.name)), justify="right" if column.number else "left")
    for row in rows:
        made.add_row(*(escape(plain(cell.text)) for cell in row))
    return made


def plain(text: str) -> str:
    """``text`` without what a terminal would obey."""
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)
