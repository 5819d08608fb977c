"""The one state file: each step gives a whole new state, and nothing else is ever read back."""

from __future__ import annotations

import pytest

from detection.edge.installation.disk import InstallationError
from detection.edge.installation.state import Installed, State, Trial
from detection.errors import BundleError

ONE = Installed("colours", 1, "1" * 64, "cpu-plain", "environment/bin/python")
TWO = Installed("colours", 2, "2" * 64, "cpu-plain", "environment/bin/python")
EMPTY = State()
FIRST = EMPTY.emptied().switched(ONE, 3.0)
SECOND = FIRST.kept().emptied().switched(TWO, 3.0)


@pytest.mark.parametrize(
    "state",
    [EMPTY, FIRST, FIRST.started().watched(1.5), FIRST.kept(), SECOND, SECOND.gone_back(), FIRST.gone_back()],
    ids=["empty", "first", "watched", "kept", "second", "back", "back to nothing"],
)
def test_what_is_written_is_read_back(state: State) -> None:
    assert State.from_bytes(state.to_bytes()) == state


def test_a_version_goes_into_the_slot_that_does_not_run() -> None:
    assert (FIRST.live, SECOND.live) == ("a", "b")
    assert SECOND.previous == ONE
    assert SECOND.trial == Trial(3.0, 0)


def test_what_failed_may_not_run_again_and_its_counter_is_remembered() -> None:
    """Otherwise a device would install and go back for ever."""
    back = SECOND.gone_back()
    assert back.running == ONE
    assert back.previous is None
    assert back.highest == 2


def test_a_first_version_that_fails_leaves_nothing_live() -> None:
    assert FIRST.gone_back() == State(highest=1)


def test_an_emptied_slot_is_none_to_go_back_to() -> None:
    emptied = SECOND.kept().emptied()
    assert emptied.running == TWO
    assert emptied.previous is None


def test_nothing_is_installed_over_a_version_on_trial() -> None:
    """Its fallback lies in the slot that an installation would overwrite."""
    with pytest.raises(InstallationError, match="still on trial"):
        SECOND.emptied()
    with pytest.raises(InstallationError, match="still on trial"):
        SECOND.switched(ONE, 1)


def test_there_is_no_going_back_from_nothing() -> None:
    with pytest.raises(InstallationError, match="nothing is installed"):
        EMPTY.gone_back()
    with pytest.raises(InstallationError, match="nothing is on trial"):
        FIRST.kept().kept()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"live": "a"', '"live": "b"'),
        ('"live": "a"', '"live": "c"'),
        ('"live": "a"', '"live": null'),
        ('"format": 1', '"format": 2'),
        ('"counter": 1', '"counter": -1'),
        ('"highest": 1', '"highest": 1.0'),
        ('"left_s": 3.0', '"left_s": NaN'),
        ("1111", "11"),
        ("{", "["),
    ],
)
def test_a_state_at_odds_with_itself_is_refused(old: str, new: str) -> None:
    text = FIRST.to_bytes().decode()
    assert old in text
    with pytest.raises(BundleError):
        State.from_bytes(text.replace(old, new, 1).encode())


def test_every_beginning_of_a_state_file_is_refused() -> None:
    content = SECOND.to_bytes()
    for length in range(len(content) - 1):
        with pytest.raises(BundleError):
            State.from_bytes(content[:length])
