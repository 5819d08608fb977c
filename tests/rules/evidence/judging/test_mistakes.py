"""Mistakes: what was missed, what is false, and why."""

from __future__ import annotations

import numpy as np

from detection.rules.evidence.judging import mistakes
from detection.rules.evidence.judging.mistakes import Mistakes
from detection.rules.judging.matching import Predictions, Reals, Truth


def truth(*rows: tuple[int, int, float, float]) -> Truth:
    """Frame, class, left edge and side of squares."""
    table = np.array(rows, float).reshape(-1, 4)
    return Truth(table[:, 0].astype(int), table[:, 1].astype(int), _squares(table[:, 2], table[:, 3]))


def predictions(*rows: tuple[int, int, float, float, float]) -> Predictions:
    """Frame, class, left edge, side and score of squares."""
    table = np.array(rows, float).reshape(-1, 5)
    corners = _squares(table[:, 2], table[:, 3])
    return Predictions(table[:, 0].astype(int), table[:, 1].astype(int), table[:, 4], corners)


def find(there: Truth, said: Predictions, wanted: int) -> Mistakes:
    """Every frame a scene of its own."""
    return mistakes.find(there, said, np.arange(10), wanted)


def _squares(left: Reals, side: Reals) -> Reals:
    return np.stack([left, left * 0, left + side, side], axis=1)


def test_a_perfect_detector_makes_none() -> None:
    found = find(truth((0, 0, 10, 20)), predictions((0, 0, 10, 20, 0.9)), 5)
    assert (found.missed, found.false) == ((), ())


def test_nothing_at_all_is_no_mistake() -> None:
    found = find(truth(), predictions(), 5)
    assert (found.missed, found.false) == ((), ())


def test_the_largest_missed_object_comes_first() -> None:
    found = find(truth((0, 0, 0, 10), (1, 1, 0, 30), (2, 0, 0, 20)), predictions(), 2)
    assert [(m.frame, m.label, m.reason) for m in found.missed] == [(1, 1, "not found"), (2, 0, "not found")]


def test_the_surest_false_detection_comes_first() -> None:
    found = find(truth(), predictions((0, 0, 0, 10, 0.5), (1, 0, 0, 10, 0.9)), 5)
    assert [(m.frame, m.score, m.reason) for m in found.false] == [(1, 0.9, "nothing there"), (0, 0.5, "nothing there")]


def test_a_false_detection_is_told_by_what_is_near_it() -> None:
    """Another class under it, a loose box, and a second box on one object are different faults."""
    there = truth((0, 0, 0, 20), (1, 0, 0, 20), (2, 0, 0, 20))
    said = predictions((0, 1, 0, 20, 0.9), (1, 0, 12, 20, 0.8), (2, 0, 0, 20, 0.7), (2, 0, 1, 20, 0.6))
    reasons = {m.frame: (m.reason, m.other) for m in find(there, said, 5).false}
    assert reasons == {0: ("another class", 0), 1: ("loose box", -1), 2: ("found twice", -1)}


def test_one_bad_scene_does_not_fill_the_page() -> None:
    """Frames 0 and 1 show the same parcels a moment apart."""
    said = predictions(*((i % 2, 0, 30.0 * i, 10, 0.9) for i in range(4)), (2, 0, 0, 10, 0.1))
    found = mistakes.find(truth(), said, np.array([0, 0, 1]), 5)
    assert [m.frame for m in found.false] == [0, 2]
