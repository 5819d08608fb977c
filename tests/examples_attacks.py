"""What somebody with a shell may do to a log once its laws are off: every single edit, removal, swap and cut."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Integer, Table, delete, select, update
from sqlalchemy.sql.expression import Executable

from detection.outside.database.tables import ENTRIES, HEAD, METADATA
from detection.rules.registry.readings import Head


@dataclass(frozen=True)
class Attack:
    """One thing done to the database.

    Attributes:
        name: for people.
        statements: in order.
    """

    name: str
    statements: tuple[Executable, ...]


def lift_laws(connection: Connection) -> None:
    """As the owner of the database may: drop the triggers, or switch them off; keys between tables too."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        return
    names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all()
    for name in names:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")


def edits(connection: Connection, table: Table) -> Iterator[Attack]:
    """Each cell of each row, changed."""
    for row in connection.execute(select(table)).all():
        for column in table.columns:
            changed = _other(column, row._mapping[column.name])
            statement = update(table).where(_this(table, row)).values({column.name: changed})
            yield Attack(f"{table.name} {row[0]} {column.name} edited", (statement,))


def removals(connection: Connection, table: Table) -> Iterator[Attack]:
    """Each row, gone; of the log also with the numbers behind it moved up."""
    for row in connection.execute(select(table)).all():
        gone = delete(table).where(_this(table, row))
        yield Attack(f"{table.name} {row[0]} removed", (gone,))


def swaps(connection: Connection) -> Iterator[Attack]:
    """Each two neighbours of the log, with their numbers exchanged."""
    last = connection.execute(select(HEAD.c.number)).scalar_one()
    for number in range(1, last):
        to = ((number, -1), (number + 1, number), (-1, number + 1))
        moves = tuple(update(ENTRIES).where(ENTRIES.c.number == a).values(number=b) for a, b in to)
        yield Attack(f"entries {number} and {number + 1} swapped", moves)


def cuts(connection: Connection) -> Iterator[Attack]:
    """The log cut behind each entry, and its head moved to the new end."""
    for row in connection.execute(select(ENTRIES).order_by(ENTRIES.c.number)).all()[:-1]:
        head = update(HEAD).values(number=row.number, digest=row.digest, at=row.at)
        yield Attack(f"cut behind entry {row.number}", (delete(ENTRIES).where(ENTRIES.c.number > row.number), head))


def all_of(connection: Connection) -> Iterator[Attack]:
    """Every single one, on the log, its head and the tables."""
    for table in METADATA.sorted_tables:
        yield from edits(connection, table)
        yield from removals(connection, table)
    yield from swaps(connection)
    yield from cuts(connection)


def end_of(connection: Connection) -> Head:
    """The end of the log, as somebody would have kept it."""
    row = connection.execute(select(HEAD)).one()
    return Head(row.number, row.digest)


def _this(table: Table, row: Any) -> Any:
    keys = [column == row._mapping[column.name] for column in table.primary_key.columns]
    found = keys[0]
    for key in keys[1:]:
        found = found & key
    return found


def _other(column: Column[Any], cell: Any) -> Any:
    return cell + 1000 if isinstance(column.type, Integer) else f"{cell}x"
