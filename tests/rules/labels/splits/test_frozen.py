"""Frozen sets change with a reason, and prove it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from detection.errors import SplitError
from detection.rules.labels.splits import frozen
from detection.rules.labels.splits.frozen import Action, FrozenSet, Wish

DAY = date(2026, 11, 21)


def _set(*steps: tuple[Action, tuple[str, ...]]) -> FrozenSet:
    made: FrozenSet | None = None
    for action, frames in (("freeze", ("b", "a")), *steps):
        made = frozen.changed("golden", made, Wish(action, frames, "why", DAY))
    assert made is not None
    return made


def test_a_set_is_what_its_log_leads_to() -> None:
    """Freeze, add, remove; sorted, hashed, chained."""
    made = _set(("add", ("c",)), ("remove", ("a",)))
    assert made.frames == ("b", "c")
    assert [(line.action, line.frames, line.date) for line in made.log] == [
        ("freeze", ("a", "b"), "2026-11-21"),
        ("add", ("c",), "2026-11-21"),
        ("remove", ("a",), "2026-11-21"),
    ]
    assert made.log[1].previous == made.log[0].hash
    assert made.digest == made.log[-1].digest == frozen.digest_of(["c", "b"])
    frozen.proven("golden", made)


@pytest.mark.parametrize(
    "edited",
    [
        pytest.param(lambda s: replace(s, frames=("a", "b", "x")), id="a frame slipped in"),
        pytest.param(
            lambda s: replace(s, frames=("a", "b", "x"), digest=frozen.digest_of("abx")), id="with its digest"
        ),
        pytest.param(lambda s: replace(s, log=s.log[:1]), id="a line cut off"),
        pytest.param(lambda s: replace(s, log=s.log[1:]), id="the first line cut off"),
        pytest.param(lambda s: replace(s, log=()), id="no log"),
        pytest.param(lambda s: replace(s, log=(s.log[0], replace(s.log[1], reason="better"))), id="another reason"),
        pytest.param(lambda s: replace(s, log=(s.log[0], replace(s.log[1], date="2020-01-01"))), id="another day"),
        pytest.param(lambda s: replace(s, set="challenge"), id="another set's file"),
    ],
)
def test_a_set_edited_by_hand_is_refused(edited: object) -> None:
    """Whatever was changed."""
    with pytest.raises(SplitError, match="restore the file from version control"):
        frozen.proven("golden", edited(_set(("add", ("c",)))))  # type: ignore[operator]


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        (Wish("add", ("c",), "  ", DAY), "reason: is empty"),
        (Wish("add", (), "why", DAY), "frames: none was named"),
        (Wish("add", ("a",), "why", DAY), "a: is in it already"),
        (Wish("remove", ("z",), "why", DAY), "z: is not in it"),
        (Wish("freeze", ("z",), "why", DAY), "it is frozen already, with 2 frames"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused(wish: Wish, words: str) -> None:
    """And the set stays as it is."""
    with pytest.raises(SplitError, match=words):
        frozen.changed("golden", _set(), wish)


def test_what_is_not_frozen_cannot_be_added_to() -> None:
    """Freeze first."""
    with pytest.raises(SplitError, match="not frozen yet"):
        frozen.changed("golden", None, Wish("add", ("a",), "why", DAY))


def test_a_frame_of_the_other_set_is_refused_until_it_is_taken_out_there() -> None:
    """Both sets judge, and the split could not say which a frame is in."""
    golden = _set()
    wish = Wish("freeze", (golden.frames[0], "z"), "why", DAY)
    with pytest.raises(SplitError, match="is in the golden set") as caught:
        frozen.changed("challenge", None, wish, golden)
    assert len(caught.value.faults) == 1
    assert frozen.changed("challenge", None, Wish("freeze", ("z",), "why", DAY), golden).frames == ("z",)


def test_a_reason_is_one_line_that_a_terminal_can_show() -> None:
    """It stands in the log, in the certificate and in the terminal."""
    for reason in ("one\ntwo", "\x1b[31mred"):
        with pytest.raises(SplitError, match="not one line of printable characters"):
            frozen.changed("golden", None, Wish("freeze", ("a",), reason, DAY))
