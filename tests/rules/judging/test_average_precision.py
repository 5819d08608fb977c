"""Equal to pycocotools in all twelve figures, and to a data set in which drawn groups really stand twice."""

from __future__ import annotations

import numpy as np
import pytest

from detection.rules.judging.average_precision import average_precisions, coco_figures
from detection.rules.judging.matching import Integers, Predictions, Truth, match
from tests.examples_judging import Sample, Shape, coco_reference, sample


@pytest.mark.parametrize(
    "shape",
    [
        pytest.param(Shape(20, 3, 60, 200), id="plain"),
        pytest.param(Shape(20, 80, 60, 200), id="most classes have no truth"),
        pytest.param(Shape(5, 2, 200, 2000, score_digits=1), id="crowded, many equal scores"),
        pytest.param(Shape(50, 10, 500, 1500, score_digits=2), id="some equal scores"),
        pytest.param(Shape(1, 1, 10, 500), id="more detections than are judged"),
        pytest.param(Shape(200, 40, 1, 300), id="one object"),
        pytest.param(Shape(30, 4, 100, 1), id="one detection"),
        pytest.param(Shape(3, 2, 0, 50), id="no truth"),
    ],
)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_all_twelve_figures_are_those_of_pycocotools(shape: Shape, seed: int) -> None:
    made = sample(shape, seed)
    ours = coco_figures(made.truth, made.predictions, shape.classes).values()
    np.testing.assert_allclose(ours, coco_reference(made, shape), atol=1e-6, rtol=0)


def test_no_detections_score_nothing_where_there_is_truth() -> None:
    """Pycocotools cannot read an empty result; its own definition gives 0, and NaN for a class without truth."""
    made = sample(Shape(frames=3, classes=2, truths=5, detections=0), seed=0)
    made = Sample(Truth(made.truth.frame, np.zeros(5, np.int64), made.truth.corners), made.predictions)
    precisions = average_precisions(match(made.truth, made.predictions), classes=2)
    assert (precisions[0] == 0).all()
    assert np.isnan(precisions[1]).all()


def test_a_hand_value() -> None:
    """Right, wrong, right, one object missed: 34 points at precision 1, 33 at 2/3, 34 at 0."""
    boxes = np.array([[0, 0, 10, 10], [20, 0, 30, 10], [40, 0, 50, 10]], np.float64)
    truth = Truth(np.zeros(3, np.int64), np.zeros(3, np.int64), boxes)
    far = np.array([[60, 0, 70, 10]], np.float64)
    corners = np.concatenate([boxes[:1], far, boxes[1:2]])
    predictions = Predictions(np.zeros(3, np.int64), np.zeros(3, np.int64), np.array([0.9, 0.8, 0.7]), corners)
    precision = average_precisions(match(truth, predictions), classes=1)[0, 0]
    assert precision == pytest.approx((34 * 1 + 33 * 2 / 3) / 101)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_weighted_frame_counts_as_that_many_copies_of_it(seed: int) -> None:
    """So that groups may be drawn with repetition without matching again."""
    shape = Shape(frames=12, classes=3, truths=60, detections=300)
    made = sample(shape, seed)
    weight = np.random.default_rng(seed).integers(0, 4, shape.frames)
    weighted = average_precisions(match(made.truth, made.predictions), shape.classes, weight)
    copied = _copied(made, weight)
    really = average_precisions(match(copied.truth, copied.predictions), shape.classes)
    np.testing.assert_allclose(weighted, really, atol=1e-12)


def _copied(made: Sample, weight: Integers) -> Sample:
    truths, detections = [], []
    for frame, copies in enumerate(weight):
        for copy in range(copies):
            number = copy * len(weight) + frame
            of_frame = made.truth.take(made.truth.frame == frame)
            truths.append(Truth(np.full(len(of_frame), number), of_frame.label, of_frame.corners))
            shown = made.predictions.take(made.predictions.frame == frame)
            detections.append(Predictions(np.full(len(shown), number), shown.label, shown.score, shown.corners))
    return Sample(
        Truth(*(np.concatenate([getattr(t, n) for t in truths]) for n in Truth.__slots__)),
        Predictions(*(np.concatenate([getattr(d, n) for d in detections]) for n in Predictions.__slots__)),
    )
