"""What the database itself refuses, whoever writes: somebody with a password and a shell gets past no guard."""

from __future__ import annotations

import pytest

from detection.outside.database.registry import open_registry
from detection.outside.database.tables import METADATA
from tests.examples_store import Store

A, B = "01" * 32, "02" * 32
SLOT = "warehouse-parcels/line-1/prod"
LAST = "(SELECT number FROM head)"

FORBIDDEN = {
    "live without an entry": f"UPDATE stages SET stage = 'Production' WHERE version = '{B}'",
    "live by the last entry, which says something else": f"UPDATE stages SET stage = 'Production', entry = {LAST}",
    "live by an old entry": f"INSERT INTO stages SELECT 'x', '{B}', stage, since, entry FROM stages LIMIT 1",
    "a period without an entry": f"INSERT INTO periods VALUES ('{SLOT}', 5, '{B}', '2026', 'promote', 'x', '', 1, 1)",
    "a period by the last entry": f"INSERT INTO periods SELECT slot, 5, version, since, action, actor, reason, {LAST}, "
    "1 FROM periods WHERE epoch = 4",
    "a period rewritten": f"UPDATE periods SET version = '{B}' WHERE epoch = 1",
    "an epoch moved": "UPDATE slots SET epoch = epoch + 1",
    "an epoch moved back": "UPDATE slots SET epoch = 1",
    "a slot that begins in the middle": "INSERT INTO slots VALUES ('a/b/prod', 3)",
    "an entry edited": "UPDATE entries SET actor = 'quality-2' WHERE number = 3",
    "an entry that does not follow": "INSERT INTO entries SELECT number + 100, at, actor, action, slot, version, "
    "payload, before, digest FROM entries WHERE number = 3",
    "a second first entry": "INSERT INTO entries SELECT number + 1, '2027', actor, action, slot, version, payload, "
    "'forged', digest FROM entries ORDER BY number DESC LIMIT 1",
    "the head moved alone": "UPDATE head SET number = number + 1",
    "the head moved back": "UPDATE head SET number = 3, digest = (SELECT digest FROM entries WHERE number = 3)",
    "another registry's id": "UPDATE head SET registry = 'other'",
    "a second head": "INSERT INTO head SELECT 2, registry, 0, digest, at FROM head",
    "a version rewritten": f"UPDATE versions SET content = '{{}}' WHERE digest = '{A}'",
    "a retired version brought back": "UPDATE versions SET retired = 0",
    "a version without an entry": "INSERT INTO versions SELECT 'ff', model, 9, 9, 9, reason, content, submitter, "
    "registered_at, '', '', 0, entry FROM versions LIMIT 1",
    "a fact added": f"INSERT INTO facts VALUES ('data', 'x', 'y', '{A}')",
    "a fact changed": "UPDATE facts SET value = 'z'",
    "an approval without an entry": f"INSERT INTO approvals VALUES ({LAST}, '{SLOT}', '{B}', 'sig', '{{}}')",
    "an approval changed": "UPDATE approvals SET approval = '{}'",
    "a nonce freed": "UPDATE nonces SET used_by_entry = 0",
    "a nonce made": f"INSERT INTO nonces VALUES ('n', '{SLOT}', '{B}', {LAST}, 0)",
    "a deployment pinned": f"INSERT INTO pins VALUES ({LAST}, '{SLOT}', 'd', '{{}}', '')",
    "a deployment changed": "UPDATE pins SET digest = 'd'",
    "an intent made": f"INSERT INTO intents VALUES ('k', '{{}}', '2026', {LAST}, '', '', 0)",
    "an intent opened again": "UPDATE intents SET finished_entry = 0",
    **{f"rows of {name} removed": f"DELETE FROM {name}" for name in METADATA.tables},
}


def test_direct_sql_is_refused(year_store: Store) -> None:
    """Every way past the registry that one statement can take; and afterwards all is as it was."""
    with open_registry(year_store.url) as registry:
        before = registry.head()
        let_through = [name for name, sql in FORBIDDEN.items() if not refused(year_store, sql)]
        assert let_through == []
        assert registry.head() == before
        assert registry.fault() is None


def test_tables_cannot_be_emptied_at_once(year_store: Store) -> None:
    """TRUNCATE fires no trigger of rows; SQLite has none."""
    if year_store.url.startswith("sqlite"):
        pytest.skip("SQLite has no TRUNCATE")
    assert [name for name in METADATA.tables if not refused(year_store, f"TRUNCATE {name} CASCADE")] == []


def refused(store: Store, sql: str) -> bool:
    """Whether the database refuses a statement, and not because it cannot read it."""
    said = ""
    try:
        store.run(sql)
    except Exception as error:  # whatever the driver of the day raises
        said = str(error)
    assert not any(words in said for words in ("syntax", "no such", "does not exist")), (sql, said)
    return said != ""
