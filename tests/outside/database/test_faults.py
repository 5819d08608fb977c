"""Databases that refuse: one line that says what to do, and afterwards all is as it was."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from detection.outside.database.faults import RegistryError
from detection.outside.database.registry import open_registry
from tests.examples_registry import NOW, SLOT
from tests.examples_store import Desk, Store
from tests.postgres import Server


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("registry.db", "is no URL"), ("", "is no URL"), ("mysql://host/name", "expected sqlite"),
        ("sqlite://", "without a name"), ("sqlite:///:memory:", "expected sqlite"),
        ("postgresql+asyncpg://host/name", "expected sqlite"), ("sqlite:////nowhere/at/all.db", "there is no registry"),
    ],
)  # fmt: skip
def test_a_url_of_nothing_is_told(url: str, words: str) -> None:
    """What, and what was expected."""
    with pytest.raises(RegistryError, match=words):
        open_registry(url)


def test_a_password_in_the_url_is_refused_and_not_repeated() -> None:
    """URLs end up in params.yaml, in shell histories and in logs."""
    for url in ("postgresql://me:secret@host/name", "postgresql://host/name?password=secret"):
        with pytest.raises(RegistryError, match=r"~/\.pgpass") as refused:
            open_registry(url)
        assert "secret" not in str(refused.value)


def test_nothing_is_made_unless_asked(tmp_path: Path) -> None:
    """A question with a wrong path must not leave an empty registry behind."""
    with pytest.raises(RegistryError, match="there is no registry"):
        open_registry(f"sqlite:///{tmp_path}/registry.db")
    with pytest.raises(RegistryError, match="no such folder"):
        open_registry(f"sqlite:///{tmp_path}/none/registry.db", create=True)
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file_is_no_registry(tmp_path: Path) -> None:
    """As a copy that was stopped leaves it."""
    path = tmp_path / "registry.db"
    path.touch()
    with pytest.raises(RegistryError, match="no registry in it"):
        open_registry(f"sqlite:///{path}")


def test_a_locked_database_is_told_after_the_wait(year_store: Store) -> None:
    """Somebody's open transaction: who waits is told, and nothing is half done."""
    with open_registry(year_store.url, wait_s=0.2) as other, open_registry(year_store.url, wait_s=0.2) as registry:
        with other._database.changing() as connection:
            connection.exec_driver_sql("UPDATE head SET one = 1 WHERE number < 0")
            if year_store.url.startswith("postgresql"):
                connection.exec_driver_sql("SELECT * FROM head FOR UPDATE")
            with pytest.raises(RegistryError, match="locked for too long"):
                Desk(registry).register(9)
        assert registry.fault() is None


def test_a_read_only_disk_answers_and_refuses_changes(small_disk: Path, templates: Path) -> None:
    """A copy on a medium that cannot be written still tells what was live."""
    shutil.copy(templates / "year", small_disk / "registry.db")
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with open_registry(f"sqlite:///{small_disk}/registry.db") as registry:
        assert len(registry.history(SLOT)) == 4
        with pytest.raises(RegistryError, match="cannot be written"):
            Desk(registry).register(9)


def test_a_full_disk_changes_nothing_and_heals(small_disk: Path, templates: Path) -> None:
    """Refused with words; once there is room the same command goes through."""
    shutil.copy(templates / "new", small_disk / "registry.db")
    with open_registry(f"sqlite:///{small_disk}/registry.db") as registry:
        before, ballast = registry.head(), small_disk / "ballast"
        fill(ballast)
        with pytest.raises(RegistryError, match="disk is full"):
            Desk(registry).register(1)
        assert registry.head() == before
        ballast.unlink()
        Desk(registry).register(1)
        assert registry.fault() is None


def fill(path: Path) -> None:
    """Write until the disk has no room left."""
    with path.open("wb", buffering=0) as stream, suppress(OSError):
        while stream.write(b"x" * 4096):
            pass


def test_no_database_at_all_is_told(tmp_path: Path) -> None:
    """A file of something else."""
    path = tmp_path / "registry.db"
    path.write_text("name,stage\n" * 1000)
    with pytest.raises(RegistryError, match="is no database"):
        open_registry(f"sqlite:///{path}")


