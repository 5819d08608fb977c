"""Laws that the database itself keeps, whoever writes: one trigger each, in SQLite's words or PostgreSQL's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from alembic.operations import Operations

Event = Literal["INSERT", "UPDATE", "DELETE"]


@dataclass(frozen=True, slots=True)
class Law:
    """What must hold before a row is written.

    Attributes:
        table: whose rows.
        event: when.
        holds: condition in SQL over OLD and NEW; ``{said:key}`` stands for a text of the payload of entry ``e``, and
            ``{said:key.inner}`` for one within.
        words: what to tell who breaks it.
    """

    table: str
    event: Event
    holds: str
    words: str

    @property
    def name(self) -> str:
        """Of the trigger."""
        return f"law_{self.table}_{self.event.lower()}"


def enact(op: Operations, laws: tuple[Law, ...]) -> None:
    """Make the triggers; on PostgreSQL also against TRUNCATE, which fires no others."""
    postgres = op.get_bind().dialect.name == "postgresql"
    for law in laws:
        for statement in _postgres(law) if postgres else _sqlite(law):
            op.get_bind().exec_driver_sql(statement)
    if postgres:
        for table in sorted({law.table for law in laws}):
            op.get_bind().exec_driver_sql(
                f"CREATE TRIGGER law_{table}_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION law_{table}_delete()"
            )


def said(key: str, postgres: bool) -> str:
    """A text of the payload of entry ``e``, in either language."""
    if postgres:
        return f"(e.payload::json #>> '{{{key.replace('.', ',')}}}')"
    return f"CAST(e.payload ->> '$.{key}' AS TEXT)"


def _sqlite(law: Law) -> tuple[str, ...]:
    return (
        f"CREATE TRIGGER {law.name} BEFORE {law.event} ON {law.table} WHEN NOT COALESCE(({_told(law, False)}), 0) "
        f"BEGIN SELECT RAISE(ABORT, '{law.words}'); END",
    )


def _postgres(law: Law) -> tuple[str, ...]:
    row = "OLD" if law.event == "DELETE" else "NEW"
    return (
        f"CREATE FUNCTION {law.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF NOT COALESCE(({_told(law, True)}), false) THEN RAISE EXCEPTION '{law.words}'; END IF; "
        f"RETURN {row}; END $$",
        f"CREATE TRIGGER {law.name} BEFORE {law.event} ON {law.table} FOR EACH ROW EXECUTE FUNCTION {law.name}()",
    )


def _told(law: Law, postgres: bool) -> str:
    text = law.holds
    while "{said:" in text:
        before, _, rest = text.partition("{said:")
        key, _, after = rest.partition("}")
        text = f"{before}{said(key, postgres)}{after}"
    return text
