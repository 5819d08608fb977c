"""A detector over labelled frames, matched: also one that says nothing, too much, or the same of everything."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from detection.edge.settings import Settings
from detection.edge.vision.calibration import ConditionCut, Thresholds, identity
from detection.edge.vision.decode import Raw
from detection.edge.vision.detector import Detector
from detection.edge.vision.preprocess import Tensor
from detection.errors import ModelError
from detection.outside.dataset import Dataset
from detection.outside.examination import Examined, examine, facts_of
from detection.rules.judging.intervals import Resampling
from detection.rules.judging.scores.observations import Judged, observe
from detection.rules.judging.scores.rows import ScoreRow
from detection.rules.judging.scores.sheet import Scorer
from detection.rules.spec.judging import Judging, Sizes
from tests import examples_dataset
from tests.examples_models import CLASSES, SIZE

SETTINGS = Settings(suppression_iou=0.9, score_floor=0.01, maximum_detections=1000)
SIZES = Sizes(small_below_px=12, large_from_px=40)
CUTS = Thresholds(np.array([0.5, 0.6, 0.7], np.float32))


class Saying:
    """A session that answers the same of every frame."""

    def __init__(self, answer: Raw) -> None:
        self.tensor: Tensor = np.zeros((1, 3, SIZE, SIZE), np.uint8)
        self.classes = answer.shape[1] - 4
        self._answer = answer

    def run(self) -> Raw:
        """What was prepared."""
        return self._answer


def saying(n: int, score: float | None = None, classes: int = len(CLASSES)) -> Raw:
    """``n`` boxes of 4 to 24 pixels all over the frame, of random classes; of random scores, or all of the same."""
    dice = np.random.default_rng(0)
    answer = np.zeros((1, 4 + classes, n), np.float32)
    answer[0, :2] = dice.uniform(8, SIZE - 8, (2, n))
    answer[0, 2:4] = dice.uniform(4, 24, (2, n))
    scores = dice.uniform(0.05, 0.95, n) if score is None else np.full(n, score)
    answer[0, 4 + dice.integers(0, classes, n), np.arange(n)] = scores
    return answer


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return examples_dataset.write(tmp_path_factory.mktemp("data"), {"val": 4, "golden": 12})


def examined(dataset: Dataset, answer: Raw, cuts: Thresholds = CUTS, classes: tuple[str, ...] = CLASSES) -> Judged:
    """The golden set as a detector with that answer leaves it."""
    detector = Detector(Saying(answer), SETTINGS, identity(len(classes)))
    return examine(Examined("fp32", detector, cuts, 0.5), dataset, dataset.chosen("golden"), classes)


def rows(dataset: Dataset, one: Judged, classes: tuple[str, ...] = CLASSES) -> dict[tuple[str, str], ScoreRow]:
    """Its score sheet by slice and class."""
    judging = Judging(iou=0.5, sizes=SIZES, crossings=[])
    cuts = CUTS.per_class[: len(classes)].astype(np.float64)
    scorer = Scorer(facts_of(dataset), classes, cuts, judging, Resampling(50, 0.95, 0))
    return {(row.slice, row.label): row for row in scorer.rows(one)}


def without_labels(dataset: Dataset) -> Dataset:
    """Nobody labelled anything."""
    return replace(dataset, labels=dataset.labels.take(np.zeros(0, np.int64)))


def test_a_detection_stands_in_its_frame_with_the_cut_that_ships_for_it(root: Path) -> None:
    """A cut of a condition holds where the frame has the value, for its class alone."""
    dataset = Dataset.open(root)
    special = Thresholds(CUTS.per_class, (ConditionCut(0, "lighting", "dusk", 0.25), ConditionCut(1, "fog", "yes", 0)))
    one = examined(dataset, saying(30), special)
    dusk = dataset.frames.conditions["lighting"][one.predictions.frame] == "dusk"
    special_ones = dusk & (one.predictions.label == 0)
    assert set(one.predictions.frame.tolist()) == set(dataset.chosen("golden").tolist())
    assert (one.cut[special_ones] == 0.25).all()
    assert np.array_equal(one.cut[~special_ones], CUTS.per_class[one.predictions.label[~special_ones]])
    assert 0 < special_ones.sum() < len(special_ones)
    assert np.allclose(one.raw, one.predictions.score)


def test_a_detector_that_finds_nothing_scores_nothing(root: Path) -> None:
    """Zero of what there is; no precision, since nothing was shown."""
    dataset = Dataset.open(root)
    told = rows(dataset, examined(dataset, saying(20, score=0.0)))["all", "every"]
    assert (told.ap50, told.recall, told.precision, told.detections) == (0.0, 0.0, None, 0)
    assert told.truths > 0


def test_frames_without_an_object_have_no_recall_and_all_detections_are_false(root: Path) -> None:
    dataset = without_labels(Dataset.open(root))
    told = rows(dataset, examined(dataset, saying(20)))["all", "every"]
    assert (told.truths, told.recall, told.ap50, told.precision) == (0, None, None, 0.0)
    assert told.background_frames == 12
    assert told.background_detections == told.detections > 0


def test_neither_objects_nor_detections_leave_a_sheet_of_unknowns(root: Path) -> None:
    dataset = without_labels(Dataset.open(root))
    told = rows(dataset, examined(dataset, saying(20, score=0.0)))["all", "every"]
    assert (told.recall, told.precision, told.f1, told.ap50_95) == (None,) * 4
    assert told.false_per_background_frame == 0


def test_a_detector_of_one_class_has_its_row_and_that_of_all_alike(root: Path) -> None:
    dataset = Dataset.open(root)
    dataset.labels.label[:] = "red"
    told = rows(dataset, examined(dataset, saying(40, classes=1), classes=("red",)), ("red",))
    assert {label for _, label in told} == {"every", "red"}
    every, red = told["all", "every"], told["all", "red"]
    assert replace(every, label="red", threshold=red.threshold) == red


def test_a_label_that_the_model_cannot_say_is_refused(root: Path) -> None:
    dataset = Dataset.open(root)
    dataset.labels.label[:] = "violet"
    with pytest.raises(ModelError, match="frames are labelled violet, the model knows red, green, blue"):
        examined(dataset, saying(5))


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("row", [pytest.param(0, id="corner"), pytest.param(slice(4, None), id="score")])
def test_what_is_no_number_never_counts_as_a_detection(root: Path, wrong: float, row: int | slice) -> None:
    """The device drops it, so the exam does: the other nine are judged as if it were not there."""
    dataset = Dataset.open(root)
    answer = saying(10)
    broken = answer.copy()
    broken[0, row, 3] = wrong
    left = examined(dataset, np.delete(answer, 3, axis=2))
    one = examined(dataset, broken)
    assert np.array_equal(one.predictions.corners, left.predictions.corners)
    assert np.isfinite(one.predictions.score).all()


def test_ten_thousand_detections_in_one_image_are_judged(root: Path) -> None:
    """A thousand leave the detector, a hundred of each class are judged; test_matching.py lets all of them through."""
    dataset = Dataset.open(root)
    dataset.split_of[dataset.chosen("golden")[1:]] = "train"
    begun = time.process_time()
    one = examined(dataset, saying(10_000))
    told = rows(dataset, one)["all", "every"]
    assert time.process_time() - begun < 10
    assert len(one.predictions) == 1000
    assert len(one.matches) == 300
    assert told.detections <= 300


@pytest.mark.parametrize("seed", [1, 2])
def test_identical_scores_give_the_same_sheet_whatever_order_they_come_in(root: Path, seed: int) -> None:
    """Boxes far enough apart that suppression, which keeps the first of equals, has nothing to choose."""
    dataset = Dataset.open(root)
    answer = saying(25, score=0.65)
    answer[0, 2:4] = 6
    order = np.random.default_rng(seed).permutation(25)
    one, other = (examined(dataset, some) for some in (answer, answer[:, :, order]))
    assert rows(dataset, one) == rows(dataset, other)
    facts = facts_of(dataset)
    first, second = (observe(judged, CLASSES, facts, SIZES) for judged in (one, other))
    assert np.array_equal(first.corners, second.corners)
    assert np.array_equal(first.hits, second.hits)


def test_facts_are_those_of_the_frames(root: Path) -> None:
    dataset = Dataset.open(root)
    facts = facts_of(dataset)
    assert np.array_equal(facts.id, dataset.frames.id)
    assert np.array_equal(facts.group, dataset.group_of)
    assert np.array_equal(facts.set, dataset.split_of)
