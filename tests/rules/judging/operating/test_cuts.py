"""What a cut gives, counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from detection.rules.judging.operating.cuts import Evidence, Outcome, curve, outcome


def test_equal_scores_are_kept_or_dropped_together() -> None:
    possible = curve(np.array([0.5, 0.5, 0.5]), np.array([True, False, True]), truths=2)
    assert possible.score.tolist() == [0.5]
    assert possible.precision.tolist() == pytest.approx([2 / 3])
    assert possible.recall.tolist() == [1.0]


def test_a_curve_tells_false_and_missed_too() -> None:
    possible = curve(np.array([0.9, 0.6, 0.3]), np.array([True, False, True]), truths=3)
    assert possible.false.tolist() == [0, 1, 1]
    assert possible.missed.tolist() == [2, 2, 1]
    assert possible.f1.tolist() == pytest.approx([2 / 4, 2 / 5, 4 / 6])
    assert possible.cut(0) == pytest.approx(0.75)
    assert possible.cut(2) == pytest.approx(0.3)


def test_an_outcome_is_a_point_of_the_curve() -> None:
    scores, correct = np.array([0.9, 0.6, 0.3]), np.array([True, False, True])
    evidence = Evidence(scores, correct, np.zeros(3, int), np.zeros(3, int), frames=5, groups=1)
    here = outcome(evidence, 0.6)
    assert (here.kept, here.right, here.truths, here.false, here.missed) == (2, 1, 3, 1, 2)
    assert (here.precision, here.recall, here.f1) == (1 / 2, 1 / 3, 2 / 5)


def test_what_cannot_be_said_is_none() -> None:
    assert (Outcome(0, 0, 3).precision, Outcome(2, 0, 0).recall, Outcome(0, 0, 0).f1) == (None, None, None)


def test_without_objects_recall_is_nothing_and_no_division_by_it() -> None:
    assert curve(np.array([0.5]), np.array([False]), truths=0).recall.tolist() == [0.0]
