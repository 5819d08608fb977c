"""Boxes that are none are set aside and named."""

from __future__ import annotations

import math

import numpy as np
import pytest

from detection.rules.labels.findings import wellformed
from detection.rules.labels.findings.wellformed import Checked
from tests.examples_labels import SPEC, Box, collected, said


def _checked(*boxes: Box) -> Checked:
    return wellformed.check(collected((said("ann-1", *boxes),)), SPEC.class_ids(), SPEC.labelling)


@pytest.mark.parametrize(
    "corners",
    [
        pytest.param((5, 5, 5, 9), id="no width"),
        pytest.param((5, 5, 9, 5), id="no height"),
        pytest.param((9, 5, 5, 9), id="swapped"),
        pytest.param((math.nan, 5, 9, 9), id="NaN"),
        pytest.param((0, 0, math.inf, 9), id="infinite"),
    ],
)
def test_a_degenerate_box_is_rejected_and_told(corners: tuple[float, float, float, float]) -> None:
    """NaN compares false with every bound: a check must ask for what is right, not for what is wrong."""
    checked = _checked(("box", *corners), ("box", 1, 1, 9, 9))
    assert [f.finding for f in checked.findings] == ["degenerate-box"]
    assert checked.findings[0].name == "0"
    assert checked.boxes.corners.tolist() == [[1, 1, 9, 9]]


def test_a_box_over_the_border_is_clipped_and_told() -> None:
    """The frame has 64 x 48 pixels."""
    checked = _checked(("box", -5, 40, 70, 60))
    assert checked.boxes.corners.tolist() == [[0, 40, 64, 48]]
    assert checked.findings[0].detail == "box box (-5, 40) to (70, 60) reaches over the frame's border; clipped"


def test_a_box_on_the_border_is_right() -> None:
    """Half-open corners may be the frame's size."""
    checked = _checked(("box", 0, 0, 64, 48))
    assert (len(checked.boxes), checked.findings) == (1, ())


@pytest.mark.parametrize("corners", [(64, 0, 70, 10), (0, -9, 10, 0), (1e9, 1e9, 2e9, 2e9)])
def test_a_box_outside_is_rejected_and_told(corners: tuple[float, float, float, float]) -> None:
    """Clipped it would have no area."""
    checked = _checked(("box", *corners))
    assert (len(checked.boxes), [f.finding for f in checked.findings]) == (0, ["outside-box"])


def test_a_box_drawn_twice_is_kept_once() -> None:
    """By one annotator, with one class: two annotators may agree to the pixel."""
    twice = ("box", 1, 1, 9, 9)
    made = collected((said("ann-1", twice, twice, ("tube", *twice[1:])), said("ann-2", twice)))
    checked = wellformed.check(made, SPEC.class_ids(), SPEC.labelling)
    assert (len(checked.boxes), [f.finding for f in checked.findings]) == (3, ["duplicate-box"])


def test_unknown_classes_are_named_once_with_their_counts_and_the_fix() -> None:
    """One line a class, not one a box."""
    checked = _checked(("crate", 1, 1, 9, 9), ("crate", 2, 2, 9, 9), ("Box", 3, 3, 9, 9), ("box", 1, 1, 9, 9))
    assert [(f.finding, f.severity) for f in checked.findings] == [("unknown-class", "blocking")] * 2
    assert "class 'crate' on 2 box(es)" in checked.findings[1].detail
    assert "class_names" in checked.findings[0].detail
    assert checked.boxes.label.tolist() == ["box"]


def test_no_boxes_are_fine() -> None:
    """A collection of empty frames is checked like any other."""
    checked = _checked()
    assert (len(checked.boxes), checked.findings, checked.boxes.corners.dtype) == (0, (), np.dtype(np.float32))
