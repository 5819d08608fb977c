"""The log at work: one entry more, the head moved with it, and the rows that it writes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Table, func, insert, select, update
from sqlalchemy.sql.dml import Update

from detection.outside.database.faults import RegistryError
from detection.outside.database.log.effects import Effect, effects
from detection.outside.database.tables import ENTRIES, HEAD, METADATA
from detection.outside.database.texts import canonical, read_moment, spelled
from detection.rules.registry.entries import Action, Entry, sealed


@dataclass(frozen=True, slots=True)
class Deed:
    """What an entry is to say, before the chain gives it a number.

    Attributes:
        action: what.
        actor: who.
        slot: ``model/place/environment`` or ``""``.
        version: digest or ``""``.
        payload: plain values.
    """

    action: Action
    actor: str
    payload: Any
    slot: str = ""
    version: str = ""


class ClockError(RegistryError):
    """The clock lies behind the registry's last entry: set it, then run again."""


class Chain:
    """The log within one transaction that changes something; no other writer gets in before its end."""

    def __init__(self, connection: Connection, at: datetime, tolerance_s: float) -> None:
        """Take the head.

        Args:
            connection: within such a transaction.
            at: the clock's time; entries get it, or the last entry's if that is later.
            tolerance_s: for so long the clock may lie behind.

        Raises:
            ClockError: it lies further behind.
        """
        self._connection = connection
        head = connection.execute(select(HEAD).with_for_update()).one()
        self.number, self._digest = head.number, head.digest
        self.at = max(spelled(at), head.at)
        if head.at and read_moment(head.at) - at > timedelta(seconds=tolerance_s):
            raise ClockError(
                f"the clock says {spelled(at)}, and the registry's last entry is of {head.at}: set the clock, or wait"
            )

    def add(self, deed: Deed) -> Entry:
        """Add an entry, and write the rows that follow from it."""
        entry = sealed(
            Entry(
                number=self.number + 1,
                at=self.at,
                actor=deed.actor,
                action=deed.action,
                slot=deed.slot,
                version=deed.version,
                payload=canonical(deed.payload),
                before=self._digest,
                digest="",
            )
        )
        self._connection.execute(insert(ENTRIES), _cells(entry))
        end = {"number": entry.number, "digest": entry.digest, "at": entry.at}
        self._connection.execute(update(HEAD).values(end))
        self.number, self._digest = entry.number, entry.digest
        for effect in effects(entry):
            _apply(self._connection, effect)
        return entry


def entry_of(row: Row[Any]) -> Entry:
    """An entry as it was kept."""
    return Entry(**row._mapping)


def _cells(entry: Entry) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in Entry.__dataclass_fields__}


def _apply(connection: Connection, effect: Effect) -> None:
    table = METADATA.tables[effect.table]
    if effect.manner == "add":
        connection.execute(insert(table), dict(effect.cells))
    elif effect.manner == "keep":
        if not _is_there(connection, table, effect):
            connection.execute(insert(table), dict(effect.cells))
    else:
        changed = connection.execute(_change(table, effect)).rowcount
        if effect.manner == "put" and not changed:
            connection.execute(insert(table), dict(effect.cells))
        elif changed != 1:
            raise RegistryError(f"the log speaks of a row of {table.name!r} that is not there; run audit --verify")


def _keys(table: Table) -> frozenset[str]:
    return frozenset(column.name for column in table.primary_key.columns)


def _change(table: Table, effect: Effect) -> Update:
    keys = _keys(table)
    return (
        update(table)
        .where(*(table.c[name] == effect.cells[name] for name in sorted(keys)))
        .values({name: cell for name, cell in effect.cells.items() if name not in keys})
    )


def _is_there(connection: Connection, table: Table, effect: Effect) -> bool:
    where = (table.c[name] == effect.cells[name] for name in sorted(_keys(table)))
    return connection.execute(select(func.count()).select_from(table).where(*where)).scalar_one() > 0
