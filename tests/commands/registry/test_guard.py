"""The executor as cron runs it: what it may not do by itself it tells a person, and leaves in the log."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from detection.commands.registry.doing import guard
from detection.edge.trust.bundle import open_bundle
from detection.outside.database.registry import open_registry
from tests.examples_failing import Later, went_live, write_telemetry
from tests.examples_typed import DEV, ENGINEER, URL, Say, entries, is_whole, live

WATCH = ("guard", "line-1/dev", "telemetry")


@pytest.fixture
def failing(say: Say, place: Path, monkeypatch: pytest.MonkeyPatch) -> Say:
    """The first version ever is live in line-1/dev, and fails: there is nothing to go back to."""
    say.done("promote", "latest", "line-1/dev", *ENGINEER)
    write_telemetry(open_bundle(place / "export" / "bundle"), went_live(DEV))
    monkeypatch.setattr(guard, "time", Later)
    return say


def test_a_return_that_is_for_a_person_is_noted_once(failing: Say) -> None:
    """Whoever asks later why the slot did not go back finds it in the log, however often the executor looked."""
    before = entries()
    said = failing(*WATCH)
    assert (said.status, live(DEV)) == (2, "1.0.0")
    assert "not by itself: nothing-to-go-back-to" in said
    assert f"noted in the log: entry {len(before) + 1}, by executor" in said
    again = failing(*WATCH)
    assert again.status == 2
    assert "not by itself: nothing-to-go-back-to" in again
    assert entries() == [*before, "triggers"]
    assert is_whole()
    assert "not by itself (nothing-to-go-back-to" in failing.done("audit")


def test_a_dry_run_leaves_nothing(failing: Say) -> None:
    before = entries()
    assert failing(*WATCH, "--dry-run").status == 2
    assert entries() == before


def test_where_no_line_can_be_left_the_person_is_told_all_the_same(failing: Say) -> None:
    """The log has an entry of tomorrow."""
    with open_registry(URL) as registry:
        registry.note("export", "quality-1", None, "", "{}", datetime.now(UTC) + timedelta(days=1))
    before = entries()
    said = failing(*WATCH)
    assert (said.status, entries()) == (2, before)
    assert "not by itself" in said
    assert "not noted in the log" in said.aside
