"""Equal to pycocotools in all twelve figures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from detection.rules.judging.average_precision import average_precisions, coco_figures
from detection.rules.judging.matching import Predictions, SizeRange, Truth, match
from tests.examples_judging import Sample, Shape, coco_reference, sample, shuffled


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
        pytest.param(Shape(40, 1, 90, 400), id="one class only"),
        pytest.param(Shape(15, 3, 200, 900, score_digits=0), id="scores of 0 and 1 alone"),
    ],
)
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_all_twelve_figures_are_those_of_pycocotools(shape: Shape, seed: int) -> None:
    made = sample(shape, seed)
    ours = coco_figures(made.truth, made.predictions, shape.classes).values()
    np.testing.assert_allclose(ours, coco_reference(made, shape), atol=1e-6, rtol=0)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_identical_scores_everywhere_give_one_result_whatever_the_order(seed: int) -> None:
    """A detector that says 0.5 of everything has one average precision, not one for each order of its rows."""
    shape = Shape(frames=15, classes=2, truths=100, detections=800)
    made = sample(shape, seed)
    found = made.predictions
    alike = Sample(made.truth, Predictions(found.frame, found.label, np.full(len(found), 0.5), found.corners))
    figures = [coco_figures(s.truth, s.predictions, 2).values() for s in (alike, shuffled(alike, 7))]
    assert np.array_equal(figures[0], figures[1])
    np.testing.assert_allclose(figures[0], coco_reference(alike, shape), atol=1e-6, rtol=0)


def test_sizes_are_those_that_are_asked_for() -> None:
    """The spec draws its own lines between small, medium and large."""
    sizes = {"small": SizeRange(0, 20**2), "medium": SizeRange(20**2, 60**2), "large": SizeRange(60**2, 1e10)}
    shape = Shape(frames=60, classes=4, truths=400, detections=1500)
    made = sample(shape, seed=0)
    ours = coco_figures(made.truth, made.predictions, shape.classes, sizes).values()
    np.testing.assert_allclose(ours, coco_reference(made, shape, sizes), atol=1e-6, rtol=0)
    assert not np.allclose(ours, coco_reference(made, shape), atol=1e-3)


@pytest.mark.slow
def test_a_set_of_the_size_of_cocos_gives_pycocotools_figures() -> None:
    shape = Shape(frames=5000, classes=80, truths=36_000, detections=300_000, score_digits=3)
    made = sample(shape, seed=0)
    ours = coco_figures(made.truth, made.predictions, shape.classes).values()
    np.testing.assert_allclose(ours, coco_reference(made, shape), atol=1e-6, rtol=0)


@pytest.mark.real_data
def test_real_objects_give_pycocotools_figures(real_data: Callable[[str], Path]) -> None:
    """Cells lie on each other, and some boxes are empty; the detections are the objects, moved about."""
    truth = _objects(real_data("bccd"))
    dice = np.random.default_rng(0)
    model = dice.integers(0, len(truth), 3 * len(truth))
    sides = np.maximum(truth.corners[model, 2:] - truth.corners[model, :2], 1)
    corners = truth.corners[model] + dice.normal(0, 0.08, (len(model), 4)) * np.tile(sides, 2)
    corners[:, 2:] = np.maximum(corners[:, 2:], corners[:, :2] + 1)
    label = np.where(dice.random(len(model)) < 0.1, dice.integers(0, 3, len(model)), truth.label[model])
    score = np.round(dice.random(len(model)), 2)
    made = Sample(truth, Predictions(truth.frame[model], label, score, corners))
    shape = Shape(frames=364, classes=3, truths=len(truth), detections=len(model))
    ours = coco_figures(made.truth, made.predictions, 3).values()
    np.testing.assert_allclose(ours, coco_reference(made, shape), atol=1e-6, rtol=0)


def _objects(folder: Path) -> Truth:
    """Every annotation of a set in PASCAL VOC's format."""
    rows = []
    names: dict[str, int] = {}
    for frame, path in enumerate(sorted((folder / "Annotations").glob("*.xml"))):
        for item in ElementTree.parse(path).iter("object"):
            name, box = str(item.findtext("name")), item.find("bndbox")
            assert box is not None
            corners = [float(str(box.findtext(corner))) for corner in ("xmin", "ymin", "xmax", "ymax")]
            rows.append((frame, names.setdefault(name, len(names)), *corners))
    table = np.array(rows)
    return Truth(table[:, 0].astype(np.int64), table[:, 1].astype(np.int64), table[:, 2:])


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
