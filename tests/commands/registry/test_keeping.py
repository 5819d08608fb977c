"""A record that leaves the house leaves a line in the log, and leaves it also where no line can be written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from detection.commands.registry.doing.options import WordsError
from detection.outside.database.registry import open_registry
from tests.examples_typed import URL, Say, entries, is_whole

REGISTRY = Path("registry.db")
WRITE_VERSION = 18
"""Byte of SQLite's header: of a file with a greater one than it knows SQLite says that it can only be read."""


def test_who_took_a_record_away_and_which_stands_in_the_log(say: Say) -> None:
    """The digest of its sums names the record: an examiner finds in the log which one lies before them."""
    before = entries()
    said = say.done("export", "records", "--by", "quality-1")
    assert f"{len(before)} entries" in said
    assert f"noted in the log: entry {len(before) + 1}, by quality-1" in said
    with open_registry(URL) as registry:
        last = registry.entry(len(before) + 1)
    sums = hashlib.sha256(Path("records/SHA256SUMS").read_bytes()).hexdigest()
    assert (last.action, last.actor, json.loads(last.payload)) == (
        "export", "quality-1", {"head": len(before), "sums": sums},
    )  # fmt: skip
    assert is_whole()
    assert f"up to entry {len(before)}, SHA256SUMS {sums[:12]}" in say.done("audit")


def test_without_a_name_it_is_the_submitter_of_params(say: Say) -> None:
    assert "by pipeline" in say.done("export", "records")


def test_a_check_leaves_no_line(say: Say) -> None:
    say.done("export", "records")
    before = entries()
    assert "whole" in say.done("export", "records", "--check")
    assert entries() == before


def test_a_name_that_is_none_is_refused_before_anything_is_written(say: Say) -> None:
    before = entries()
    with pytest.raises(WordsError, match="is no name"):
        say("export", "records", "--by", "Quality One")
    assert (entries(), Path("records").exists()) == (before, False)


def read_only() -> None:
    """The file can only be read, by whoever runs this."""
    content = bytearray(REGISTRY.read_bytes())
    content[WRITE_VERSION] = 3
    REGISTRY.write_bytes(content)


def of_tomorrow() -> None:
    """The clock was set back."""
    with open_registry(URL) as registry:
        registry.note("export", "quality-1", None, "", "{}", datetime.now(UTC) + timedelta(days=1))


def without_parameters() -> None:
    """Nobody says who submits."""
    Path("params.yaml").unlink()


@pytest.mark.parametrize(
    ("mishap", "words"),
    [(read_only, "cannot be written"), (of_tomorrow, "set the clock"), (without_parameters, "params.yaml")],
    ids=["read-only", "clock", "parameters"],
)
def test_where_no_line_can_be_left_the_record_is_written_all_the_same(
    say: Say, mishap: Callable[[], None], words: str
) -> None:
    """Whoever may only read may still take the record away; that it is not noted is said."""
    mishap()
    before = entries()
    said = say.done("export", "records", "--registry", URL)
    assert "not noted in the log" in said.aside
    assert words in said.aside
    assert "noted" not in said
    assert entries() == before
    assert "whole" in say.done("export", "records", "--check")
