"""Two ways of computing the same: within limits or not, said with numbers."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from detection.edge.boxes import Detections, nothing
from detection.edge.compare import FAR
from detection.rules.judging import parity, parity_rows
from detection.rules.judging.parity import EXACT, Limits, Sides

LIMITS = Limits(tensor=0.01, box_px=0.5, score=0.01, unmatched_share=0.2, variant_score=0.1)
SIDES = Sides("left", "right", "fp32")


def one(x: float = 0, score: float = 0.5) -> Detections:
    box = np.array([[x, 0, x + 10, 10]], np.float32)
    return Detections.uncalibrated(box, np.zeros(1, np.int64), np.array([score], np.float32))


def test_the_same_on_both_sides_passes_the_exact_limits() -> None:
    row = parity_rows.detections(SIDES, [one(), nothing()], [one(), nothing()], EXACT)
    assert (row.verdict, row.frames, row.detections) == ("PASS", 2, 1)


@pytest.mark.parametrize(
    ("right", "failing"),
    [(one(x=0.6), "box corner"), (one(score=0.52), "score"), (nothing(), "without a partner")],
    ids=["box", "score", "partner"],
)
def test_each_measure_fails_on_its_own_and_the_row_with_it(right: Detections, failing: str) -> None:
    row = parity_rows.detections(SIDES, [one()], [right], LIMITS)
    assert [d.name for d in row.differences if d.verdict == "FAIL"] == [failing]
    assert row.verdict == "FAIL"


def test_one_last_bit_fails_the_exact_limits() -> None:
    other = one(score=float(np.nextafter(np.float32(0.5), np.float32(1))))
    assert parity_rows.detections(SIDES, [one()], [other], EXACT).verdict == "FAIL"


def test_no_frame_proves_nothing() -> None:
    assert parity_rows.detections(SIDES, [], [], LIMITS).verdict == "FAIL"
    assert parity_rows.tensors(SIDES, [], LIMITS).verdict == "FAIL"
    assert parity.report([], "0" * 64).verdict == "FAIL"


def test_tensors_are_judged_by_their_worst_frame() -> None:
    assert parity_rows.tensors(SIDES, [0.0, 0.01], LIMITS).verdict == "PASS"
    row = parity_rows.tensors(SIDES, [0.0, 0.02, 0.0], LIMITS)
    assert (row.verdict, row.differences[0].observed) == ("FAIL", 0.02)


def test_other_shapes_and_what_is_no_number_are_far_apart() -> None:
    tensor = np.zeros((1, 3, 2, 2), np.float32)
    assert parity_rows.tensor_difference(tensor, tensor) == 0
    assert parity_rows.tensor_difference(tensor, np.zeros((1, 3, 2, 3), np.float32)) == FAR
    assert parity_rows.tensor_difference(tensor, np.full_like(tensor, np.nan)) == FAR


def test_one_red_row_makes_the_report_red() -> None:
    green = parity_rows.tensors(SIDES, [0.0], LIMITS)
    red = parity_rows.tensors(SIDES, [1.0], LIMITS)
    assert parity.report([green], "0" * 64).verdict == "PASS"
    assert parity.report([green, red], "0" * 64).verdict == "FAIL"


def test_variants_are_held_to_the_mean_of_what_both_found() -> None:
    """A single wavering box is no fault; scores that all moved are."""
    left = [one(score=0.5)] * 4
    row = parity_rows.variants(SIDES, left, [one(score=0.8), *left[1:]], LIMITS)
    assert (row.verdict, row.frames, row.detections) == ("PASS", 4, 4)
    assert row.differences[0].observed == pytest.approx(0.3 / 4)
    assert parity_rows.variants(SIDES, left, [one(score=0.62)] * 4, LIMITS).verdict == "FAIL"


def test_variants_that_find_nothing_in_common_are_far_apart() -> None:
    assert parity_rows.variants(SIDES, [one()], [nothing()], LIMITS).differences[0].observed == FAR
    assert parity_rows.variants(SIDES, [nothing()], [one()], LIMITS).verdict == "FAIL"
    assert parity_rows.variants(SIDES, [nothing()], [nothing()], LIMITS).verdict == "PASS"
    assert parity_rows.variants(SIDES, [], [], LIMITS).verdict == "FAIL", "no frame proves nothing"


def raw_output(*scores: float, x: float = 5) -> NDArray[np.float32]:
    """As many anchors as scores, two classes of which the second scores nothing."""
    rows = [np.full(len(scores), x), *np.full((3, len(scores)), 8.0), np.array(scores), np.zeros(len(scores))]
    return np.stack(rows).astype(np.float32)[None]


def test_raw_outputs_are_judged_by_their_worst_box_and_score() -> None:
    near = parity_rows.raw_difference(raw_output(0.5, 0.2), raw_output(0.5, 0.205), 0.1)
    far = parity_rows.raw_difference(raw_output(0.5), raw_output(0.5, x=6), 0.1)
    row = parity_rows.raw(SIDES, [near, far], LIMITS)
    assert [d.name for d in row.differences if d.verdict == "FAIL"] == ["box value"]
    assert row.differences[0].observed == pytest.approx(1)
    assert row.differences[1].observed == pytest.approx(0.005, abs=1e-6)
    assert parity_rows.raw(SIDES, [near], LIMITS).verdict == "PASS"


def test_raw_outputs_of_other_shapes_or_without_numbers_are_far_apart() -> None:
    assert parity_rows.raw_difference(raw_output(0.5), raw_output(0.5, 0.5), 0.1).score == FAR
    broken = parity_rows.raw_difference(raw_output(0.5), raw_output(float("nan")), 0.1)
    assert parity_rows.raw(SIDES, [broken], LIMITS).verdict == "FAIL"
    assert parity_rows.raw_variants(SIDES, [broken], LIMITS).verdict == "FAIL"


def test_two_precisions_are_held_to_the_mean_over_live_anchors_alone() -> None:
    """Thousands of anchors that say nothing would hide any difference."""
    left, right = raw_output(0.5, 0.5, *[0.0] * 98), raw_output(0.45, 0.5, *[0.0] * 98)
    difference = parity_rows.raw_difference(left, right, 0.1)
    assert difference.live == 2
    assert parity_rows.raw_variants(SIDES, [difference], LIMITS).differences[0].observed == pytest.approx(0.025)
    moved = parity_rows.raw_difference(left, raw_output(0.35, 0.35, *[0.0] * 98), 0.1)
    assert parity_rows.raw_variants(SIDES, [moved], LIMITS).verdict == "FAIL"


@pytest.mark.parametrize(("differing", "verdict"), [(0, "PASS"), (1, "FAIL")])
def test_one_bit_of_one_raw_output_fails_where_digests_are_compared(differing: int, verdict: str) -> None:
    assert parity_rows.same_bits(SIDES, differing, 9).verdict == verdict


@pytest.mark.parametrize(
    ("apart", "otherwise", "verdict"),
    [([0.0], 0, "PASS"), ([0.02], 0, "FAIL"), ([0.0], 1, "FAIL"), ([], 0, "FAIL")],
    ids=["same", "pixels", "read otherwise", "none"],
)
def test_pixels_fail_by_value_and_by_what_was_read(apart: list[float], otherwise: int, verdict: str) -> None:
    assert parity_rows.pixels(SIDES, apart, otherwise, LIMITS).verdict == verdict


def test_the_certificate_goes_level_by_level() -> None:
    rows = [parity_rows.detections(SIDES, [one()], [one()], EXACT), parity_rows.pixels(SIDES, [0.0], 0, EXACT)]
    assert [row.level for row in parity.report(rows, "0" * 64).rows] == ["pixels", "detections"]
