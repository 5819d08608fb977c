"""A registry as it is after decades, made in minutes: a sound chain and its tables, written past the registry.

Each entry is what the registry would have written, with real signatures; only the way into the database is shorter. The
laws are lifted for it and stand again afterwards, and ``fault`` finds nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, insert, select, update

from detection.outside.database.engines import Database
from detection.outside.database.log.chain import Deed
from detection.outside.database.log.effects import Cell, effects
from detection.outside.database.tables import HEAD, METADATA, SLOTS
from detection.outside.database.texts import APPROVAL, CONTENT, ORDER, PLAN, canonical, plain, read_moment, spelled
from detection.rules.registry.entries import Entry, sealed
from detection.rules.registry.registered import Content
from detection.rules.registry.slots import Slot, Stage
from tests import examples_registry as examples
from tests.examples_store import PLAN_BYTES, PLAN_DIGEST, elsewhere

BUSY = elsewhere("dev")
"""The first slot: its guards ask for no approvals, so that what is timed is the store."""
_BATCH = 2000
_CACHE_KIB = 256 * 1024
STEP = timedelta(seconds=60)
"""Between two entries."""


@dataclass(frozen=True, slots=True)
class Size:
    """How large: versions, entries of the log, slots."""

    versions: int
    entries: int
    slots: int


@dataclass
class _Book:
    """The end of the chain, and rows that wait to be written."""

    connection: Connection
    number: int
    before: str
    at: Any
    waiting: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    latest: dict[tuple[str, ...], tuple[str, dict[str, Cell]]] = field(default_factory=dict)
    slots: set[str] = field(default_factory=set)

    def add(self, deed: Deed) -> int:
        """One entry; rows that later entries change wait until the end."""
        self.number, self.at = self.number + 1, self.at + STEP
        entry = sealed(
            Entry(self.number, spelled(self.at), deed.actor, deed.action, deed.slot, deed.version,
                  canonical(deed.payload), self.before, "")
        )  # fmt: skip
        self.before = entry.digest
        self._wait("entries", {name: getattr(entry, name) for name in Entry.__dataclass_fields__})
        for effect in effects(entry):
            keys = [column.name for column in METADATA.tables[effect.table].primary_key.columns]
            if effect.manner == "keep":
                self._keep(effect.table, dict(effect.cells))
            elif effect.table in {"stages", "slots", "nonces"}:
                key = (effect.table, *(str(effect.cells[name]) for name in keys))
                known = self.latest.get(key, (effect.table, {}))[1]
                self.latest[key] = (effect.table, {**known, **effect.cells})
            else:
                self._wait(effect.table, dict(effect.cells))
        return self.number

    def _keep(self, table: str, row: dict[str, Any]) -> None:
        """Slots are there before anything refers to them: SQLite looks for what refers to nothing, over and over."""
        if row["name"] not in self.slots:
            self.slots.add(row["name"])
            self.connection.execute(insert(METADATA.tables[table]), row)

    def _wait(self, table: str, row: dict[str, Any]) -> None:
        self.waiting.setdefault(table, []).append(row)

    def rest(self) -> None:
        """Between two promotions: write what waits once it is much."""
        if len(self.waiting["entries"]) >= _BATCH:
            self.flush()

    def flush(self) -> None:
        """Write what waits; nonces too, whose story ended with their promotion."""
        for key in [key for key in self.latest if key[0] == "nonces"]:
            self._wait("nonces", self.latest.pop(key)[1])
        for table, rows in self.waiting.items():
            if rows:
                self.connection.execute(insert(METADATA.tables[table]), rows)
        self.waiting = {"entries": []}

    def close(self) -> None:
        """Write the rest, and move the head."""
        for table, row in self.latest.values():
            if table == SLOTS.name:
                epoch = update(SLOTS).where(SLOTS.c.name == row["name"]).values(epoch=row["epoch"])
                self.connection.execute(epoch)
            else:
                self._wait(table, row)
        self.latest = {}
        self.flush()
        end = {"number": self.number, "digest": self.before, "at": spelled(self.at)}
        self.connection.execute(update(HEAD).values(end))


def grow(url: str, size: Size) -> None:
    """Fill a registry that has nothing but its first entry."""
    database = Database(url)
    with database.changing() as connection:
        laws = _lifted(connection)
        head = connection.execute(select(HEAD)).one()
        book = _Book(connection, head.number, head.digest, read_moment(head.at), {"entries": []})
        contents = [_registered(book, number) for number in range(size.versions)]
        others = [replace(examples.SLOT, place=f"line-{number}") for number in range(2, size.slots + 1)]
        _lives(book, contents, [BUSY, *others], size.entries)
        book.close()
        for law in laws:
            connection.exec_driver_sql(law)
    database.close()


def _lifted(connection: Connection) -> list[str]:
    """Lift the laws; what to say to have them back."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        return []
    connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    connection.exec_driver_sql(f"PRAGMA cache_size = -{_CACHE_KIB}")
    found = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all()
    for name, _ in found:
        connection.exec_driver_sql(f"DROP TRIGGER {name}")
    return [str(sql) for _, sql in found]


