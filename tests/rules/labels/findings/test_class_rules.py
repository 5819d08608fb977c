"""The spec's rules for a class hold for every box, and each breach says the number."""

from __future__ import annotations

import pytest

from detection.rules.labels.findings import class_rules
from detection.rules.labels.findings.drawn import drawn
from detection.rules.labels.findings.finding import Finding
from detection.rules.labels.intake.arrivals import Answer
from tests.examples_findings import marked
from tests.examples_labels import SPEC, Box, collected, said

RULES = SPEC.boxes.model_copy(update={"border_margin_px": 1})


def _found(*answers: Answer) -> list[Finding]:
    return class_rules.check(drawn(collected(answers)), SPEC.classes, RULES, SPEC.labelling)


@pytest.mark.parametrize(
    ("box", "kind"),
    [
        pytest.param(("box", 10, 10, 20, 20), None, id="as small as allowed"),
        pytest.param(("box", 10, 10, 19.9, 30), "below-minimum-size", id="too narrow"),
        pytest.param(("crate", 10, 10, 11, 11), None, id="of no known class"),
        pytest.param(("box", 10, 10, 10, 30), None, id="no box at all"),
    ],
)
def test_a_box_below_the_minimum_size_is_told(box: Box, kind: str | None) -> None:
    """The default asks for 10 pixels on the shorter side."""
    assert [f.finding for f in _found(said("ann-1", box))] == ([kind] if kind else [])


def test_a_box_mostly_beyond_the_border_is_told() -> None:
    """The default asks for 0.35 of the object; what lies beyond the border was drawn, so its share is known."""
    found = _found(marked(said("ann-1", ("box", -30, 10, 12, 30), ("box", -10, 10, 12, 30)), truncated=[True, True]))
    assert [f.detail for f in found] == [
        "box box (-30, 10) to (12, 30) has 0.29 of itself in the frame (label from 0.35); remove it"
    ]


def test_marks_are_held_against_the_border() -> None:
    """Both ways: what touches must be marked, what is marked must touch."""
    boxes: list[Box] = [
        ("box", 0, 10, 20, 30),
        ("box", 10, 10, 30, 30),
        ("box", 40, 10, 64, 30),
        ("box", 25, 5, 45, 25),
    ]
    found = _found(marked(said("ann-1", *boxes), truncated=[True, True, False, False]))
    assert [(f.finding, f.corners) for f in found] == [
        ("unmarked-truncation", (40, 10, 64, 30)),
        ("unreached-truncation", (10, 10, 30, 30)),
    ]


def test_an_annotator_who_never_marks_is_told_once() -> None:
    """A format without the mark would else give a finding for every box at a border."""
    at_border: Box = ("box", 0, 10, 20, 30)
    marks = marked(said("ann-2", at_border, ("box", 0, 12, 20, 30)), truncated=[True, False])
    found = _found(said("ann-1", at_border, ("box", 0, 20, 20, 40)), marks)
    assert [(f.finding, f.annotator) for f in found] == [("unmarked-truncation", "ann-2"), ("unmarked-truncation", "")]
    assert found[1].detail.startswith("ann-1 marks no box as truncated, and 2 end at the border")


def test_crowd_regions_are_not_held_to_the_rules_of_one_object() -> None:
    assert _found(marked(said("ann-1", ("box", 10, 10, 12, 12)), crowd=[True])) == []


def test_nothing_drawn_breaks_no_rule() -> None:
    assert _found(said("ann-1")) == []
