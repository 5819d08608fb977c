"""Each test of the store runs on a file of SQLite and on a PostgreSQL server; both are copies of one made before."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from detection.errors import EnvironmentMissingError
from detection.outside.database.registry import open_registry
from detection.outside.database.schema.migrating import migrate
from tests.examples_registry import NOW
from tests.examples_store import Desk, Store, year
from tests.postgres import Server, running

_COUNTER = count()
MEMORY = Path("/dev/shm") if os.access("/dev/shm", os.W_OK) else None


@pytest.fixture(scope="session")
def memory() -> Iterator[Path]:
    """A folder in memory where there is one: what is written matters here; when, the kill tests try on a disk."""
    folder = Path(tempfile.mkdtemp(prefix="registry-", dir=MEMORY))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """PostgreSQL; skips, saying what to install, where it is not."""
    try:
        with running(MEMORY, "fsync = off") as one:
            yield one
    except EnvironmentMissingError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def templates(memory: Path) -> Path:
    """Files of SQLite: ``new`` has nothing but its first entry, ``year`` a bit of everything."""
    folder = memory / "templates"
    folder.mkdir()
    migrate(f"sqlite:///{folder}/new", NOW)
    shutil.copy(folder / "new", folder / "year")
    with open_registry(f"sqlite:///{folder}/year") as registry:
        year(Desk(registry))
    return folder


@pytest.fixture(scope="session")
def served(server: Server) -> Server:
    """The server with the same two as databases ``new`` and ``year``."""
    server.ask("postgres", "CREATE DATABASE new")
    migrate(server.url("new"), NOW)
    server.ask("postgres", "CREATE DATABASE year TEMPLATE new")
    with open_registry(server.url("year")) as registry:
        year(Desk(registry))
    return server


def _sqlite(path: Path) -> Store:
    def run(sql: str) -> str:
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("PRAGMA foreign_keys = ON")
            found = connection.execute(sql).fetchone()
        return "" if found is None else str(found[0])

    return Store(f"sqlite:///{path}", run)


@pytest.fixture(params=["sqlite", "postgresql"])
def store_of(request: pytest.FixtureRequest, memory: Path) -> Callable[[str], Store]:
    """Gives a copy of a template: ``new`` or ``year``."""

    def on_sqlite(template: str) -> Store:
        path = memory / f"{next(_COUNTER)}.db"
        shutil.copy(request.getfixturevalue("templates") / template, path)
        return _sqlite(path)

    def on_postgres(template: str) -> Store:
        server, name = request.getfixturevalue("served"), f"test_{next(_COUNTER)}"
        server.ask("postgres", f"CREATE DATABASE {name} TEMPLATE {template}")
        return Store(server.url(name), lambda sql: str(server.ask(name, sql)))

    return on_sqlite if request.param == "sqlite" else on_postgres


@pytest.fixture
def store(store_of: Callable[[str], Store]) -> Store:
    """A registry with nothing in it."""
    return store_of("new")


@pytest.fixture
def year_store(store_of: Callable[[str], Store]) -> Store:
    """A registry in which everything has happened."""
    return store_of("year")


@pytest.fixture
def desk(store: Store) -> Iterator[Desk]:
    """People at work on it."""
    with open_registry(store.url) as registry:
        yield Desk(registry)
