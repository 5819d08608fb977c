"""The tables as this program expects them; ``migrations`` make them, and a test holds the two equal.

For which rows an index is stands here in SQLite's words alone: to name PostgreSQL's would load its drivers each time.
"""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, MetaData, Table, Text, UniqueConstraint
from sqlalchemy import text as sql

SCHEMA_TABLE = "registry_schema"
"""Where alembic keeps the revision; a name of our own, because MLflow's file has ``alembic_version``."""
REVISION = "r0002"
"""The newest revision: what this program reads and writes."""
REVISIONS = ("r0001", "r0002")
"""All of them, oldest first."""

METADATA = MetaData()


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def _number(name: str) -> Column[int]:
    return Column(name, Integer, nullable=False)


def _entry(name: str = "entry") -> Column[int]:
    return Column(name, Integer, ForeignKey("entries.number"), nullable=False)


def _key(name: str) -> Column[str]:
    return Column(name, Text, primary_key=True)


HEAD = Table(
    "head", METADATA,
    Column("one", Integer, CheckConstraint("one = 1"), primary_key=True, autoincrement=False),
    _text("registry"), _number("number"), _text("digest"), _text("at"),
)  # fmt: skip
"""One row: the end of the chain. Who writes locks it first, so all writers stand in one row."""

ENTRIES = Table(
    "entries", METADATA,
    Column("number", Integer, primary_key=True, autoincrement=False),
    *map(_text, ("at", "actor", "action", "slot", "version", "payload", "before", "digest")),
    Index("entries_at", "at"),
)  # fmt: skip

VERSIONS = Table(
    "versions", METADATA,
    _key("digest"), _text("model"), *map(_number, ("major", "minor", "patch")),
    *map(_text, ("reason", "content", "submitter", "registered_at", "deprecated", "end_of_life")),
    _number("retired"), _entry(),
    UniqueConstraint("model", "major", "minor", "patch", name="versions_number"),
)  # fmt: skip

SLOTS = Table("slots", METADATA, _key("name"), _number("epoch"))
"""A slot is here from the first entry that names it; its epoch is that of its newest period."""

STAGES = Table(
    "stages", METADATA,
    Column("slot", Text, ForeignKey("slots.name"), primary_key=True),
    Column("version", Text, ForeignKey("versions.digest"), primary_key=True),
    _text("stage"), _text("since"), _entry(),
    Index("stages_one_production", "slot", unique=True, sqlite_where=sql("stage = 'Production'")),
    Index("stages_version", "version"),
)  # fmt: skip
"""A version without a row is in Development. The index makes two in Production of one slot impossible."""

PERIODS = Table(
    "periods", METADATA,
    Column("slot", Text, ForeignKey("slots.name"), primary_key=True),
    Column("epoch", Integer, primary_key=True, autoincrement=False),
    *map(_text, ("version", "since", "action", "actor", "reason")),
    _entry(), _number("rollback_authorised"),
)  # fmt: skip

PINS = Table(
    "pins", METADATA,
    Column("entry", Integer, ForeignKey("entries.number"), primary_key=True, autoincrement=False),
    *map(_text, ("slot", "digest", "plan", "text")),
    Index("pins_slot", "slot", "entry"),
)  # fmt: skip

APPROVALS = Table(
    "approvals", METADATA,
    Column("entry", Integer, ForeignKey("entries.number"), primary_key=True, autoincrement=False),
    _text("slot"), _text("version"), Column("signature", Text, nullable=False, unique=True), _text("approval"),
    Index("approvals_slot_version", "slot", "version", "entry"),
)  # fmt: skip

NONCES = Table(
    "nonces", METADATA,
    _key("nonce"), _text("slot"), _text("version"), _entry(), _number("used_by_entry"),
    Index("nonces_slot_version", "slot", "version"),
)  # fmt: skip

INTENTS = Table(
    "intents", METADATA,
    _key("key"), _text("payload"), _text("begun_at"), _entry("begun_entry"),
    _text("outcome"), _text("finished_at"), _number("finished_entry"),
    Index("intents_open", "begun_entry", sqlite_where=sql("finished_entry = 0")),
)  # fmt: skip

FACTS = Table(
    "facts", METADATA,
    _key("kind"), _key("name"), _key("value"),
    Column("version", Text, ForeignKey("versions.digest"), primary_key=True),
)  # fmt: skip
"""What versions were made from, one row a fact, so that `affected` need not read every version."""
