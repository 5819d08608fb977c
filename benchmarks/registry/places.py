"""Registries to try things on: a file on this disk, and a server of PostgreSQL that syncs as it does at home."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path

from detection.outside.database.registry import open_registry
from tests.examples_store import Desk
from tests.postgres import Server, running

KINDS = ("sqlite", "postgresql")
_NAMES = count()


@dataclass(frozen=True)
class Place:
    """A registry that copies can be made of.

    Attributes:
        url: of the registry.
        copy: makes a copy; gives its URL.
    """

    url: str
    copy: Callable[[], str]


@contextmanager
def place(
    kind: str, prepare: Callable[[Desk], None], at: Path | None = None, since: datetime | None = None
) -> Iterator[Place]:
    """A registry, prepared by people at work; gone afterwards.

    Args:
        kind: sqlite or postgresql.
        prepare: what they do.
        at: folder for the files; where temporary files go with None.
        since: moment of the log's first entry; now with None.
    """
    folder = Path(tempfile.mkdtemp(prefix="registry-", dir=at))
    try:
        if kind == "sqlite":
            made = _file(folder)
            _prepare(made.url, prepare, since)
            yield made
        else:
            with running(at) as server:
                server.ask("postgres", "CREATE DATABASE registry")
                _prepare(server.url("registry"), prepare, since)
                yield _served(server)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _prepare(url: str, prepare: Callable[[Desk], None], since: datetime | None) -> None:
    with open_registry(url, create=True, at=since) as registry:
        prepare(Desk.today(registry))


def _file(folder: Path) -> Place:
    path = folder / "registry.db"

    def copy() -> str:
        other = folder / f"copy-{next(_NAMES)}.db"
        shutil.copy(path, other)
        return f"sqlite:///{other}"

    return Place(f"sqlite:///{path}", copy)


def _served(server: Server) -> Place:
    def copy() -> str:
        name = f"copy_{next(_NAMES)}"
        server.ask("postgres", f"CREATE DATABASE {name} TEMPLATE registry")
        return server.url(name)

    return Place(server.url("registry"), copy)
