"""Reading the whole log again: is the chain whole, and do the tables say what it makes of them?"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

from sqlalchemy import Connection, select

from detection.outside.database.answers import reading
from detection.outside.database.log.effects import Cell, Effect, effects
from detection.outside.database.tables import ENTRIES, HEAD, METADATA
from detection.rules.registry.entries import ChainFault, Entry, first_fault
from detection.rules.registry.readings import Head

_LONG = 80
"""A text longer than this is compared by its digest, so that a million entries fit into memory."""
_PROJECTED = tuple(name for name in sorted(METADATA.tables) if name not in {ENTRIES.name, HEAD.name})

Key = tuple[Cell, ...]
_KEYS = {name: tuple(c.name for c in METADATA.tables[name].primary_key.columns) for name in _PROJECTED}


class _Replay:
    """The tables as the log makes them, kept short."""

    def __init__(self, kept: Head | None) -> None:
        self.rows: dict[str, dict[Key, dict[str, Cell]]] = {name: {} for name in _PROJECTED}
        self.last: Entry | None = None
        self.fault: ChainFault | None = None
        self._kept = kept

    def through(self, entries: Iterator[Entry]) -> Iterator[Entry]:
        """Hand entries on, and take each that the reader of the chain found whole."""
        before: Entry | None = None
        for entry in entries:
            if before is not None:
                self._take(before)
            yield entry
            before = entry
        if before is not None:
            self._take(before)

    def _take(self, entry: Entry) -> None:
        self.last = entry
        if self._kept is not None and entry.number == self._kept.number and entry.digest != self._kept.digest:
            self.fault = self.fault or ChainFault(entry.number, "is not the entry whose digest was kept elsewhere")
        try:
            for effect in effects(entry):
                self._write(effect)
        except (KeyError, ValueError, TypeError) as error:
            self.fault = self.fault or ChainFault(entry.number, f"says what no entry says ({error!r})")

    def _write(self, effect: Effect) -> None:
        rows, cells = self.rows[effect.table], _short(effect.cells)
        key = tuple(cells[name] for name in _KEYS[effect.table])
        if effect.manner == "add" and key in rows:
            raise ValueError(f"a row of {effect.table} that is there: {key}")
        if effect.manner == "change" and key not in rows:
            raise ValueError(f"a row of {effect.table} that is not there: {key}")
        if effect.manner == "keep":
            rows.setdefault(key, dict(cells))
        else:
            rows.setdefault(key, {}).update(cells)


def fault(connection: Connection, kept: Head | None) -> ChainFault | None:
    """The first fault of the chain; or of its end; or of a table."""
    replay = _Replay(kept)
    found = first_fault(reading.registry_id(connection), replay.through(reading.entries(connection)))
    return found or replay.fault or _end(connection, replay.last, kept) or _tables(connection, replay)


def _end(connection: Connection, last: Entry | None, kept: Head | None) -> ChainFault | None:
    head = connection.execute(select(HEAD)).one()
    number, digest = (last.number, last.digest) if last else (0, "")
    if (head.number, head.digest, head.at) != (number, digest, last.at if last else ""):
        return ChainFault(number + 1, f"the log ends with entry {number}, its head with {head.number}: it was cut")
    if kept is not None and kept.number > number:
        return ChainFault(number + 1, f"the log ends with entry {number}, and {kept.number} was kept: it was cut")
    return None


def _tables(connection: Connection, replay: _Replay) -> ChainFault | None:
    for name in _PROJECTED:
        expected = replay.rows[name]
        for row in connection.execute(select(METADATA.tables[name]), execution_options=reading.PAGEWISE):
            cells = _short(dict(row._mapping))
            key = tuple(cells[column] for column in _KEYS[name])
            if expected.pop(key, None) != cells:
                return _fault(name, key, replay, "is not what the log makes of it")
        if expected:
            return _fault(name, min(expected), replay, "is missing")
    return None


def _fault(table: str, key: Key, replay: _Replay, words: str) -> ChainFault:
    number = replay.last.number if replay.last else 0
    return ChainFault(number, f"the log is whole, but table {table}, row {', '.join(map(str, key))}, {words}")


def _short(cells: Mapping[str, Cell]) -> dict[str, Cell]:
    return {
        name: hashlib.sha256(cell.encode()).hexdigest() if isinstance(cell, str) and len(cell) > _LONG else cell
        for name, cell in cells.items()
    }
