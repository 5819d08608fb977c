"""Bringing a database to this program's schema: one transaction, so a stopped migration leaves the old one.

The only module that imports alembic, and only writers of a new database and `detection registry migrate` import this.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from pathlib import Path

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, insert, select

from detection.outside.database.engines import Database
from detection.outside.database.log.chain import Chain, Deed
from detection.outside.database.schema.revisions import revision_of
from detection.outside.database.tables import HEAD, REVISION, SCHEMA_TABLE
from detection.rules.registry.entries import Action, seed_of

_FOLDER = Path(__file__).parent / "migrations"
_LOCK = 0x6465_7465
"""PostgreSQL's name for the lock that two makers of one registry meet at."""


def migrate(url: str, at: datetime | None = None) -> str:
    """Make the registry, or bring an older one up to date; nothing happens to one that is.

    Args:
        url: of the database; a file of SQLite that is not there is made.
        at: moment of the entry that says so; this machine's clock with None.

    Returns:
        The revision that was found; ``""`` for none.

    Raises:
        RegistryError: the database refuses, holds something else, or is of a newer program.
    """
    database = Database(url, create=True)
    try:
        with database.changing() as connection:
            return bring_up(connection, at or datetime.now(UTC), REVISION)
    finally:
        database.close()


def bring_up(connection: Connection, at: datetime, target: str) -> str:
    """As :func:`migrate`, within a transaction; ``target`` may be an older revision, for tests of migrations."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
    found = revision_of(connection)
    if found == target:
        return found
    _run(connection, target)
    if found:
        _say(connection, "migrate", {"from": found, "to": target}, at)
    else:
        registry = secrets.token_hex(16)
        head = {"one": 1, "registry": registry, "number": 0, "digest": seed_of(registry), "at": ""}
        connection.execute(insert(HEAD), head)
        _say(connection, "found", {"registry": registry, "schema": target}, at)
    return found


def _say(connection: Connection, action: Action, payload: dict[str, str], at: datetime) -> None:
    last = connection.execute(select(HEAD.c.at)).scalar_one()
    Chain(connection, max(at, datetime.fromisoformat(last)) if last else at, 0.0).add(Deed(action, "program", payload))


def _run(connection: Connection, target: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("version_locations", str(_FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    scripts = ScriptDirectory.from_config(config)

    def steps(revision: str | tuple[str, ...], _: MigrationContext) -> list[object]:
        return list(scripts._upgrade_revs(target, revision))  # type: ignore[arg-type]

    with EnvironmentContext(config, scripts, fn=steps, destination_rev=target) as environment:
        environment.configure(connection=connection, transactional_ddl=True, version_table=SCHEMA_TABLE)
        environment.run_migrations()
