"""True precision and recall: counts by hand."""

from __future__ import annotations

import numpy as np

from detection.rules.field.accuracy.hits import Hits, count
from detection.rules.judging.matching import Predictions, Truth

TRUTH = Truth(np.array([0, 0, 1]), np.array([0, 1, 0]), np.array([[0, 0, 9, 9], [20, 0, 29, 9], [0, 0, 9, 9.0]]))
FOUND = Predictions(
    np.array([0, 0, 2]), np.array([0, 0, 1]), np.array([0.9, 0.8, 0.7]),
    np.array([[0, 0, 9, 9], [20, 0, 29, 9], [0, 0, 9, 9.0]]),
)  # fmt: skip


def test_a_detection_of_the_wrong_class_is_false() -> None:
    assert count(TRUTH, FOUND, np.array([True, False, False])) == Hits(correct=1, detections=2, truths=2)


def test_what_is_detected_where_nothing_is_labelled_is_false() -> None:
    """A crate that is taken for a parcel costs precision."""
    assert count(TRUTH, FOUND, np.array([False, False, True])) == Hits(correct=0, detections=1, truths=0)


def test_shares_without_a_denominator_are_not_zero() -> None:
    assert np.isnan(Hits(0, 0, 0).precision)
    assert np.isnan(Hits(0, 0, 0).recall)


def test_precision_and_recall_divide_by_what_they_should() -> None:
    whole = count(TRUTH, FOUND, np.ones(3, bool))
    assert (whole.precision, whole.recall) == (1 / 3, 1 / 3)
