"""Who caught what: a line tells a fault from none only if it is green without it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from detection.rules.judging.rehearsal import Check, Trial, degree_of, margin_of, rehearsed, sheet
from tests.examples_rehearsal import gate_line, parity_row, refusal

GREEN = gate_line("golden recall", "PASS", 0.85, 0.8)
RED = gate_line("golden recall", "FAIL", 0.5, 0.8)


def trial(*checks: Check, obstacle: str = "") -> Trial:
    return Trial("swapped-channels", "planted", obstacle, checks)


def test_a_line_that_turns_red_catches_the_fault() -> None:
    row = rehearsed(trial(RED), (GREEN,))
    assert row.caught_by == (RED,)
    assert row.sentence == "swapped-channels: FAIL by gate, golden recall (0.500 proven of 0.8 needed, 0.300 short)"


def test_not_proven_blocks_as_well() -> None:
    unsure = gate_line("golden recall", "NOT PROVEN", 0.79, 0.8)
    assert rehearsed(trial(unsure), (GREEN,)).caught_by == (unsure,)


def test_a_line_that_is_red_without_the_fault_catches_nothing() -> None:
    made = sheet((RED,), (trial(RED),), {})
    assert made.verdict == "FAIL"
    assert made.rows[0].missed
    assert made.blind == ("golden recall",)
    assert "no line is green without it" in made.rows[0].sentence
    assert "1 line is red without any fault" in made.sentence


def test_a_line_that_nobody_asked_without_the_fault_catches_nothing() -> None:
    assert rehearsed(trial(refusal("stage split")), (GREEN,)).missed


def test_a_fault_that_every_line_passes_fails_the_rehearsal_by_name() -> None:
    made = sheet((GREEN,), (trial(GREEN),), {"fp32": "a" * 64})
    assert made.verdict == "FAIL"
    assert made.rows[0].missed_by == ("golden recall",)
    assert "nobody caught swapped-channels" in made.sentence


def test_a_fault_that_cannot_be_planted_is_told_and_fails_nothing() -> None:
    made = sheet((GREEN,), (trial(RED), trial(obstacle="there is one class only")), {})
    assert made.verdict == "PASS"
    assert made.sentence == "1 of 1 planted faults were caught; 1 could not be planted"
    assert made.rows[1].sentence == "swapped-channels: not planted, there is one class only"


@pytest.mark.parametrize("trials", [(), (trial(obstacle="there is one class only"),)], ids=["none", "not-planted"])
def test_where_nothing_was_planted_nothing_was_rehearsed(trials: tuple[Trial, ...]) -> None:
    made = sheet((GREEN,), trials, {})
    assert made.verdict == "FAIL"
    assert made.idle == ("golden recall",)


def test_a_line_without_a_figure_stands_behind_those_that_say_by_how_much() -> None:
    case = [replace(refusal("never miss box"), verdict=verdict) for verdict in ("PASS", "FAIL")]
    row = rehearsed(trial(case[1], RED), (case[0], GREEN))
    assert [check.name for check in row.caught_by] == ["golden recall", "never miss box"]


def test_the_firmest_catch_stands_first() -> None:
    """A refusal has no degrees; of figures, the one farthest beyond its limit in parts of it; doubt comes last."""
    names = ("a", "b", "c", "d")
    sound = (*(gate_line(name, "PASS", 0.9, 0.8) for name in names[:3]), refusal("d", "PASS"))
    found = (
        gate_line("a", "NOT PROVEN", 0.1, 0.8), gate_line("b", "FAIL", 0.7, 0.8), gate_line("c", "FAIL", 0.2, 0.8),
        refusal("d"),
    )  # fmt: skip
    assert [check.name for check in rehearsed(trial(*found), sound).caught_by] == ["d", "c", "b", "a"]


def test_a_line_seen_to_block_once_is_not_idle() -> None:
    other = gate_line("golden precision", "PASS", 0.9, 0.8)
    made = sheet((GREEN, other), (trial(RED, other), trial(GREEN, other)), {})
    assert made.idle == ("golden precision",)


def test_a_refusal_has_no_margin_and_a_case_no_degrees() -> None:
    assert margin_of(refusal("stage evaluate")) == ""
    assert [degree_of(refusal("a", verdict)) for verdict in ("REFUSED", "FAIL")] == ["refused", "violated"]
    assert degree_of(RED) == margin_of(RED)


def test_a_difference_is_told_in_times_of_what_is_allowed() -> None:
    assert margin_of(parity_row("boxes", "FAIL", 40.0)) == "40 px, allowed 0.5, 80 times"