def _registered(book: _Book, number: int) -> Content:
    digest = sha256(f"version {number}".encode()).hexdigest()
    content = examples.content(2, digest=digest, counter=number + 1)
    said = {
        "content": plain(CONTENT, content), "number": [1, number, 0], "reason": "minor: better",
        "submitter": "engineer-1",
    }  # fmt: skip
    book.add(Deed("register", "engineer-1", said, version=digest))
    return content


def _lives(book: _Book, contents: list[Content], slots: list[Slot], entries: int) -> None:
    """Promotions in turn until the log is long enough: nonce, approval, staging, the one before archived, live."""
    plan = {"digest": PLAN_DIGEST, "plan": plain(PLAN, examples.PLAN), "text": PLAN_BYTES.decode()}
    for slot in slots:
        book.add(Deed("pin", "engineer-2", plan, str(slot)))
    epochs, live = dict.fromkeys(slots, 0), dict.fromkeys(slots, "")
    for turn in _turns():
        slot, content = slots[turn % len(slots)], contents[turn // len(slots) % len(contents)]
        if book.number >= entries:
            return
        if content.digest != live[slot]:
            _promoted(book, slot, content, (epochs[slot], live[slot], turn // len(slots) >= len(contents)))
            book.rest()
            epochs[slot], live[slot] = epochs[slot] + 1, content.digest


def _turns() -> Iterator[int]:
    turn = 0
    while True:
        yield turn
        turn += 1


def _promoted(book: _Book, slot: Slot, content: Content, there: tuple[int, str, bool]) -> None:
    epoch, live, again = there
    nonce = sha256(f"{slot} {epoch}".encode()).hexdigest()[:32]
    book.add(Deed("nonce", "quality-1", {"nonce": nonce}, str(slot), content.digest))
    signed = examples.approved(
        slot=slot, version_digest=content.digest, verdict_digest=content.verdict_digest, nonce=nonce,
        deployment_digest=PLAN_DIGEST, signed_at=book.at,
    )  # fmt: skip
    book.add(Deed("approve", "quality-1", {"approval": plain(APPROVAL, signed)}, str(slot), content.digest))
    order = examples.ordered(slot=slot, version_digest=content.digest, epoch=epoch, ordered_at=book.at)
    said = {"order": json.loads(canonical(plain(ORDER, order))), "words": "as ordered"}
    before = Stage.ARCHIVED if again else Stage.DEVELOPMENT
    steps = [("stage", content.digest, before, Stage.STAGING)]
    steps += [("supersede", live, Stage.PRODUCTION, Stage.ARCHIVED)] if live else []
    for action, digest, was, becomes in steps:
        moved = {**said, "before": was.value, "after": becomes.value}
        book.add(Deed(action, "engineer-2", moved, str(slot), digest))  # type: ignore[arg-type]
    period = {"epoch": epoch + 1, "live": content.digest, "rollback_authorised": bool(live)}
    moved = {**said, "before": "Staging", "after": "Production", "period": period, "nonces": [nonce]}
    book.add(Deed("promote", "engineer-2", moved, str(slot), content.digest))
