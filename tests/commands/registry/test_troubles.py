"""Clocks, databases and servers that fail, as people meet them: one line, nothing half done, and a way on."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from detection.outside.database.faults import RegistryError
from detection.outside.database.registry import open_registry
from detection.outside.database.tables import SCHEMA_TABLE
from detection.outside.mlflow.client import TrackerError
from tests.examples_typed import DEV, ENGINEER, QUALITY, URL, Say, entries, live

REGISTRY = Path("registry.db")


def run(*statements: str) -> None:
    """Past the registry, by another program."""
    with closing(sqlite3.connect(REGISTRY)) as connection, connection:
        for sql in statements:
            connection.execute(sql)


def test_a_clock_that_was_set_back_is_refused_by_its_own_reason(say: Say) -> None:
    """The log has an entry of tomorrow: until then, or until the clock is right, nothing is changed."""
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    with open_registry(URL) as registry:
        registry.note("export", "quality-1", None, "", "{}", tomorrow)
    before = entries()
    for words in (("promote", "latest", "line-1/dev", *ENGINEER), ("approve", "latest", "line-1/prod", *QUALITY)):
        said = say(*words)
        assert (said.status, said.count("clock-set-back")) == (2, 1), said
    with pytest.raises(RegistryError, match="set the clock"):
        say("register", "export/second")
    assert entries() == before


def test_an_older_registry_says_how_it_is_brought_up(say: Say) -> None:
    """By one command; what was live is live."""
    say.done("promote", "latest", "line-1/dev", *ENGINEER)
    run("DROP TABLE facts", f"UPDATE {SCHEMA_TABLE} SET version_num = 'r0001'")
    with pytest.raises(RegistryError, match="detection registry migrate"):
        say("live")
    say.done("migrate")
    assert "1.0.0" in say.done("live")
    assert live(DEV) == "1.0.0"


def test_a_log_into_which_another_was_poured_does_not_hold(say: Say, place: Path) -> None:
    """Two copies of a registry went on apart, and somebody put the entries of one behind those of the other."""
    other = place / "other.db"
    other.write_bytes(REGISTRY.read_bytes())
    say.done("promote", "latest", "line-1/dev", *ENGINEER, "--registry", "sqlite:///other.db")
    say.done("register", "export/second")
    run(
        "DROP TRIGGER law_entries_insert",
        f"ATTACH '{other}' AS other",
        "INSERT INTO entries SELECT * FROM other.entries WHERE number > (SELECT max(number) FROM entries)",
    )
    said = say("audit", "--verify")
    assert said.status == 2
    assert "audit log does not hold" in said


def test_a_damaged_file_is_one_line(say: Say) -> None:
    """Whatever is asked."""
    content = REGISTRY.read_bytes()
    REGISTRY.write_bytes(content[:4096] + b"\xff" * 8192 + content[12288:])
    for words in (("live",), ("list",), ("audit", "--verify"), ("promote", "latest", "line-1/dev", *ENGINEER)):
        with pytest.raises(RegistryError) as told:
            say(*words)
        assert "\n" not in str(told.value)


@pytest.mark.slow
def test_a_tracker_that_is_gone_stops_nobody(say: Say) -> None:
    """The mirror waits; the registry does not know of it."""
    before = entries()
    with pytest.raises(TrackerError, match="nothing is lost"):
        say("mirror", "--tracker", "http://127.0.0.1:9")
    assert entries() == before
    say.done("promote", "latest", "line-1/dev", *ENGINEER)
    assert live(DEV) == "1.0.0"
