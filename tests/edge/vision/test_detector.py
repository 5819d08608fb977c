"""The detector on a real engine and a model whose answers are known by heart."""

from __future__ import annotations

import numpy as np

from detection.edge.engines.onnx import OnnxSession
from detection.edge.vision.calibration import identity
from detection.edge.vision.decode import Raw
from detection.edge.vision.detector import Detector
from detection.edge.vision.preprocess import letterbox
from tests.examples_bundles import SETTINGS, colour_detector, picture
from tests.examples_models import colour_model


def test_a_red_patch_is_found_where_it_is() -> None:
    image = np.zeros((64, 64, 3), np.uint8)
    image[16:24, 40:48, 2] = 255
    found = colour_detector().detect(image)
    assert found.boxes.tolist() == [[36, 12, 52, 28]]
    assert found.labels.tolist() == [0]
    assert found.scores.tolist() == [0.5], "calibrated: half the raw score"


def test_a_black_frame_holds_nothing() -> None:
    assert len(colour_detector().detect(np.zeros((64, 64, 3), np.uint8))) == 0


def test_frames_of_many_sizes_do_not_disturb_each_other() -> None:
    kept = colour_detector()
    for seed, (width, height) in enumerate([(80, 60), (33, 97), (80, 60), (1, 50), (200, 3)]):
        image = picture(seed, width, height)
        fresh = colour_detector().detect(image)
        again = kept.detect(image)
        assert np.array_equal(fresh.boxes, again.boxes)
        assert np.array_equal(fresh.scores, again.scores)


def test_the_tensor_is_a_copy_that_the_next_frame_leaves_alone() -> None:
    detector = Detector(OnnxSession(colour_model()), SETTINGS, identity(3))
    first = detector.tensor(picture(1))
    detector.detect(picture(2))
    assert np.array_equal(first, letterbox(picture(1), 64, 64).tensor)


def test_every_detection_above_the_floor_is_told_whatever_the_thresholds() -> None:
    found = colour_detector().detect(picture(1))
    assert found.scores.min() < 0.3
    assert found.scores.min() > SETTINGS.score_floor / 2


class Broken:
    """A session whose outputs are not a number from its second run on."""

    classes = 3

    def __init__(self) -> None:
        self._sound = OnnxSession(colour_model())
        self.tensor = self._sound.tensor
        self._runs = 0

    def run(self) -> Raw:
        """Sound once."""
        self._runs += 1
        return self._sound.run() if self._runs == 1 else np.full((1, 7, 64), np.nan, np.float32)


def test_unsound_frames_are_counted_and_hold_nothing() -> None:
    detector = Detector(Broken(), SETTINGS, identity(3))
    found = [len(detector.detect(picture(1))) for _ in range(3)]
    assert found[0] > 0
    assert (found[1:], detector.unsound) == ([0, 0], 2)
