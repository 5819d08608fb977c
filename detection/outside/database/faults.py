"""What a database says when it refuses, in words that say what to do."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from detection.errors import FaultsError


class RegistryError(FaultsError):
    """The registry's database, or what was asked of it, is not as it must be: do what the message says."""


_SQLITE = {
    sqlite3.SQLITE_BUSY: "another process holds it locked for too long; wait for it to end, then run again",
    sqlite3.SQLITE_LOCKED: "another process holds it locked for too long; wait for it to end, then run again",
    sqlite3.SQLITE_READONLY: "it cannot be written: mend the permissions of the file and of its folder, then run again",
    sqlite3.SQLITE_FULL: "the disk is full, and nothing was changed; free space, then run again",
    sqlite3.SQLITE_CORRUPT: "the file is damaged; bring it back from a copy, and check that: "
    "`detection registry audit --verify`",
    sqlite3.SQLITE_NOTADB: "is no database of SQLite, or a damaged one; mend the URL, or bring it back from a copy",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened; mend the path, or the permissions of its folder",
    sqlite3.SQLITE_IOERR: "the disk failed, and nothing was changed; see what the system's log says, then run again",
    sqlite3.SQLITE_PERM: "cannot be opened; mend the permissions",
}

_POSTGRES = {
    "08": "the server went away or cannot be reached; nothing was changed unless it said so: ask `detection registry "
    "history`, then run again",
    "25006": "the server is read-only (a standby?); name the one that takes writes",
    "28": "the server does not let this user in; put the password into ~/.pgpass",
    "3D": "the server has no such database; make it (createdb), or mend the URL",
    "42501": "this user may not do that there; ask who runs the server",
    "53": "the server has no room left (disk, memory or connections); nothing was changed",
    "55P03": "another process holds it locked for too long; wait for it to end, then run again",
    "57": "the server stops or was stopped; nothing was changed unless it said so: ask `detection registry history`",
    "XX": "the server finds its files damaged; bring the database back from a copy",
}

_KEPT_OUT = ("role", "authentication", "no password supplied", "pg_hba.conf")
_RULES = "its own laws refused the change (%s): tables and log disagree; run `detection registry audit --verify`"


@contextmanager
def told(place: str) -> Iterator[None]:
    """Say of a database's refusal what it was, where, and what to do.

    Args:
        place: the URL, without secrets.

    Raises:
        RegistryError: the database refused. A fault of our own statements crashes as it is.
    """
    try:
        yield
    except DBAPIError as error:
        words = _words(error.orig)
        if not words:
            raise
        raise RegistryError(f"{place}: {words}") from error
    except SQLAlchemyError as error:
        if "QueuePool" not in str(error):
            raise
        raise RegistryError(f"{place}: all its connections are in use; run again") from error


def _words(error: BaseException | None) -> str:
    """What to tell of a driver's error; ``""`` where it is a fault of ours."""
    if isinstance(error, sqlite3.Error):
        return _of_sqlite(error)
    code = getattr(error, "sqlstate", None) or _of_lost(error)
    for beginning in (code, code[:2]):
        if beginning in _POSTGRES:
            return f"{_POSTGRES[beginning]} ({_first_line(error)})"
    return _RULES % _first_line(error) if code in {"P0001", "23505", "23503", "23514"} else ""


def _of_sqlite(error: sqlite3.Error) -> str:
    code = getattr(error, "sqlite_errorcode", 0)
    if code & 0xFF == sqlite3.SQLITE_CONSTRAINT:
        return _RULES % _first_line(error)
    return _SQLITE.get(code & 0xFF, "")


def _of_lost(error: BaseException | None) -> str:
    """The class of an error that came before there was a connection: the driver tells those in words only."""
    if type(error).__name__ not in {"OperationalError", "ConnectionTimeout", "InterfaceError"}:
        return ""
    words = str(error)
    if "database" in words and "does not exist" in words:
        return "3D"
    return "28" if any(one in words for one in _KEPT_OUT) else "08"


def _first_line(error: BaseException | None) -> str:
    return str(error).strip().partition("\n")[0]
