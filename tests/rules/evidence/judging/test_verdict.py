"""The verdict in words: what holds it back comes first, and what must be done is said."""

from __future__ import annotations

from dataclasses import replace

import pytest

from detection.rules.evidence.judging import verdict
from detection.rules.evidence.tone import Tone
from detection.rules.judging.gates.lines import Outcome, Verdict
from tests.examples_report import gate

NAMES = {"box": "Cardboard box", "polybag": "Polybag", "tube": "Tube"}


@pytest.mark.parametrize(("kind", "tone"), [("PASS", Tone.GOOD), ("FAIL", Tone.BAD), ("NOT PROVEN", Tone.UNSURE)])
def test_the_banner_has_the_colour_of_the_verdict(kind: Outcome, tone: Tone) -> None:
    banner = verdict.banner(gate(kind), NAMES, ())
    assert (banner.answer, banner.tone) == (kind, tone)
    assert bool(banner.next_step) is (kind != "PASS")


def test_failing_lines_stand_before_unproven_ones_before_proven_ones() -> None:
    lines = (*gate("PASS").lines, *gate("NOT PROVEN").lines, *gate("FAIL").lines)
    shown = [row[-1].text for row in verdict.banner(Verdict("FAIL", lines, {}), NAMES, ()).gate.rows]
    assert shown == sorted(shown, key=["FAIL", "NOT PROVEN", "PASS"].index)
    assert len(shown) == len(lines)


def test_a_line_with_nothing_to_count_shows_dashes() -> None:
    line = replace(gate("PASS").lines[0], observed=None, lower=None, upper=None, n=0, verdict="NOT PROVEN")
    [row] = verdict.banner(Verdict("NOT PROVEN", (line,), {}), NAMES, ()).gate.rows
    assert (row[2].text, row[2].note, row[2].span) == ("–", "", None)


def test_a_model_that_no_number_of_frames_would_prove_is_said_to_need_to_get_better() -> None:
    lines = tuple(replace(line, needs_more=None) for line in gate("NOT PROVEN").lines)
    assert "must get better" in verdict.banner(Verdict("NOT PROVEN", lines, {}), NAMES, ()).next_step


def test_a_criterion_is_named_by_metric_class_set_and_slice() -> None:
    line = replace(
        gate("PASS").lines[0], metric="recall", label="tube", set="golden", where={"lighting": ["dim", "dusk"]}
    )
    assert verdict.criterion(line, NAMES) == "Recall of Tube on golden, lighting dim or dusk"
