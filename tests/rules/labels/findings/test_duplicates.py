"""One object drawn twice is found, two objects are not, and a crowd of boxes does not take long."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detection.edge.boxes import iou
from detection.rules.labels.findings.drawn import drawn
from detection.rules.labels.findings.duplicates import drawn_twice, overlapping_boxes, repeated_boxes
from tests.examples_findings import drawn_by
from tests.examples_labels import SPEC, Box, collected, said

ONE: Box = ("box", 2, 2, 22, 22)
NEAR: Box = ("box", 2, 2, 22, 23)


def test_only_later_copies_are_repeated() -> None:
    """Of the same frame, annotator and class, to the last bit."""
    made = drawn(
        collected((said("a", ONE, ONE, NEAR, ("tube", *ONE[1:]), ONE), said("b", ONE)), (said("a", ONE),)),
    )
    assert np.count_nonzero(repeated_boxes(made)) == 2
    assert repeated_boxes(drawn_by("a", ONE, NEAR, ONE)).tolist() == [False, False, True]
    assert repeated_boxes(drawn_by("a")).tolist() == []


def test_copies_with_nan_are_copies() -> None:
    assert repeated_boxes(drawn_by("a", ("box", np.nan, 2, 3, 4), ("box", np.nan, 2, 3, 4))).tolist() == [False, True]


def test_boxes_that_overlap_enough_are_one_object() -> None:
    pairs = overlapping_boxes(drawn_by("a", ONE, ("box", 30, 2, 50, 22), NEAR), 0.9)
    assert (pairs.first.tolist(), pairs.second.tolist()) == ([0], [2])
    assert pairs.iou.tolist() == pytest.approx([20 / 21])
    assert len(overlapping_boxes(drawn_by("a", ONE, NEAR), 0.96).first) == 0


@pytest.mark.parametrize("other", [("tube", *NEAR[1:]), None])
def test_another_class_or_another_annotator_is_another_opinion(other: Box | None) -> None:
    answers = (said("a", ONE), said("b", NEAR)) if other is None else (said("a", ONE, other),)
    assert len(overlapping_boxes(drawn(collected(answers)), 0.5).first) == 0


def test_a_box_is_told_once_however_many_it_overlaps() -> None:
    """Three drawings of one object are two too many."""
    third: Box = ("box", 2, 2, 22, 22.5)
    found = drawn_twice(drawn_by("a", ONE, NEAR, third), 0.9, SPEC.labelling)
    assert [f.detail for f in found] == [
        "box box (2, 2) to (22, 23) overlaps box box (2, 2) to (22, 22) by 0.95 (at least 0.9 is one object); keep one",
        "box box (2, 2) to (22, 22.5) overlaps box box (2, 2) to (22, 22) by 0.98 (at least 0.9 is one object); "
        "keep one",
    ]


BOXES = st.lists(st.tuples(*[st.integers(0, 12)] * 2, *[st.integers(1, 12)] * 2), max_size=12)


@settings(max_examples=60, deadline=None)
@given(BOXES, st.sampled_from([0.1, 0.5, 0.9]))
def test_every_overlapping_pair_is_found(shapes: list[tuple[int, int, int, int]], minimum: float) -> None:
    """Against the plain way of comparing every box with every other."""
    boxes: list[Box] = [("box", x, y, x + w, y + h) for x, y, w, h in dict.fromkeys(shapes)]
    made = drawn_by("a", *boxes)
    overlap = iou(made.boxes.corners, made.boxes.corners)
    expected = [(i, j) for i, j in combinations(range(len(boxes)), 2) if overlap[i, j] >= np.float32(minimum)]
    found = overlapping_boxes(made, minimum)
    assert list(zip(found.first.tolist(), found.second.tolist(), strict=True)) == expected
