"""The log, its head, and the tables of versions, slots, stages, periods, pins, approvals, nonces and intents."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from detection.outside.database.schema.laws import Law, enact

revision = "r0001"
down_revision = None

_NOW = "EXISTS (SELECT 1 FROM entries e JOIN head h ON e.number = h.number WHERE e.number = {entry}{more})"
"""A row may be written only together with the entry that says so: the newest of the log."""


def _now(entry: str, *more: str) -> str:
    return _NOW.replace("{entry}", entry).replace("{more}", "".join(f" AND {one}" for one in more))


_STAGE = ("e.slot = NEW.slot", "e.version = NEW.version", "e.at = NEW.since", "{said:after} = NEW.stage")
_NEXT = "EXISTS (SELECT 1 FROM slots s WHERE s.name = NEW.slot AND NEW.epoch = s.epoch + 1)"
_LAWS = (
    Law("entries", "INSERT",
        "EXISTS (SELECT 1 FROM head h WHERE NEW.number = h.number + 1 AND NEW.before = h.digest AND NEW.at >= h.at)",
        "an entry must follow the last one of the log"),
    Law("head", "INSERT", "NEW.number = 0", "the log has one head"),
    Law("head", "UPDATE",
        "NEW.registry = OLD.registry AND NEW.number = OLD.number + 1 AND EXISTS (SELECT 1 FROM entries e WHERE "
        "e.number = NEW.number AND e.digest = NEW.digest AND e.at = NEW.at)",
        "the head moves with an entry only"),
    Law("versions", "INSERT",
        _now("NEW.entry", "e.action = 'register'", "e.version = NEW.digest", "e.at = NEW.registered_at"),
        "a version needs its entry in the log"),
    Law("versions", "UPDATE",
        " AND ".join(f"NEW.{name} = OLD.{name}" for name in (
            "digest", "model", "major", "minor", "patch", "reason", "content", "submitter", "registered_at"))
        + " AND " + _now("NEW.entry", "e.action IN ('deprecate', 'retire')", "e.version = NEW.digest"),
        "a version is deprecated or retired with an entry of the log, and never changed"),
    Law("slots", "INSERT", "NEW.epoch = 0", "a slot begins with nothing live"),
    Law("slots", "UPDATE",
        "NEW.name = OLD.name AND NEW.epoch = OLD.epoch + 1 AND EXISTS "
        "(SELECT 1 FROM periods p WHERE p.slot = NEW.name AND p.epoch = NEW.epoch)",
        "the epoch of a slot moves with its period only"),
    Law("stages", "INSERT", _now("NEW.entry", *_STAGE), "a stage needs its entry in the log"),
    Law("stages", "UPDATE", _now("NEW.entry", *_STAGE), "a stage needs its entry in the log"),
    Law("periods", "INSERT",
        _NEXT + " AND " + _now(
            "NEW.entry", "e.slot = NEW.slot", "e.at = NEW.since", "e.actor = NEW.actor",
            "{said:period.epoch} = CAST(NEW.epoch AS TEXT)", "{said:period.live} = NEW.version",
            "{said:order.order.verb} = NEW.action", "{said:order.order.reason} = NEW.reason"),
        "a period needs its entry in the log"),
    Law("periods", "UPDATE", "1 = 0", "a period is never changed"),
    Law("pins", "INSERT", _now("NEW.entry", "e.action = 'pin'", "e.slot = NEW.slot", "{said:digest} = NEW.digest"),
        "a pinned deployment needs its entry in the log"),
    Law("pins", "UPDATE", "1 = 0", "a pinned deployment is never changed"),
    Law("approvals", "INSERT",
        _now("NEW.entry", "e.action = 'approve'", "e.slot = NEW.slot", "e.version = NEW.version",
             "{said:approval.signature} = NEW.signature"),
        "an approval needs its entry in the log"),
    Law("approvals", "UPDATE", "1 = 0", "an approval is never changed"),
    Law("nonces", "INSERT",
        _now("NEW.entry", "e.action = 'nonce'", "e.slot = NEW.slot", "e.version = NEW.version",
             "{said:nonce} = NEW.nonce", "NEW.used_by_entry = 0"),
        "a nonce needs its entry in the log"),
    Law("nonces", "UPDATE",
        "NEW.nonce = OLD.nonce AND NEW.slot = OLD.slot AND NEW.version = OLD.version AND NEW.entry = OLD.entry "
        "AND OLD.used_by_entry = 0 AND " + _now("NEW.used_by_entry", "e.slot = NEW.slot"),
        "a nonce is used once, with an entry of the log"),
    Law("intents", "INSERT",
        _now("NEW.begun_entry", "e.action = 'intent'", "{said:key} = NEW.key", "NEW.finished_entry = 0"),
        "an intent needs its entry in the log"),
    Law("intents", "UPDATE",
        "NEW.key = OLD.key AND NEW.payload = OLD.payload AND NEW.begun_at = OLD.begun_at "
        "AND NEW.begun_entry = OLD.begun_entry AND OLD.finished_entry = 0 AND "
        + _now("NEW.finished_entry", "e.action = 'intent'", "{said:key} = NEW.key"),
        "an intent is finished once, with an entry of the log"),
    Law("entries", "UPDATE", "1 = 0", "an entry of the log is never changed"),
    *(
        Law(table, "DELETE", "1 = 0", f"nothing is ever removed from {table}")
        for table in ("entries", "head", "versions", "slots", "stages", "periods", "pins", "approvals", "nonces",
                      "intents")
    ),
)  # fmt: skip


def upgrade() -> None:
    """Make all of it."""
    _log()
    _versions()
    _slots()
    _promises()
    enact(op, _LAWS)  # type: ignore[arg-type]


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _number(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer, nullable=False) for name in names]


def _key(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, primary_key=True) for name in names]


def _numbered(name: str, *more: sa.ForeignKey) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, *more, primary_key=True, autoincrement=False)


def _of(name: str, other: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, sa.ForeignKey(other), primary_key=True)


def _entry(name: str = "entry") -> sa.Column[int]:
    return sa.Column(name, sa.Integer, sa.ForeignKey("entries.number"), nullable=False)


def _log() -> None:
    one = sa.Column("one", sa.Integer, sa.CheckConstraint("one = 1"), primary_key=True, autoincrement=False)
    op.create_table("head", one, *_text("registry"), *_number("number"), *_text("digest", "at"))
    said = _text("at", "actor", "action", "slot", "version", "payload", "before", "digest")
    op.create_table("entries", _numbered("number"), *said)
    op.create_index("entries_at", "entries", ["at"])


def _versions() -> None:
    op.create_table(
        "versions",
        *_key("digest"), *_text("model"), *_number("major", "minor", "patch"),
        *_text("reason", "content", "submitter", "registered_at", "deprecated", "end_of_life"),
        *_number("retired"), _entry(),
        sa.UniqueConstraint("model", "major", "minor", "patch", name="versions_number"),
    )  # fmt: skip


def _slots() -> None:
    op.create_table("slots", *_key("name"), *_number("epoch"))
    standing = (_of("slot", "slots.name"), _of("version", "versions.digest"))
    op.create_table("stages", *standing, *_text("stage", "since"), _entry())
    live = sa.text("stage = 'Production'")
    op.create_index("stages_one_production", "stages", ["slot"], unique=True, sqlite_where=live, postgresql_where=live)
    op.create_index("stages_version", "stages", ["version"])
    said = _text("version", "since", "action", "actor", "reason")
    place = (_of("slot", "slots.name"), _numbered("epoch"))
    op.create_table("periods", *place, *said, _entry(), *_number("rollback_authorised"))


def _promises() -> None:
    entry = "entries.number"
    op.create_table("pins", _numbered("entry", sa.ForeignKey(entry)), *_text("slot", "digest", "plan", "text"))
    op.create_index("pins_slot", "pins", ["slot", "entry"])
    signature = sa.Column("signature", sa.Text, nullable=False, unique=True)
    place = _text("slot", "version")
    op.create_table("approvals", _numbered("entry", sa.ForeignKey(entry)), *place, signature, *_text("approval"))
    op.create_index("approvals_slot_version", "approvals", ["slot", "version", "entry"])
    op.create_table("nonces", *_key("nonce"), *_text("slot", "version"), _entry(), *_number("used_by_entry"))
    op.create_index("nonces_slot_version", "nonces", ["slot", "version"])
    begun = (*_key("key"), *_text("payload", "begun_at"))
    finished = _text("outcome", "finished_at")
    op.create_table("intents", *begun, _entry("begun_entry"), *finished, *_number("finished_entry"))
    is_open = sa.text("finished_entry = 0")
    op.create_index("intents_open", "intents", ["begun_entry"], sqlite_where=is_open, postgresql_where=is_open)
