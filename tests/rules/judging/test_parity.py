"""Two ways of computing the same: within limits or not, said with numbers."""

from __future__ import annotations

import numpy as np
import pytest

from detection.edge.boxes import Detections, nothing
from detection.edge.compare import FAR
from detection.rules.judging import parity
from detection.rules.judging.parity import EXACT, Limits, Sides

LIMITS = Limits(tensor=0.01, box_px=0.5, score=0.01, unmatched_share=0.2, variant_score=0.1)
SIDES = Sides("left", "right", "fp32")


def one(x: float = 0, score: float = 0.5) -> Detections:
    box = np.array([[x, 0, x + 10, 10]], np.float32)
    return Detections.uncalibrated(box, np.zeros(1, np.int64), np.array([score], np.float32))


def test_the_same_on_both_sides_passes_the_exact_limits() -> None:
    row = parity.detections(SIDES, [one(), nothing()], [one(), nothing()], EXACT)
    assert (row.verdict, row.frames, row.detections) == ("PASS", 2, 1)


@pytest.mark.parametrize(
    ("right", "failing"),
    [(one(x=0.6), "box corner"), (one(score=0.52), "score"), (nothing(), "without a partner")],
    ids=["box", "score", "partner"],
)
def test_each_measure_fails_on_its_own_and_the_row_with_it(right: Detections, failing: str) -> None:
    row = parity.detections(SIDES, [one()], [right], LIMITS)
    assert [d.name for d in row.differences if d.verdict == "FAIL"] == [failing]
    assert row.verdict == "FAIL"


def test_one_last_bit_fails_the_exact_limits() -> None:
    other = one(score=float(np.nextafter(np.float32(0.5), np.float32(1))))
    assert parity.detections(SIDES, [one()], [other], EXACT).verdict == "FAIL"


def test_no_frame_proves_nothing() -> None:
    assert parity.detections(SIDES, [], [], LIMITS).verdict == "FAIL"
    assert parity.tensors(SIDES, [], LIMITS).verdict == "FAIL"
    assert parity.report([], "0" * 64).verdict == "FAIL"


def test_tensors_are_judged_by_their_worst_frame() -> None:
    assert parity.tensors(SIDES, [0.0, 0.01], LIMITS).verdict == "PASS"
    row = parity.tensors(SIDES, [0.0, 0.02, 0.0], LIMITS)
    assert (row.verdict, row.differences[0].observed) == ("FAIL", 0.02)


def test_other_shapes_and_what_is_no_number_are_far_apart() -> None:
    tensor = np.zeros((1, 3, 2, 2), np.float32)
    assert parity.tensor_difference(tensor, tensor) == 0
    assert parity.tensor_difference(tensor, np.zeros((1, 3, 2, 3), np.float32)) == FAR
    assert parity.tensor_difference(tensor, np.full_like(tensor, np.nan)) == FAR


def test_one_red_row_makes_the_report_red() -> None:
    green = parity.tensors(SIDES, [0.0], LIMITS)
    red = parity.tensors(SIDES, [1.0], LIMITS)
    assert parity.report([green], "0" * 64).verdict == "PASS"
    assert parity.report([green, red], "0" * 64).verdict == "FAIL"


def test_variants_are_held_to_the_mean_of_what_both_found() -> None:
    """A single wavering box is no fault; scores that all moved are."""
    left = [one(score=0.5)] * 4
    row = parity.variants(SIDES, left, [one(score=0.8), *left[1:]], LIMITS)
    assert (row.verdict, row.frames, row.detections) == ("PASS", 4, 4)
    assert row.differences[0].observed == pytest.approx(0.3 / 4)
    assert parity.variants(SIDES, left, [one(score=0.62)] * 4, LIMITS).verdict == "FAIL"


def test_variants_that_find_nothing_in_common_are_far_apart() -> None:
    assert parity.variants(SIDES, [one()], [nothing()], LIMITS).differences[0].observed == FAR
    assert parity.variants(SIDES, [nothing()], [one()], LIMITS).verdict == "FAIL"
    assert parity.variants(SIDES, [nothing()], [nothing()], LIMITS).verdict == "PASS"
    assert parity.variants(SIDES, [], [], LIMITS).verdict == "FAIL", "no frame proves nothing"
