"""A database by its URL, and the two kinds of transaction: one that looks, one that changes.

SQLite runs with a rollback journal, ``synchronous=EXTRA`` and one writer at a time. A write-ahead log would be faster,
but versions before 3.51.3 may damage the file when that log is reset while another process reads
(https://sqlite.org/wal.html#walresetbug).
"""

from __future__ import annotations

import importlib.util
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from detection.errors import EnvironmentMissingError
from detection.outside.database.faults import RegistryError, told

WAIT_S = 60
"""For so long a process waits for others that write."""

_PRAGMAS = (
    "PRAGMA journal_mode = DELETE",
    "PRAGMA synchronous = EXTRA",
    "PRAGMA foreign_keys = ON",
    "PRAGMA cell_size_check = ON",
)
_SESSION = (
    "-c lock_timeout={wait_ms} -c idle_in_transaction_session_timeout=60s -c synchronous_commit=on "
    "-c timezone=UTC -c client_encoding=UTF8"
)


class Database:
    """A database that answers."""

    def __init__(self, url: str, *, create: bool = False, wait_s: float = WAIT_S) -> None:
        """Name it; nothing is opened before the first transaction.

        Args:
            url: ``sqlite:///registry.db``, or ``postgresql://host/name``.
            create: whether a file of SQLite that is not there may be made.
            wait_s: for so long it waits for others that write.

        Raises:
            RegistryError: the URL is of no kind known here, bears a password, or names a file that is not there.
            EnvironmentMissingError: the driver is not installed.
        """
        self._url = _parsed(url)
        self.place = self._url.set(drivername=self._url.get_backend_name()).render_as_string()
        self.is_sqlite = self._url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            _refuse_missing(Path(self._url.database or ""), self.place, create)
        self._engine = _sqlite(self._url, create, wait_s) if self.is_sqlite else _postgres(self._url, wait_s)

    @contextmanager
    def looking(self) -> Iterator[Connection]:
        """One state of the database, whatever others write meanwhile."""
        options: dict[str, Any] = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        with told(self.place), self._engine.connect() as connection:
            connection.execution_options(**options)
            with connection.begin():
                yield connection

    @contextmanager
    def changing(self) -> Iterator[Connection]:
        """All that is written is there afterwards, or nothing of it."""
        options: dict[str, Any] = {} if self.is_sqlite else {"isolation_level": "READ COMMITTED"}
        with told(self.place), self._engine.connect() as connection:
            connection.execution_options(writes=True, **options)
            with connection.begin():
                yield connection

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise RegistryError(f"{url!r}: is no URL; expected one such as sqlite:///registry.db") from error
    if parsed.password or "password" in parsed.query:
        raise RegistryError(
            f"{parsed.drivername}://{parsed.host or ''}/{parsed.database or ''}: bears a password, and URLs end up in "
            "files and logs; put it into ~/.pgpass"
        )
    if parsed.drivername in {"postgresql", "postgresql+psycopg"}:
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername == "sqlite" and parsed.database and parsed.database != ":memory:":
        return parsed
    raise RegistryError(
        f"{url!r}: expected sqlite:///FILE or postgresql://HOST/DATABASE, got {parsed.drivername!r}"
        f"{'' if parsed.database else ' without a name'}; mend the URL"
    )


def _refuse_missing(path: Path, place: str, create: bool) -> None:
    if create and path.parent.is_dir():
        return
    if not path.is_file():
        what = "there is no such folder" if create else "there is no registry"
        raise RegistryError(f"{place}: {what}; register a first version (detection registry register), or mend the URL")


def _sqlite(url: URL, create: bool, wait_s: float) -> Engine:
    path = Path(url.database or "").absolute()
    name = f"{path.as_uri()}?mode={'rwc' if create else 'rw'}"

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(name, uri=True, timeout=wait_s, isolation_level=None, check_same_thread=False)

    engine = create_engine("sqlite://", creator=connect, pool_size=1, max_overflow=4, poolclass=_pool())

    @event.listens_for(engine, "connect")
    def prepare(connection: sqlite3.Connection, _: object) -> None:
        for pragma in _PRAGMAS:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _pool() -> Any:
    from sqlalchemy.pool import QueuePool

    return QueuePool


def _postgres(url: URL, wait_s: float) -> Engine:
    if importlib.util.find_spec("psycopg") is None:
        raise EnvironmentMissingError("psycopg is not installed; install the extra `postgres`")
    given = url.query.get("options", "")
    session = _SESSION.format(wait_ms=int(1000 * wait_s))
    options = f"{given} {session}" if isinstance(given, str) else session
    return create_engine(
        url.difference_update_query(["options"]),
        pool_size=1, max_overflow=4, pool_pre_ping=True,
        connect_args={"options": options.strip(), "connect_timeout": 10, "application_name": "detection"},
    )  # fmt: skip
