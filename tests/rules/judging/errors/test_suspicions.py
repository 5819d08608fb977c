"""Suspicions: the most suspicious labels of each kind, and what the model says instead."""

from __future__ import annotations

import numpy as np

from detection.rules.judging.errors.suspicions import SUSPECTED, Quality, doubted, suspicions
from tests.examples_errors import no_suspicions, predictions, squares, suspected, truth

NAN = float("nan")


def test_the_most_suspicious_of_each_kind_come_first() -> None:
    there = truth((0, 0, 100), (0, 1, 300), (1, 0, 500))
    said = predictions((0, 0, 104, 0.9), (0, 0, 302, 0.99), (1, 1, 700, 0.97), (1, 0, 500, 0.9))
    quality = Quality(np.array([NAN, NAN, 0.01, NAN]), np.array([0.3, 1.0, 1.0]), np.array([1.0, 0.02, 0.4]))
    found = suspicions(there, said, quality, wanted=5)
    assert [SUSPECTED[kind] for kind in found.kind] == ["overlooked", "badly placed", "swapped", "swapped"]
    assert found.label.tolist() == [-1, 0, 1, 0]
    assert found.suggested.tolist() == [1, 0, 0, 1]
    assert found.corners[0].tolist() == found.suggested_corners[0].tolist()
    assert (found.corners[1, 0], found.suggested_corners[1, 0]) == (100, 104)


def test_no_more_than_wanted_are_told_of_each_kind() -> None:
    there, said = truth(*((i, 0, 100) for i in range(9))), predictions(*((i, 0, 104, 0.9) for i in range(9)))
    quality = Quality(np.full(9, NAN), np.linspace(0.4, 0.1, 9), np.ones(9))
    found = suspicions(there, said, quality, wanted=2)
    assert found.frame.tolist() == [8, 7]


def test_sound_labels_are_not_suspected() -> None:
    found = suspicions(truth((0, 0, 1)), predictions((0, 0, 1, 0.9)), Quality(*(np.ones(1) for _ in range(3))), 5)
    assert len(found) == 0


def test_nothing_is_suspected_of_nothing() -> None:
    assert len(suspicions(truth(), predictions(), Quality(*(np.zeros(0) for _ in range(3))), 5)) == 0


def test_an_error_is_doubted_where_a_suspicion_of_that_kind_stands() -> None:
    doubts = suspected("swapped", np.array([3]), squares(np.array([100.0])))
    frames, corners = np.array([3, 3, 4]), squares(np.array([102.0, 400.0, 100.0]))
    assert doubted(frames, corners, doubts, "swapped").tolist() == [True, False, False]
    assert not doubted(frames, corners, doubts, "overlooked").any()
    assert not doubted(frames, corners, no_suspicions(), "swapped").any()
