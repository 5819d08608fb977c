"""The folder Ultralytics reads: right lines, nothing but what was asked for, gone afterwards."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from detection.errors import TrainingError
from detection.outside.dataset import Dataset
from detection.outside.ultralytics import folder
from tests import examples_dataset
from tests.examples_models import CLASSES


@pytest.fixture
def dataset(tmp_path: Path) -> Dataset:
    return Dataset.open(examples_dataset.write(tmp_path / "data", {"train": 3, "val": 2}))


def test_a_frame_without_boxes_has_an_empty_label_file() -> None:
    assert folder.label_lines(np.zeros((0, 4), np.float32), np.zeros(0, np.int64), 64, 48) == ""


def test_a_box_is_written_as_shares_of_the_frame() -> None:
    corners = np.array([[16, 12, 48, 36]], np.float32)
    assert folder.label_lines(corners, np.array([2]), 64, 48) == "2 0.50000000 0.50000000 0.50000000 0.50000000\n"


def test_what_lies_outside_the_frame_is_cut_off() -> None:
    """Ultralytics drops a whole frame, without a word, for one label outside it."""
    corners = np.array([[-8, 0, 32, 96]], np.float32)
    assert folder.label_lines(corners, np.array([0]), 64, 48) == "0 0.25000000 0.50000000 0.50000000 1.00000000\n"


def test_every_split_has_its_frames_and_a_label_file_each(dataset: Dataset) -> None:
    rows = {"train": dataset.chosen("train"), "val": dataset.chosen("val")}
    with folder.materialised(dataset, rows, CLASSES) as place:
        for split, chosen in rows.items():
            ids = {str(dataset.frames.id[row]) for row in chosen}
            assert {path.stem for path in (place / "images" / split).iterdir()} == ids
            assert {path.stem for path in (place / "labels" / split).iterdir()} == ids
    assert not place.exists()


def test_the_folder_is_gone_after_an_interruption(dataset: Dataset) -> None:
    with (
        pytest.raises(KeyboardInterrupt),
        folder.materialised(dataset, {"train": dataset.chosen("train")}, CLASSES) as place,
    ):
        raise KeyboardInterrupt
    assert not place.exists()


def test_a_split_without_frames_is_refused(dataset: Dataset) -> None:
    with (
        pytest.raises(TrainingError, match="'val' holds no frame"),
        folder.materialised(dataset, {"val": np.zeros(0, np.int64)}, CLASSES),
    ):
        pass


def test_a_class_nobody_declared_is_refused(dataset: Dataset) -> None:
    with (
        pytest.raises(TrainingError, match="known are red"),
        folder.materialised(dataset, {"train": dataset.chosen("train")}, ("red",)),
    ):
        pass


@pytest.mark.parametrize("name", ["png", "jpg", "bmp", "webp", "tif"])
def test_a_format_is_known_by_its_bytes(name: str) -> None:
    """Names come from outside; the bytes say what they are."""
    content = cv2.imencode(f".{name}", np.zeros((4, 4, 3), np.uint8))[1].tobytes()
    assert folder.extension(content) == name


def test_a_format_that_cannot_be_trained_on_is_refused() -> None:
    with pytest.raises(TrainingError, match="47494638"):
        folder.extension(b"GIF89a")
