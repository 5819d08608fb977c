"""Two detectors timed in turn."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from detection.edge.vision.calibration import identity
from detection.edge.vision.decode import Raw
from detection.edge.vision.detector import Detector
from detection.edge.vision.preprocess import Tensor
from detection.outside import inference
from detection.outside.contenders.stopwatch import timed
from detection.outside.dataset import Dataset
from tests import examples_dataset
from tests.examples_contenders import SPEC
from tests.examples_models import CLASSES, SIZE


class Sleeper:
    """A model that takes its time and finds nothing."""

    classes = len(CLASSES)

    def __init__(self, seconds: float) -> None:
        self.tensor: Tensor = np.zeros((1, 3, SIZE, SIZE), np.uint8)
        self._seconds = seconds
        self.runs = 0

    def run(self) -> Raw:
        """Nothing, later."""
        self.runs += 1
        time.sleep(self._seconds)
        return np.zeros((1, 4 + len(CLASSES), 4), np.float32)


def detector(session: Sleeper) -> Detector:
    return Detector(session, inference.settings_of(SPEC.output), identity(len(CLASSES)))


def test_each_frame_is_timed_for_both_and_the_slower_one_shows(tmp_path: Path) -> None:
    """3 ms against 1 ms, whoever begins."""
    dataset = Dataset.open(examples_dataset.write(tmp_path, {"test": 6}))
    quick, slow = Sleeper(0.001), Sleeper(0.003)
    taken = timed(detector(quick), detector(slow), dataset, dataset.chosen("test").tolist())
    assert len(taken.champion_ms) == len(taken.challenger_ms) == 6
    assert (taken.champion_ms >= 1).all()
    assert (taken.challenger_ms >= 3).all()
    assert quick.runs == slow.runs


def test_no_frame_gives_no_latency(tmp_path: Path) -> None:
    """Nothing is made up where nothing was measured."""
    dataset = Dataset.open(examples_dataset.write(tmp_path, {"test": 1}))
    taken = timed(detector(Sleeper(0)), detector(Sleeper(0)), dataset, [])
    assert (len(taken.champion_ms), len(taken.challenger_ms)) == (0, 0)
