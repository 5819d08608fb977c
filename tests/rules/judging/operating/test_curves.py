"""Curves say what counting at each point says."""

from __future__ import annotations

import numpy as np
import pytest

from detection.rules.judging.matching import Predictions, Truth, match
from detection.rules.judging.operating import curves
from detection.rules.judging.scores.rows import counts
from tests.examples_judging import Shape, sample

LABELS = ("box", "tube")


def test_a_point_of_the_cut_curve_is_a_count_at_that_cut() -> None:
    made = sample(Shape(frames=10, classes=2, truths=60, detections=400), seed=6)
    matches = match(made.truth, made.predictions)
    points = [point for point in curves.cuts("fp32", matches, LABELS) if point.label == "tube"]
    assert len(points) == len(curves.CUTS) - 1  # nothing reaches 1
    for point in points:
        counted = counts(matches, np.full(2, point.threshold))
        assert point.precision == pytest.approx(counted.correct[1] / counted.detections[1])
        assert point.recall == pytest.approx(counted.correct[1] / counted.truths[1])


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
