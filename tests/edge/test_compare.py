"""How far two answers lie apart."""

from __future__ import annotations

import numpy as np
import pytest

from detection.edge.boxes import Detections, nothing
from detection.edge.compare import FAR, Gap, farthest, gap


def one(x: float, score: float) -> Detections:
    box = np.array([[x, 0, x + 10, 10]], np.float32)
    return Detections.uncalibrated(box, np.zeros(1, np.int64), np.array([score], np.float32))


def test_the_same_answers_have_no_gap() -> None:
    assert gap([one(0, 0.5)], [one(0, 0.5)]) == Gap(1, 1, 0, 0, 0)


def test_the_largest_difference_of_all_frames_counts() -> None:
    found = gap([one(0, 0.5), one(0, 0.5)], [one(0.25, 0.5), one(0, 0.75)])
    assert (found.box_px, found.score) == (0.25, 0.25)


def test_what_has_no_partner_is_counted_on_both_sides() -> None:
    found = gap([one(0, 0.5), nothing()], [one(40, 0.5), nothing()])
    assert (found.unmatched_share, found.box_px) == (1.0, 0.0)


def test_empty_frames_agree() -> None:
    assert gap([nothing()], [nothing()]) == Gap(1, 0, 0, 0, 0)


def test_a_frame_that_only_one_side_answered_is_our_own_fault() -> None:
    with pytest.raises(ValueError, match="shorter"):
        gap([nothing()], [])


def test_a_difference_that_is_no_number_is_far() -> None:
    assert farthest(np.array([np.nan], np.float32), np.zeros(1, np.float32)) == FAR
