"""A return that is for a person stands in the log: once for each reason, with all that it was judged on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from detection.outside.database.registry import open_registry
from detection.outside.registry.orders import notes
from detection.outside.registry.orders.executor import Meant
from detection.rules.evidence.registry import log
from detection.rules.registry.refusals import Refusal
from detection.rules.registry.returns.triggers import Outcome
from detection.rules.registry.signatures.orders import EXECUTOR
from tests.examples_registry import NOW, SLOT, digest_of
from tests.examples_store import Desk

TRIPPED = Outcome("error_rate", "tripped", 0.5, 0.4, 0.01, 600, 100, 0, 3600, "300 of 600 frames")
COOLDOWN = Refusal("cooldown", "it went back an hour ago")
UNAUTHORISED = Refusal("not-authorised", "no promotion authorised it")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Version 1 is live."""
    with open_registry(f"sqlite:///{tmp_path / 'registry.db'}", create=True, at=NOW) as registry:
        desk = Desk(registry)
        desk.register(1)
        desk.promote(1)
        yield desk


def meant(desk: Desk, reason: str = "error_rate: 300 of 600 frames") -> Meant:
    """What the executor would do."""
    epoch = desk.registry.situation(SLOT, "").epoch
    return Meant(SLOT, epoch, digest_of(1), "", reason, (TRIPPED,))


def test_the_log_says_what_asked_for_the_return_and_why_it_was_refused(desk: Desk) -> None:
    """All that was judged is in the entry, so that somebody can judge it again."""
    entry = notes.note(desk.registry, meant(desk), (COOLDOWN,), desk.now())
    assert entry is not None
    assert (entry.action, entry.actor, entry.slot, entry.version) == ("triggers", EXECUTOR, str(SLOT), digest_of(1))
    assert notes.refused_of(entry) == notes.Refused(meant(desk), (COOLDOWN,))
    assert log.words(entry) == "not by itself (cooldown): error_rate: 300 of 600 frames"
    assert desk.registry.fault() is None


def test_the_same_reasons_are_noted_once_while_a_version_is_live(desk: Desk) -> None:
    """The executor looks every few minutes, and each time the figures are a little different."""
    notes.note(desk.registry, meant(desk), (COOLDOWN,), desk.now())
    end = desk.registry.head()
    assert notes.note(desk.registry, meant(desk, "error_rate: 301 of 601 frames"), (COOLDOWN,), desk.now()) is None
    assert desk.registry.head() == end


def test_another_reason_or_another_time_is_noted_anew(desk: Desk) -> None:
    """What keeps the slot from going back has changed, or the version was promoted again."""
    notes.note(desk.registry, meant(desk), (COOLDOWN,), desk.now())
    assert notes.note(desk.registry, meant(desk), (COOLDOWN, UNAUTHORISED), desk.now()) is not None
    again = replace(meant(desk), epoch=meant(desk).epoch + 1)
    assert notes.note(desk.registry, again, (COOLDOWN,), desk.now() + timedelta(minutes=5)) is not None


def test_an_entry_of_another_kind_tells_of_no_refused_return(desk: Desk) -> None:
    """Whatever else the log holds under this action does not stop the executor."""
    entry = desk.registry.note("triggers", "quality-1", SLOT, "", '{"looked":"yes"}', desk.now())
    assert notes.refused_of(entry) is None
    assert notes.refused_of(desk.registry.entry(1)) is None
