"""The checker that judges the registry under many writers: it finds what is broken, and is silent where nothing is."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from benchmarks.registry.broken import BROKEN, SLOT, Forgetful, Haunted, Sound, WithoutCompare, played
from benchmarks.registry.linear import Act, Change, faults

A, B = Change(1, "a", SLOT, 1, "a"), Change(2, "b", SLOT, 2, "b")


def test_a_sound_store_is_not_blamed() -> None:
    """Eight threads on one lock: whatever they see, they could have stood in a line."""
    assert faults(*played(Sound())) == []


@pytest.mark.parametrize("make", BROKEN)
def test_a_broken_store_is_found(make: Callable[[], Sound]) -> None:
    """Two winners, lost writes, old readings, writes that nobody was told of."""
    words = " ".join(faults(*played(make())))
    kind = {WithoutCompare: "epoch", Forgetful: "lost", Haunted: "ghost"}.get(make, "stale")  # type: ignore[arg-type]
    assert kind in words


@pytest.mark.parametrize(
    ("acts", "log", "kind"),
    [
        pytest.param([Act("a", 1, 2)], [], "lost", id="lost"),
        pytest.param([Act("a", 1, 2, False)], [A], "ghost", id="ghost"),
        pytest.param([Act("a", 3, 4), Act("b", 1, 2)], [A, B], "order", id="order"),
        pytest.param([Act("", 5, 6, True, SLOT, 1, "a"), Act("b", 1, 2)], [A, B], "stale", id="stale"),
        pytest.param([Act("", 1, 2, True, SLOT, 1, "a"), Act("a", 3, 4)], [A], "early", id="early"),
        pytest.param([Act("", 1, 2, True, SLOT, 1, "b")], [A], "never was", id="never"),
        pytest.param([], [A, Change(2, "b", SLOT, 3, "b")], "epoch", id="epoch"),
        pytest.param([], [A, Change(2, "b"), Change(3, "a")], "torn", id="torn"),
    ],
)
def test_each_fault_has_its_name(acts: list[Act], log: list[Change], kind: str) -> None:
    """By hand, one each."""
    found = faults(acts, log)
    assert len(found) == 1
    assert kind in found[0]


def test_acts_that_overlap_may_stand_in_either_order() -> None:
    """Who began first need not be first."""
    assert faults([Act("a", 1, 4), Act("b", 2, 3), Act("", 2, 3, True, SLOT, 0, "")], [B_FIRST, A_SECOND]) == []


B_FIRST, A_SECOND = Change(1, "b", SLOT, 1, "b"), Change(2, "a", SLOT, 2, "a")
