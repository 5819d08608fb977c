"""What versions were made from, one row a fact, taken from the versions that are there."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

from detection.outside.database.log.effects import facts
from detection.outside.database.schema.laws import Law, enact

revision = "r0002"
down_revision = "r0001"

_LAWS = (
    Law("facts", "INSERT",
        "EXISTS (SELECT 1 FROM entries e JOIN head h ON e.number = h.number JOIN versions v ON v.entry = e.number "
        "WHERE e.action = 'register' AND v.digest = NEW.version)",
        "a fact is of a version that is being registered"),
    Law("facts", "UPDATE", "1 = 0", "a fact is never changed"),
    Law("facts", "DELETE", "1 = 0", "nothing is ever removed from facts"),
)  # fmt: skip


def upgrade() -> None:
    """Make the table and fill it."""
    keys = [sa.Column(name, sa.Text, primary_key=True) for name in ("kind", "name", "value")]
    version = sa.Column("version", sa.Text, sa.ForeignKey("versions.digest"), primary_key=True)
    table = op.create_table("facts", *keys, version)
    bind = op.get_bind()
    for digest, content in bind.execute(sa.text("SELECT digest, content FROM versions ORDER BY digest")).all():
        rows = [
            {"kind": kind, "name": name, "value": value, "version": digest}
            for kind, name, value in facts(json.loads(content))
        ]
        if rows:
            bind.execute(sa.insert(table), rows)
    enact(op, _LAWS)  # type: ignore[arg-type]
