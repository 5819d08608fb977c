"""CSV tables of a delivery as rows by column, checked cell by cell. Knows aliases of columns, no meaning."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from detection.errors import SourceError
from detection.outside.deliveries import Delivery

MAXIMUM_BYTES = 1_000_000_000
"""No table is read that is longer."""

_YES, _NO = frozenset({"1", "true", "yes"}), frozenset({"0", "false", "no", ""})


@dataclass(frozen=True, slots=True)
class Row:
    """One line.

    Attributes:
        place: file and line, for messages.
        cells: column to text.
    """

    place: str
    cells: Mapping[str, str]

    def text(self, column: str) -> str:
        """A cell's text; ``""`` if there is no such column."""
        return self.cells.get(column, "")

    def flag(self, column: str) -> bool:
        """A cell's yes or no.

        Raises:
            ValueError: neither.
        """
        text = self.text(column).lower()
        if text not in _YES | _NO:
            raise ValueError(f"{column} is {text[:20]!r}; expected 1 or 0")
        return text in _YES

    def count(self, column: str) -> int | None:
        """A cell's whole number; None if it is empty.

        Raises:
            ValueError: none.
        """
        text = self.text(column)
        if text and not (text.isascii() and text.isdecimal() and len(text) <= 9):
            raise ValueError(f"{column} is {text[:20]!r}; expected a whole number")
        return int(text) if text else None


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    cells: list[str]


@dataclass(frozen=True, slots=True)
class Table:
    """One file: the known columns it has, and its lines."""

    name: str
    columns: Sequence[str]
    rows: Sequence[Row]


def table(delivery: Delivery, name: str, aliases: Mapping[str, Sequence[str]], faults: list[str]) -> Table:
    """Read a file in UTF-8 with a line of column names.

    Args:
        delivery: holds the file.
        name: of the file.
        aliases: known column to other names it may bear.
        faults: what is wrong is added to these; the table then holds the lines that are well-formed.
    """
    try:
        content = delivery.read(name)
        if len(content) > MAXIMUM_BYTES:
            raise ValueError(f"has {len(content)} bytes; expected at most {MAXIMUM_BYTES}")
        lines = _lines(content.decode("utf-8-sig"))
        header = [_known(cell, aliases) for cell in next(lines, _Line(1, [])).cells]
        return Table(name, header, _rows(name, header, lines, faults))
    except UnicodeDecodeError:
        faults.append(f"{name}: is not UTF-8; save it as CSV in UTF-8")
    except (csv.Error, ValueError) as error:
        faults.append(f"{name}: cannot be read as CSV ({error})")
    except SourceError as error:
        faults.append(str(error))
    return Table(name, (), ())


def missing(found: Table, needed: Sequence[str]) -> list[str]:
    """Faults of a table's header: columns that are needed and not there, or there twice."""
    absent = [column for column in needed if column not in found.columns]
    twice = sorted({column for column in found.columns if list(found.columns).count(column) > 1})
    faults = (
        [f"{found.name}: column {absent[0]} is missing ({len(absent)} in all: {', '.join(absent)})"] if absent else []
    )
    return faults + ([f"{found.name}: columns {', '.join(twice)} stand twice"] if twice else [])


def _known(cell: str, aliases: Mapping[str, Sequence[str]]) -> str:
    plain = cell.strip()
    return next((c for c, others in aliases.items() if plain.lower() in (c, *others)), plain)


def _lines(text: str) -> Iterator[_Line]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    for cells in reader:
        yield _Line(reader.line_num, cells)


def _rows(name: str, header: Sequence[str], lines: Iterator[_Line], faults: list[str]) -> list[Row]:
    found = []
    for line in lines:
        place = f"{name}:{line.number}"
        if len(line.cells) == len(header):
            found.append(Row(place, dict(zip(header, map(str.strip, line.cells), strict=True))))
        elif line.cells:
            faults.append(f"{place}: {len(line.cells)} cells; expected {len(header)}")
    return found
