"""Schemas: made by migrations as the program expects them; older, newer and foreign ones are told apart."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, inspect

from detection.outside.database.engines import Database
from detection.outside.database.faults import RegistryError
from detection.outside.database.registry import open_registry
from detection.outside.database.schema.migrating import migrate
from detection.outside.database.tables import METADATA, REVISION, SCHEMA_TABLE
from tests.examples_registry import digest_of
from tests.examples_store import Desk, Store


def age(store: Store) -> None:
    """Back to the schema before the table of facts."""
    store.run("DROP TABLE facts")
    if store.url.startswith("postgresql"):
        store.run("DROP FUNCTION law_facts_insert, law_facts_update, law_facts_delete")
    store.run(f"UPDATE {SCHEMA_TABLE} SET version_num = 'r0001'")


def shape(connection: Connection) -> dict[str, Any]:
    """All that SQLAlchemy can see of a schema."""
    seen = inspect(connection)
    return {
        name: (
            [(c["name"], str(c["type"]), c["nullable"]) for c in seen.get_columns(name)],
            seen.get_pk_constraint(name)["constrained_columns"],
            sorted((k["constrained_columns"], k["referred_table"]) for k in seen.get_foreign_keys(name)),
            sorted(map(index_shape, seen.get_indexes(name))),
        )
        for name in sorted(METADATA.tables)
    }


def index_shape(index: Any) -> tuple[str, ...]:
    """Name, columns, and for which rows."""
    only = {key: str(value) for key, value in index["dialect_options"].items()}
    return (index["name"], str(index["column_names"]), str(bool(index["unique"])), str(only))


def test_migrations_make_the_schema_that_the_program_expects(store: Store) -> None:
    """Two descriptions of one thing, held equal; by SQLite's eyes."""
    if not store.url.startswith("sqlite"):
        pytest.skip("one dialect tells")
    expected = create_engine("sqlite://")
    with expected.connect() as connection, Database(store.url).looking() as found:
        METADATA.create_all(connection)
        assert shape(found) == shape(connection)


def test_an_older_registry_is_refused_until_it_is_migrated(year_store: Store) -> None:
    """Nothing is migrated behind somebody's back; afterwards nothing is lost, and the log says that it was done."""
    with open_registry(year_store.url) as registry:
        before = registry.holding("commit", "7" * 40)
    age(year_store)
    with pytest.raises(RegistryError, match=r"older program \(r0001.*registry migrate"):
        open_registry(year_store.url)
    with pytest.raises(RegistryError, match="older program"):
        open_registry(year_store.url, create=True)
    assert migrate(year_store.url) == "r0001"
    with open_registry(year_store.url) as registry:
        assert registry.holding("commit", "7" * 40) == before
        assert registry.fault() is None
        assert registry.entry(registry.head().number).action == "migrate"
    assert migrate(year_store.url) == REVISION


def test_a_migration_that_fails_changes_nothing(year_store: Store) -> None:
    """All of it is one transaction: a table that is in the way, a power cut, a full disk."""
    age(year_store)
    year_store.run("CREATE TABLE facts (x INTEGER)")
    with pytest.raises(Exception, match="already exists"):
        migrate(year_store.url)
    year_store.run("DROP TABLE facts")
    assert year_store.run(f"SELECT version_num FROM {SCHEMA_TABLE}") == "r0001"
    migrate(year_store.url)
    with open_registry(year_store.url) as registry:
        assert registry.fault() is None


def test_a_registry_of_a_newer_program_is_refused(store: Store) -> None:
    """An old program must not write what a new one will read."""
    store.run(f"UPDATE {SCHEMA_TABLE} SET version_num = 'r9999'")
    for act in (lambda: open_registry(store.url), lambda: migrate(store.url)):
        with pytest.raises(RegistryError, match=r"newer program \(r9999"):
            act()


def test_a_database_of_something_else_is_refused(store: Store) -> None:
    """Tables of the same names may be anything."""
    store.run(f"DROP TABLE {SCHEMA_TABLE}")
    with pytest.raises(RegistryError, match="holds something else"):
        open_registry(store.url, create=True)


def test_making_a_registry_twice_makes_it_once(store: Store) -> None:
    """Two stages may find none at the same time."""
    with open_registry(store.url, create=True) as first:
        name = first.id
    assert migrate(store.url) == REVISION
    with open_registry(store.url, create=True) as again:
        assert again.id == name
        Desk(again).register(1)
        assert again.version("latest").content.digest == digest_of(1)


KILLED = """
import os, signal, sys
from sqlalchemy import event
from sqlalchemy.engine import Engine
from detection.outside.database.schema.migrating import migrate

@event.listens_for(Engine, "before_cursor_execute")
def die(connection, cursor, statement, *_):
    if "%s" in statement:
        os.kill(os.getpid(), signal.SIGKILL)

migrate(sys.argv[1])
"""


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["CREATE TABLE facts", "INSERT INTO facts", "SET version_num"])
def test_a_migration_that_is_killed_is_done_by_the_next(year_store: Store, moment: str) -> None:
    """Killed when the table is to be made, when it is filled, and before the schema says so: as if never begun."""
    age(year_store)
    died = subprocess.run([sys.executable, "-c", KILLED % moment, year_store.url], check=False, capture_output=True)
    assert died.returncode == -signal.SIGKILL, died.stderr
    with pytest.raises(RegistryError, match="older program"):
        open_registry(year_store.url)
    assert migrate(year_store.url) == "r0001"
    with open_registry(year_store.url) as registry:
        assert registry.fault() is None
