"""Boxes and their overlaps, by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detection.edge.boxes import Detections, areas, iou, nothing, partners


def boxes(*rows: tuple[float, float, float, float]) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    return np.array(rows, np.float32).reshape(-1, 4)


def found(*rows: tuple[float, float, float, float], labels: tuple[int, ...] = ()) -> Detections:
    chosen = np.array(labels or (0,) * len(rows), np.int64)
    return Detections.uncalibrated(boxes(*rows), chosen, np.linspace(0.9, 0.5, len(rows)).astype(np.float32))


def test_overlap_is_shared_area_over_joint_area() -> None:
    overlap = iou(boxes((0, 0, 10, 10)), boxes((5, 0, 15, 10), (0, 0, 10, 10), (10, 0, 20, 10)))
    assert overlap[0] == pytest.approx([1 / 3, 1, 0])


def test_boxes_without_area_overlap_by_zero_not_nan() -> None:
    assert iou(boxes((3, 3, 3, 3)), boxes((3, 3, 3, 3)))[0, 0] == 0


def test_a_box_with_swapped_corners_has_no_area() -> None:
    assert areas(boxes((10, 10, 0, 0)))[0] == 0


@pytest.mark.parametrize(("n", "m"), [(0, 0), (0, 3), (2, 0)], ids=["none", "none-left", "none-right"])
def test_overlaps_of_nothing_are_an_empty_table(n: int, m: int) -> None:
    assert iou(np.zeros((n, 4), np.float32), np.zeros((m, 4), np.float32)).shape == (n, m)


def test_nothing_is_an_empty_frame() -> None:
    assert len(nothing()) == 0
    assert len(nothing().take(np.zeros(0, np.int64))) == 0


def test_the_best_overlap_is_paired_first_and_each_has_one_partner() -> None:
    left = found((0, 0, 10, 10), (1, 0, 11, 10))
    right = found((1, 0, 11, 10))
    pairs = partners(left, right)
    assert (pairs.left.tolist(), pairs.right.tolist()) == ([1], [0])


def test_another_class_is_no_partner() -> None:
    pairs = partners(found((0, 0, 10, 10), labels=(0,)), found((0, 0, 10, 10), labels=(1,)))
    assert len(pairs.left) == 0


def test_too_little_overlap_is_no_partner() -> None:
    assert len(partners(found((0, 0, 10, 10)), found((6, 0, 16, 10))).left) == 0


@given(st.lists(st.tuples(*[st.integers(0, 50)] * 4), max_size=8))
def test_everything_is_its_own_partner_at_full_overlap(corners: list[tuple[int, int, int, int]]) -> None:
    unique = sorted({(x, y, x + w + 1, y + h + 1) for x, y, w, h in corners})
    same = found(*unique)
    pairs = partners(same, same)
    assert pairs.left.tolist() == pairs.right.tolist()
    assert len(pairs.left) == len(unique)
