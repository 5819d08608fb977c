"""What is far from usual is told with the number that makes it so, and nothing is usual among few."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import median_abs_deviation

from detection.rules.labels.findings.drawn import drawn
from detection.rules.labels.findings.finding import Finding
from detection.rules.labels.findings.outliers import FEW_SAMPLES, few_boxes, unusual_boxes, usual
from tests.examples_findings import drawn_by, marked
from tests.examples_labels import SPEC, Box, collected, said


def _boxes(number: int) -> list[Box]:
    """Boxes of about 16 x 16 pixels, inside the frame."""
    dice = np.random.default_rng(0)
    return [("box", 5, 5, 5 + w, 5 + h) for w, h in 16 * np.exp(dice.normal(0, 0.1, (number, 2)))]


def _unusual(*boxes: Box) -> list[Finding]:
    return unusual_boxes(drawn_by("ann-1", *boxes), 6, 1, SPEC.labelling)


def test_usual_is_the_median_and_its_scaled_absolute_deviation() -> None:
    """As scipy has it."""
    values = np.random.default_rng(1).normal(3, 2, 500)
    made = usual(values)
    assert made.middle == pytest.approx(np.median(values))
    assert made.deviation == pytest.approx(median_abs_deviation(values, scale="normal"), rel=1e-4)
    assert made.away(np.array([made.middle + 2 * made.deviation])) == pytest.approx([2])


def test_a_flat_box_among_square_ones_is_told_with_its_number() -> None:
    [found] = _unusual(*_boxes(60), ("box", 5, 20, 45, 26.4))
    assert found.finding == "unusual-shape"
    assert "has width / height 6.25," in found.detail
    assert "(at most 6)" in found.detail


def test_a_tiny_box_among_large_ones_is_told() -> None:
    assert [f.finding for f in _unusual(*_boxes(60), ("box", 5, 5, 8, 8))] == ["unusual-size"]


def test_boxes_that_the_border_cuts_may_have_any_shape() -> None:
    assert _unusual(*_boxes(60), ("box", 0, 20, 40, 26)) == []
    cut = marked(said("ann-1", *_boxes(60), ("box", 5, 20, 45, 26)), truncated=[False] * 60 + [True])
    assert unusual_boxes(drawn(collected((cut,))), 6, 1, SPEC.labelling) == []


def test_among_few_boxes_nothing_is_unusual() -> None:
    """Thirty are few enough to be wrong about; the odd one counts among them."""
    assert _unusual(*_boxes(FEW_SAMPLES - 2), ("box", 5, 20, 45, 26)) == []
    assert _unusual(*_boxes(FEW_SAMPLES - 1), ("box", 5, 20, 45, 26)) != []


def test_boxes_that_are_all_alike_leave_room_for_the_hand() -> None:
    """Parcels of one size under one camera: a box a fifth larger is no finding, one of the double size is."""
    alike: list[Box] = [("box", 5, 5, 25, 25)] * 60
    assert _unusual(*alike, ("box", 5, 5, 27, 27)) == []
    assert [f.finding for f in _unusual(*alike, ("box", 5, 5, 40, 40))] == ["unusual-size"]


def _few(*counts: int) -> list[Finding]:
    answers = [(said("ann-1", *[("box", 5, 5, 20 + k, 20) for k in range(n)]),) for n in counts]
    made = collected(*answers)
    return few_boxes(drawn(made), made.assignments, 3, SPEC.labelling)


def test_a_frame_with_far_fewer_boxes_than_usual_looks_under_labelled() -> None:
    """Also one in which somebody found nothing at all."""
    found = _few(*[10, 11, 12, 13, 9] * 10, 2, 0)
    assert sorted(f.detail[:8] for f in found) == ["0 box bo", "2 box bo"]
    assert {f.annotator for f in found} == {"ann-1"}
    assert "usual deviations below the usual 11 (at most 3)" in found[0].detail


def test_many_boxes_are_no_fault_and_neither_are_few_where_few_are_usual() -> None:
    assert _few(*[10, 11, 12, 13, 9] * 10, 40) == []
    assert _few(*[0, 1, 2, 1, 3] * 10, 0) == []
    assert _few(*[1] * 50, 0) == []


def test_nothing_drawn_is_no_outlier() -> None:
    assert _unusual() == []
    assert _few() == []
