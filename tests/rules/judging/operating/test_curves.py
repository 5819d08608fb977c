"""Curves say what counting at each point says."""

from __future__ import annotations

import numpy as np
import pytest

from detection.rules.judging.matching import Predictions, Truth, match
from detection.rules.judging.operating import curves
from detection.rules.judging.operating.cuts import Evidence
from detection.rules.spec.judging import BestF1, Cost
from tests.examples_judging import Shape, sample

LABELS = ("box", "tube")


def test_a_point_of_the_cut_curve_is_a_count_at_that_cut() -> None:
    made = sample(Shape(frames=10, classes=2, truths=60, detections=400), seed=6)
    matches = match(made.truth, made.predictions)
    points = [point for point in curves.cuts("fp32", matches, LABELS) if point.label == "tube"]
    assert len(points) == len(curves.CUTS) - 1  # nothing reaches 1
    for point in points:
        kept = (matches.label == 1) & (matches.score >= point.threshold)
        right = int((matches.partner[kept, 0] >= 0).sum())
        assert point.precision == pytest.approx(right / kept.sum())
        assert point.recall == pytest.approx(right / (made.truth.label == 1).sum())


def test_what_is_right_is_told_by_the_overlap_asked_for() -> None:
    made = sample(Shape(frames=10, classes=2, truths=60, detections=400), seed=6)
    matches = match(made.truth, made.predictions)
    loose, strict = (next(curves.cuts("fp32", matches, LABELS, column)) for column in (0, 9))
    assert strict.recall < loose.recall


def test_a_cost_curve_has_the_cost_of_one_frame_at_each_cut() -> None:
    score, correct = np.array([0.9, 0.5, 0.1]), np.array([True, False, True])
    seen = Evidence(score, correct, np.zeros(3, int), np.zeros(4, int), frames=2, groups=1)
    policy = Cost(kind="cost", false_detection=1.0, missed_object=5.0)
    points = {round(p.threshold, 2): p for p in curves.cost_curve("fp32", "box", policy, seen)}
    assert points[0.0].cost == (1 * 1.0 + 2 * 5.0) / 2
    assert points[0.6].cost == (0 * 1.0 + 3 * 5.0) / 2
    assert (points[1.0].precision, points[1.0].recall, points[1.0].f1) == (1.0, 0.0, 0.0)
    plain = curves.cost_curve("fp32", "box", BestF1(kind="f1-best"), seen)
    assert {point.cost for point in plain} == {None}


def test_precision_never_rises_with_recall_and_is_nothing_beyond_what_is_reached() -> None:
    made = sample(Shape(frames=10, classes=2, truths=60, detections=100), seed=7)
    matches = match(made.truth, made.predictions)
    points = [point for point in curves.precision_recall("fp32", matches, LABELS) if point.label == "box"]
    assert (np.diff([point.precision for point in points]) <= 0).all()
    assert points[-1].precision == 0


def test_a_class_of_which_nothing_was_detected_has_a_flat_curve_and_no_others() -> None:
    nothing = Predictions(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0), np.zeros((0, 4)))
    truth = Truth(np.zeros(1, np.int64), np.zeros(1, np.int64), np.array([[0.0, 0.0, 9.0, 9.0]]))
    matches = match(truth, nothing)
    assert all(point.precision == 0 for point in curves.precision_recall("fp32", matches, LABELS))
    assert list(curves.cuts("fp32", matches, LABELS)) == []
    assert list(curves.reliabilities("fp32", matches, LABELS)) == []