def test_a_damaged_page_is_told_wherever_it_is(templates: Path, tmp_path: Path) -> None:
    """Each page of the file overwritten in turn: refused, or found when the log is read again; never a wrong answer."""
    whole = (templates / "year").read_bytes()
    path, silent = tmp_path / "registry.db", []
    for begin in range(0, len(whole), 4096):
        path.write_bytes(whole[: begin + 8] + b"\xff" * 4000 + whole[begin + 4008 :])
        if not shows(path):
            silent.append(begin // 4096 + 1)
    unused = pages_of_nothing(templates / "year")
    assert set(silent) <= unused


def shows(path: Path) -> bool:
    """Whether a damage is told by opening, asking or reading the log again."""
    try:
        with open_registry(f"sqlite:///{path}") as registry:
            registry.live()
            return registry.fault() is not None
    except RegistryError:
        return True


def pages_of_nothing(path: Path) -> set[int]:
    """Pages that hold an index which only finds rows faster: SQLite's own check names what is wrong with those."""
    with closing(sqlite3.connect(path)) as connection:
        sql = "SELECT s.pageno FROM dbstat s JOIN sqlite_master m ON s.name = m.name WHERE m.type = 'index'"
        try:
            return {int(row[0]) for row in connection.execute(sql)}
        except sqlite3.OperationalError:
            sql = "SELECT rootpage FROM sqlite_master WHERE type = 'index'"
            return {int(row[0]) for row in connection.execute(sql)}


def test_two_registries_in_one_are_told(store: Store, tmp_path: Path) -> None:
    """Rows of another registry, poured in with the laws off: the chain begins with another id."""
    if not store.url.startswith("sqlite"):
        pytest.skip("one dialect tells")
    with open_registry(f"sqlite:///{tmp_path}/other.db", create=True, at=NOW) as other:
        Desk(other).register(1, 2)
    with closing(sqlite3.connect(store.url.removeprefix("sqlite:///"), isolation_level=None)) as connection:
        connection.execute(f"ATTACH '{tmp_path}/other.db' AS other")
        sql = "INSERT INTO entries SELECT * FROM other.entries WHERE number > 1"
        with pytest.raises(sqlite3.IntegrityError, match="must follow"):
            connection.execute(sql)
        connection.execute("DROP TRIGGER law_entries_insert")
        connection.execute(sql)
    with open_registry(store.url) as registry:
        fault = registry.fault()
    assert fault is not None
    assert (fault.number, "of another registry" in fault.words) == (2, True)


@contextmanager
def stopped(server: Server) -> Iterator[None]:
    """The server is gone for a while."""
    server.stop("immediate")
    try:
        yield
    finally:
        server.start()


def test_a_server_that_goes_away_is_told_and_comes_back(served: Server) -> None:
    """In the middle of a change and between two: nothing is half there, and the next command works."""
    served.ask("postgres", "CREATE DATABASE away TEMPLATE year")
    with open_registry(served.url("away")) as registry:
        before = registry.head()
        with stopped(served):
            with pytest.raises(RegistryError, match="server"):
                Desk(registry).register(9)
            with pytest.raises(RegistryError, match="server"):
                open_registry(served.url("away"))
        assert registry.head() == before
        Desk(registry).register(9)
        assert registry.fault() is None


def test_a_server_says_what_is_wrong(served: Server) -> None:
    """No such database, no such user, a standby."""
    with pytest.raises(RegistryError, match="has no such database"):
        open_registry(served.url("none"))
    with pytest.raises(RegistryError, match="does not let this user in"):
        open_registry(served.url("year").replace("registry@", "stranger@"))
    served.ask("postgres", "CREATE DATABASE standby TEMPLATE year")
    served.ask("postgres", "ALTER DATABASE standby SET default_transaction_read_only = on")
    with open_registry(served.url("standby")) as registry, pytest.raises(RegistryError, match="is read-only"):
        Desk(registry).register(9)
