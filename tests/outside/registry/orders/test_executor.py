"""The automatic return happens by proof alone, once, and whatever stops it in the middle is finished by the next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from detection.edge.telemetry.latency import BINS, BOUNDS_MS
from detection.outside.database.registry import Registry, open_registry
from detection.outside.registry.orders import executor
from detection.outside.registry.orders.executor import GuardError, Meant
from detection.rules.field.accuracy.labelled import FieldLabels
from detection.rules.registry.returns.triggers import Seen
from detection.rules.registry.signatures.orders import EXECUTOR
from tests.examples_registry import NOW, SLOT, digest_of
from tests.examples_store import Desk

HOUR = timedelta(hours=1)
NO_COUNT = np.zeros((0, 1), np.int64)
NOBODY_LOOKED = FieldLabels(
    ("box",), np.zeros(0, object), np.zeros(0, np.int64), np.zeros(0, bool), NO_COUNT, NO_COUNT, NO_COUNT
)
TEN_QUICK = np.bincount(BOUNDS_MS.searchsorted([20.0] * 10), minlength=BINS)
"""Ten frames of 20 ms."""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Version 2 took the place of version 1."""
    with open_registry(f"sqlite:///{tmp_path / 'registry.db'}", create=True, at=NOW) as registry:
        desk = Desk(registry)
        desk.register(1, 2)
        desk.promote(1)
        desk.promote(2)
        desk.at += 2 * HOUR
        yield desk


def an_hour(desk: Desk, failed: int) -> Seen:
    """Sixty minutes of ten frames each, up to now."""
    begins = int(desk.at.timestamp()) // 60 * 60 - 60 * np.arange(60, 0, -1)
    return Seen(begins, np.full(60, 10), np.full(60, failed), np.tile(TEN_QUICK, (60, 1)), NOBODY_LOOKED)


def meant(desk: Desk, failed: int = 1) -> Meant:
    """What follows from an hour in which one frame of ten fails."""
    guarded = executor.watched(desk.registry, SLOT)
    found = executor.looked(SLOT, guarded, an_hour(desk, failed), int(desk.at.timestamp()))
    assert isinstance(found, Meant)
    return found


def actions(desk: Desk) -> list[str]:
    return [str(entry.action) for entry in desk.registry.entries()]


def test_a_version_that_holds_what_is_asked_stays(desk: Desk) -> None:
    found = executor.looked(SLOT, executor.watched(desk.registry, SLOT), an_hour(desk, 0), int(desk.at.timestamp()))
    assert not isinstance(found, Meant)
    assert [one.standing for one in found] == ["quiet", "quiet", "not-enough"]


def test_a_tripped_trigger_goes_back_to_the_version_before(desk: Desk) -> None:
    """The log has the intent before the deed, and what came of it after."""
    desk.at += HOUR / 60
    assert executor.go_back(desk.registry, meant(desk), desk.surroundings()) == ()
    assert desk.live() == digest_of(1)
    assert actions(desk)[-4:] == ["intent", "supersede", "rollback", "intent"]
    assert desk.registry.history(SLOT)[0].actor == EXECUTOR
    assert desk.registry.fault() is None


def test_the_same_evidence_again_changes_nothing(desk: Desk) -> None:
    found = meant(desk)
    executor.go_back(desk.registry, found, desk.surroundings())
    before = actions(desk)
    assert executor.go_back(desk.registry, found, desk.surroundings()) == ()
    assert executor.go_back(desk.registry, replace(found, reason="seen anew"), desk.surroundings()) == ()
    assert actions(desk) == before


def test_a_dry_run_changes_nothing(desk: Desk) -> None:
    before = actions(desk)
    assert executor.doubts(desk.registry, meant(desk), desk.surroundings()) == ()
    assert actions(desk) == before


def test_a_return_in_the_cooldown_is_for_a_person(desk: Desk) -> None:
    """After one return, version 2 is promoted again and fails again: not even an intent is written down."""
    executor.go_back(desk.registry, meant(desk), desk.surroundings())
    desk.register(3)
    desk.promote(3)
    desk.at += 2 * HOUR
    before = actions(desk)
    refusals = executor.go_back(desk.registry, meant(desk), desk.surroundings())
    assert [one.why for one in refusals] == ["cooldown"]
    assert actions(desk) == before


def test_what_no_promotion_authorised_is_for_a_person(desk: Desk) -> None:
    """Back by a person to 1: the period before is 2's, but nobody said that one may go on to it by itself."""
    desk.rollback(1)
    desk.at += 2 * HOUR
    refusals = executor.go_back(desk.registry, meant(desk), desk.surroundings())
    assert [one.why for one in refusals] == ["not-authorised"]


def test_where_nothing_is_live_there_is_nothing_to_guard(tmp_path: Path) -> None:
    with (
        open_registry(f"sqlite:///{tmp_path / 'registry.db'}", create=True, at=NOW) as registry,
        pytest.raises(GuardError, match="nothing is live"),
    ):
        executor.watched(registry, SLOT)


class Stopped(BaseException):
    """The power went."""


class Mortal:
    """A registry whose user dies at one of its writes, before or after it."""

    def __init__(self, registry: Registry, write: str, after: bool) -> None:
        self._registry, self._write, self._after = registry, write, after

    def __getattr__(self, name: str) -> Any:
        def dying(*words: Any) -> Any:
            if not self._after:
                raise Stopped
            getattr(self._registry, name)(*words)
            raise Stopped

        return dying if name == self._write else getattr(self._registry, name)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("write", ["begin_intent", "carry_out", "finish_intent"])
def test_whoever_dies_in_the_middle_is_finished_by_the_next(desk: Desk, write: str, after: bool) -> None:
    """Six places to die at; each time the slot has gone back once, and the log is whole."""
    found = meant(desk)
    with pytest.raises(Stopped):
        executor.go_back(Mortal(desk.registry, write, after), found, desk.surroundings())  # type: ignore[arg-type]
    desk.at += HOUR
    executor.resume(desk.registry, SLOT, desk.surroundings())
    executor.go_back(desk.registry, found, desk.surroundings())
    assert desk.live() == digest_of(1)
    assert actions(desk).count("rollback") == 1
    assert desk.registry.open_intents() == ()
    assert desk.registry.fault() is None


def test_a_person_who_was_quicker_is_not_undone(desk: Desk) -> None:
    """Died after it was meant; meanwhile somebody withdrew the version: the slot stays as the person left it."""
    found = meant(desk)
    with pytest.raises(Stopped):
        executor.go_back(Mortal(desk.registry, "carry_out", False), found, desk.surroundings())  # type: ignore[arg-type]
    desk.rollback(1)
    [finished] = executor.resume(desk.registry, SLOT, desk.surroundings())
    assert (finished.meant, finished.outcome) == (found, executor.MOVED_ON)
    intent = desk.registry.intent(found.key)
    assert intent is not None
    assert intent.outcome == executor.MOVED_ON
    assert desk.registry.history(SLOT)[0].actor != EXECUTOR
