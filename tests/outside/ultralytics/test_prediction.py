"""The trainer's side of parity: its own reader, preprocessing and predictor, raw scores, at any size."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch

from detection.edge import settings as runtime
from detection.edge.boxes import iou
from detection.edge.vision import preprocess
from detection.edge.vision.decode import Decoder
from detection.edge.vision.headers import PictureSize
from detection.edge.vision.preprocess import placement
from detection.errors import ModelError
from detection.outside.ultralytics import prediction
from detection.outside.ultralytics import weights as weights_file
from tests.examples_bundles import picture, png
from tests.examples_models import SIZE
from tests.examples_weights import untrained

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Settings:
    """A low floor, and few detections."""

    score_floor: float = 0.3
    suppression_iou: float = 0.6
    suppression_across_classes: bool = False
    maximum_detections: int = 7


SQUARE, WIDE = PictureSize(SIZE, SIZE), PictureSize(96, 64)
FRAMES = [(80, 60), (60, 80), (64, 64), (5, 200), (33, 31), (1, 1), (1, 900), (640, 5), (1920, 1080), (227, 223)]


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("weights") / "weights.pt"
    weights_file.write(path, untrained())
    return path


@pytest.fixture(scope="module", params=[SQUARE, WIDE], ids=["square", "rectangle"])
def whole(request: pytest.FixtureRequest, weights: Path) -> tuple[PictureSize, prediction.Predictor]:
    return request.param, prediction.Predictor(weights, request.param, Settings())


@pytest.mark.parametrize(("width", "height"), FRAMES)
def test_the_tensor_is_the_one_that_ships(
    whole: tuple[PictureSize, prediction.Predictor], width: int, height: int
) -> None:
    """Two separate codes, the same bits."""
    size, predictor = whole
    image = np.random.default_rng(width).integers(0, 256, (height, width, 3), np.uint8)
    shipped = preprocess.letterbox(image, size.width, size.height).tensor / np.float32(255)
    np.testing.assert_array_equal(predictor.look(image).tensor, shipped)


def test_left_alone_it_pads_to_a_rectangle(weights: Path) -> None:
    """The known difference that a note of the certificate measures."""
    left_alone = prediction.Predictor(weights, SQUARE, Settings(), whole=False)
    assert left_alone.look(picture(0, 80, 30)).tensor.shape == (1, 3, 32, 64)
    assert prediction.Predictor(weights, SQUARE, Settings()).look(picture(0, 80, 30)).tensor.shape == (1, 3, 64, 64)


def test_raw_output_has_a_row_for_each_number_of_a_box_and_each_class(weights: Path) -> None:
    said = prediction.Predictor(weights, WIDE, Settings()).look(picture(2, 90, 50)).raw
    anchors = sum(96 // stride * (64 // stride) for stride in (8, 16, 32))
    assert said.shape == (1, 4 + 3, anchors)
    assert said.dtype == np.float32


def test_files_are_read_as_they_are_or_not_at_all(capfd: pytest.CaptureFixture[str]) -> None:
    """What decoders say of a torn file is not for whoever runs the stage."""
    whole_file = png(picture(3))
    np.testing.assert_array_equal(prediction.read(whole_file, ".png"), picture(3))
    assert prediction.read(whole_file[:80], ".png") is None
    assert prediction.read(b"", ".png") is None
    assert capfd.readouterr().err == ""


def test_detections_obey_the_settings_and_lie_in_the_frame(weights: Path) -> None:
    found = prediction.Predictor(weights, SQUARE, Settings()).look(picture(1, 90, 50)).found
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


@pytest.mark.parametrize("across", [False, True])
def test_suppression_is_the_runtime_s_whatever_the_model_says(
    weights: Path, across: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    dice = np.random.default_rng(4)
    said = np.concatenate((dice.uniform(8, 56, (2, 60)), dice.uniform(8, 24, (2, 60)), dice.uniform(0, 1, (3, 60))))
    settings = Settings(0.05, 0.3, across, 300)
    predictor = prediction.Predictor(weights, SQUARE, settings)
    monkeypatch.setattr(predictor._predictor, "inference", lambda _: torch.from_numpy(said[None]).float())
    look = predictor.look(picture(1, 64, 64))
    kept = Decoder(runtime.Settings(0.3, 0.05, 300, across)).decode(look.raw, placement(64, 64, SIZE, SIZE))
    np.testing.assert_allclose(look.found.boxes, kept.boxes, atol=1e-3)
    assert look.found.labels.tolist() == kept.labels.tolist()
    overlap = np.triu(iou(look.found.boxes, look.found.boxes), 1).max()
    assert (overlap <= settings.suppression_iou + 0.01) == across


def test_a_frame_with_nothing_gives_nothing(weights: Path) -> None:
    found = prediction.Predictor(weights, SQUARE, Settings(score_floor=0.999)).look(picture(1)).found
    assert found.boxes.shape == (0, 4)


def test_a_file_that_is_no_weights_is_refused(tmp_path: Path) -> None:
    (tmp_path / "weights.pt").write_bytes(b"no weights")
    with pytest.raises(ModelError):
        prediction.Predictor(tmp_path / "weights.pt", SQUARE, Settings())
