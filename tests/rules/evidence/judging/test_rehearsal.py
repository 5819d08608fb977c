"""The page of a rehearsal: nothing that was missed can be overlooked."""

from __future__ import annotations

from detection.outside import html
from detection.rules.evidence.judging.rehearsal import NAMES, page
from detection.rules.judging.rehearsal import sheet
from tests.examples_rehearsal import gate_line, rehearsal_sheet


def test_the_page_says_fault_line_and_margin() -> None:
    said = html.page(page(rehearsal_sheet(), "parcels"))
    assert "2 of 3" in said
    assert NAMES["swapped-channels"] in said
    assert "detections fp32, and 1 more" in said
    assert "40 px, allowed 0.5, 80 times" in said


def test_what_nobody_caught_stands_out() -> None:
    said = html.page(page(rehearsal_sheet(), "parcels"))
    assert "NOT CAUGHT" in said
    assert "Nobody caught: INT8 calibrated on noise" in said


def test_what_cannot_be_planted_says_why() -> None:
    assert "There is one class only" in html.page(page(rehearsal_sheet(), "parcels"))


def test_lines_that_are_red_anyway_are_named_and_escaped() -> None:
    said = html.page(page(rehearsal_sheet(), "parcels"))
    assert "Lines that can catch nothing" in said
    assert "tube &lt;b&gt;" in said
    assert "tube <b>" not in said


def test_a_rehearsal_of_nothing_is_still_a_page() -> None:
    assert "0 of 0" in html.page(page(sheet((gate_line("a", "PASS", 0.9, 0.8),), (), {}), "parcels"))
