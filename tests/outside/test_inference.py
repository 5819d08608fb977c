"""Frames of a data set through the detector that ships, and labels beside them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from detection.edge.settings import Settings
from detection.edge.vision.calibration import identity
from detection.edge.vision.detector import Detector
from detection.errors import SourceError
from detection.outside import inference
from detection.outside.dataset import Dataset
from tests import examples_dataset
from tests.examples_models import CLASSES

SETTINGS = Settings(suppression_iou=0.6, score_floor=0.01, maximum_detections=100)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = examples_dataset.write(tmp_path_factory.mktemp("data"), {"val": 12, "test": 12})
    examples_dataset.write_model(root)
    return root


def test_every_object_is_found_where_it_is_labelled(root: Path) -> None:
    """The patches that are labelled are among those the model sees: frame, class and corners must agree exactly."""
    dataset = Dataset.open(root)
    rows = dataset.chosen("test")
    models = inference.open_models(root / "convert", examples_dataset.colours(), threads=1)
    detector = Detector(models.sessions["fp32"], SETTINGS, identity(len(CLASSES)))
    found = inference.predictions_of(rows, inference.detections_of(detector, dataset, rows.tolist()))
    truth = inference.truth_of(dataset, rows, models.classes)
    seen = {(f, c, *corners) for f, c, corners in zip(found.frame, found.label, found.corners.tolist(), strict=True)}
    there = {(f, c, *corners) for f, c, corners in zip(truth.frame, truth.label, truth.corners.tolist(), strict=True)}
    assert len(found) == len(rows) * examples_dataset.PATCHES
    assert there
    assert there <= seen


def test_frames_in_which_nothing_was_found_leave_empty_columns(root: Path) -> None:
    found = inference.predictions_of(np.zeros(0, np.int64), [])
    assert found.corners.shape == (0, 4)
    assert len(found) == 0


def test_only_the_labels_of_the_frames_asked_for_come(root: Path) -> None:
    dataset = Dataset.open(root)
    val, test = (inference.truth_of(dataset, dataset.chosen(name), CLASSES) for name in ("val", "test"))
    assert set(dataset.split_of[val.frame]) == {"val"}
    assert len(val) + len(test) == len(dataset.labels)


def test_an_image_with_other_pixels_than_were_collected_is_refused(root: Path) -> None:
    """The frame table's size is the limit: a decoder never gets more than was checked."""
    dataset = Dataset.open(root)
    dataset.frames.width[0] = 8
    with pytest.raises(SourceError, match=r"frame .*\.png: claims 64 x 64 pixels"):
        inference.image_of(dataset, 0)
