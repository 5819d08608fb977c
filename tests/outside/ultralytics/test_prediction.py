"""The trainer's side of parity: its own letterbox and its own predictor, raw scores, square input."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from detection.edge.vision import preprocess
from detection.errors import ModelError
from detection.outside.ultralytics import prediction
from detection.outside.ultralytics import weights as weights_file
from tests.examples_bundles import picture
from tests.examples_models import SIZE
from tests.examples_weights import untrained


@dataclass(frozen=True)
class Settings:
    """A low floor, and few detections."""

    score_floor: float = 0.3
    suppression_iou: float = 0.6
    maximum_detections: int = 7


@pytest.mark.parametrize(("width", "height"), [(80, 60), (60, 80), (64, 64), (5, 200), (33, 31)])
def test_the_letterbox_is_the_one_that_ships(width: int, height: int) -> None:
    """Two separate codes, the same bits."""
    image = picture(0, width, height)
    shipped = preprocess.letterbox(image, SIZE, SIZE).tensor
    np.testing.assert_array_equal(prediction.letterbox(image, SIZE), shipped)


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("weights") / "weights.pt"
    weights_file.write(path, untrained())
    return path


def test_detections_obey_the_settings_and_lie_in_the_frame(weights: Path) -> None:
    found = prediction.Predictor(weights, SIZE, Settings()).predict(picture(1, 90, 50))
    assert len(found) == Settings.maximum_detections
    assert (found.scores >= Settings.score_floor).all()
    assert (np.diff(found.scores) <= 0).all()
    assert (found.boxes >= 0).all()
    assert (found.boxes <= np.array([90, 50, 90, 50])).all()
    assert [str(column.dtype) for column in (found.boxes, found.labels, found.scores)] == [
        "float32",
        "int64",
        "float32",
    ]


def test_a_frame_with_nothing_gives_nothing(weights: Path) -> None:
    found = prediction.Predictor(weights, SIZE, Settings(score_floor=0.999)).predict(picture(1))
    assert found.boxes.shape == (0, 4)


def test_a_file_that_is_no_weights_is_refused(tmp_path: Path) -> None:
    (tmp_path / "weights.pt").write_bytes(b"no weights")
    with pytest.raises(ModelError):
        prediction.Predictor(tmp_path / "weights.pt", SIZE, Settings())
