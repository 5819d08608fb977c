"""Boxes gathered into objects."""

from __future__ import annotations

import numpy as np

from detection.rules.labels.agreement.gathering.answers import arranged
from detection.rules.labels.agreement.gathering.objects import Objects, gather
from detection.rules.labels.intake.arrivals import Answer
from tests.examples_agreement import crowd
from tests.examples_labels import Box, collected, said

A: Box = ("box", 0, 0, 10, 10)
NEAR_A: Box = ("tube", 2, 0, 12, 10)
NEARER_B: Box = ("box", 5, 0, 15, 10)


def _gathered(*answers: Answer) -> Objects:
    made = collected(answers)
    return gather(arranged(made.boxes, made.assignments), 0.5)


def test_boxes_that_match_are_one_object_whatever_their_class() -> None:
    """Else a confused class would become two objects."""
    assert _gathered(said("ann-1", A), said("ann-2", NEAR_A)).of_box.tolist() == [0, 0]


def test_an_object_holds_one_box_of_each() -> None:
    """Two boxes of one annotator are two things to them, however near."""
    assert _gathered(said("ann-1", A, NEAR_A), said("ann-2", A)).of_box.tolist() == [0, 1, 0]


def test_who_matches_nobody_first_may_match_somebody_later() -> None:
    """[5, 15] overlaps [0, 10] by a third, and [2, 12], which joined it, by more than half."""
    assert _gathered(said("ann-1", A), said("ann-2", NEAR_A), said("ann-3", NEARER_B)).of_box.tolist() == [0, 0, 0]


def test_the_experts_boxes_are_not_gathered() -> None:
    """They are held against the others' later."""
    objects = _gathered(said("ann-1", A), said("verified", A, verified=True))
    assert (len(objects), objects.box.tolist(), objects.looked.tolist()) == (1, [0], [1])


def test_nobody_makes_no_object() -> None:
    """An empty collection goes through."""
    assert len(_gathered()) == len(_gathered(said("ann-1"), said("ann-2"))) == 0


def test_order_of_rows_changes_nothing() -> None:
    """Tables may come in any order; the objects have the same boxes."""
    made = crowd(frames=20, annotators=4, boxes=6, seed=2)
    order = np.random.default_rng(0).permutation(len(made.boxes))
    straight = gather(arranged(made.boxes, made.assignments), 0.5)
    shaken = gather(
        arranged(made.boxes.take(order), made.assignments.take(np.arange(len(made.assignments))[::-1])), 0.5
    )
    assert len(straight) == len(shaken)
    assert np.bincount(np.bincount(straight.of_box)).tolist() == np.bincount(np.bincount(shaken.of_box)).tolist()
