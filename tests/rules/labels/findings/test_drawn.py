"""Boxes find their frames, and names their numbers."""

from __future__ import annotations

import numpy as np
import pytest

from detection.rules.labels.findings.drawn import drawn, is_a_box, numbered, rows_of
from detection.rules.labels.intake.arrivals import strings
from tests.examples_findings import drawn_by, marked
from tests.examples_labels import SPEC, collected, said


def test_equal_names_have_equal_numbers() -> None:
    made = numbered(strings(["b", "a", "b"]))
    assert (made.names, made.number.tolist()) == (("a", "b"), [1, 0, 1])
    assert numbered(strings([])).names == ()


def test_a_box_knows_its_frame_whatever_the_order() -> None:
    made = drawn(collected((said("a", ("box", 1, 1, 9, 9)),), (said("b"),), (said("a", ("tube", 2, 2, 9, 9)),)))
    assert made.frames.id[made.row].tolist() == made.boxes.frame.tolist()


def test_a_box_without_a_frame_is_a_broken_promise() -> None:
    with pytest.raises(KeyError):
        rows_of(strings(["z"]), ["a"])


def test_usable_boxes_are_boxes_in_their_frames_and_no_crowds() -> None:
    made = drawn_by("a", ("box", 1, 1, 9, 9), ("box", 5, 5, 5, 9), ("box", 70, 1, 80, 9), ("box", np.nan, 1, 2, 3))
    assert made.usable().tolist() == [True, False, False, False]
    crowd = drawn(collected((marked(said("a", ("box", 1, 1, 9, 9)), crowd=[True]),)))
    assert crowd.usable().tolist() == [False]


@pytest.mark.parametrize(
    ("corners", "at"),
    [((0, 5, 9, 9), True), ((1, 5, 9, 9), True), ((1.5, 5, 9, 9), False), ((5, 5, 63, 9), True), ((5, 5, 9, 60), True)],
)
def test_a_box_ends_at_the_border_within_the_margin(corners: tuple[float, float, float, float], at: bool) -> None:
    """The frame has 64 x 48 pixels, the margin one."""
    assert drawn_by("a", ("box", *corners)).at_border(1).tolist() == [at]


def test_findings_of_boxes_say_which_and_whose() -> None:
    [found] = drawn_by("ann-1", ("box", 1, 1.26, 9, 9)).findings(
        "unusual-size", SPEC.labelling, np.array([0]), ["is odd"]
    )
    assert (found.annotator, found.name, found.detail) == ("ann-1", "0", "box box (1, 1.3) to (9, 9) is odd")
    assert found.corners == pytest.approx((1, 1.26, 9, 9))


def test_no_box_is_a_box_of_no_rows() -> None:
    assert is_a_box(np.zeros((0, 4), np.float32)).tolist() == []
    assert drawn(collected(())).clipped().shape == (0, 4)
