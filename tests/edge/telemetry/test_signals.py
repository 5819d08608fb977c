"""What is watched of a frame."""

from __future__ import annotations

import numpy as np
import pytest

from detection.edge.boxes import Detections, nothing
from detection.edge.telemetry import signals
from detection.edge.telemetry.signals import SIGNALS, signals_of
from tests.examples_bundles import EDGES, colour_detector, picture


def test_brightness_is_the_mean_grey() -> None:
    image = np.zeros((10, 20, 3), np.uint8)
    image[:, :10] = 200
    assert signals_of(image, nothing()).brightness == pytest.approx([100])
    green = np.zeros((4, 4, 3), np.uint8)
    green[..., 1] = 100
    assert signals_of(green, nothing()).brightness == pytest.approx([58.7])


def test_a_frame_without_detections_counts_as_none_in_its_own_bin() -> None:
    tally = signals.nothing(EDGES).add(signals_of(picture(0), nothing()))
    assert tally.signals["best_score"].counts[-1] == 1
    assert tally.signals["score"].counts.sum() == 0


def test_scores_below_the_thresholds_are_watched_too() -> None:
    scores = np.array([0.9, 0.3], np.float32)
    found = Detections.uncalibrated(np.zeros((2, 4), np.float32), np.zeros(2, np.int64), scores)
    values = signals_of(picture(0), found)
    assert values.score.tolist() == pytest.approx([0.9, 0.3])
    assert values.best_score.tolist() == pytest.approx([0.9])


def test_tallies_of_parts_merge_to_the_tally_of_all() -> None:
    detector = colour_detector()
    values = [signals_of(picture(seed), detector.detect(picture(seed))) for seed in range(4)]
    whole, left, right = (signals.nothing(EDGES) for _ in range(3))
    for number, value in enumerate(values):
        whole = whole.add(value)
        left, right = (left.add(value), right) if number < 2 else (left, right.add(value))
    merged = left.merge(right)
    assert merged.frames == whole.frames == 4
    for name in SIGNALS:
        assert np.array_equal(merged.signals[name].counts, whole.signals[name].counts)
