"""What is watched of a frame."""

from __future__ import annotations

import math

import numpy as np
import pytest

from detection.edge.boxes import Detections, nothing
from detection.edge.telemetry import signals
from detection.edge.telemetry.signals import FRAME_SIGNALS, names
from tests.examples_bundles import EDGES, colour_detector, picture, signals_of
from tests.examples_models import CLASSES


def found(*scores: float, box: tuple[float, ...] = (0, 0, 40, 10)) -> Detections:
    boxes = np.tile(np.array(box, np.float32), (len(scores), 1))
    return Detections.uncalibrated(boxes, np.arange(len(scores)) % 3, np.array(scores, np.float32))


def test_every_class_has_a_signal_of_its_own_in_the_order_of_the_document() -> None:
    assert names(("b", "a"))[len(FRAME_SIGNALS) :] == ("score/b", "score/a", "box_size", "box_aspect")
    assert signals.classes_of(dict.fromkeys(names(("b", "a")))) == ("b", "a")


def test_a_frame_without_detections_counts_as_none_in_its_own_bin() -> None:
    tally = signals.nothing(EDGES).add([signals_of(picture(0), nothing())])
    assert tally.signals["best_score"].counts[-1] == 1
    assert tally.signals["detections"].counts[0] == 1
    assert all(tally.signals[f"score/{name}"].counts.sum() == 0 for name in CLASSES)
    assert tally.signals["box_size"].counts.sum() == 0


def test_scores_below_the_thresholds_are_watched_too_and_boxes_with_them() -> None:
    tally = signals.nothing(EDGES).add([signals_of(picture(0), found(0.9, 0.2))])
    assert tally.signals["best_score"].counts.tolist() == [0, 0, 0, 1, 0]
    assert tally.signals["detections"].counts.tolist() == [0, 1, 0, 0, 0]
    assert tally.signals["score/red"].counts.tolist() == [0, 0, 0, 1, 0]
    assert tally.signals["score/green"].counts.tolist() == [1, 0, 0, 0, 0]
    side = math.sqrt(400 / 4800)
    assert 0.1 < side <= 0.3
    assert tally.signals["box_size"].counts.tolist() == [0, 2, 0, 0]
    assert tally.signals["box_aspect"].counts.tolist() == [0, 0, 0, 2, 0]


def test_a_flat_box_has_no_shape() -> None:
    tally = signals.nothing(EDGES).add([signals_of(picture(0), found(0.9, box=(5, 5, 5, 9)))])
    assert tally.signals["box_aspect"].counts.tolist() == [0, 0, 0, 0, 1]
    assert tally.signals["box_size"].counts.tolist() == [1, 0, 0, 0]


def test_a_view_that_nobody_knows_is_none() -> None:
    assert signals.nothing(EDGES).add([signals_of(picture(0), nothing())]).signals["view"].counts[-1] == 1


@pytest.mark.parametrize("batch", [1, 2, 4])
def test_frames_counted_in_batches_are_the_frames_counted_one_by_one(batch: int) -> None:
    detector = colour_detector()
    values = [signals_of(picture(seed), detector.detect(picture(seed))) for seed in range(4)]
    whole, parts = signals.nothing(EDGES).add(values), signals.nothing(EDGES)
    for begin in range(0, 4, batch):
        parts = parts.merge(signals.nothing(EDGES).add(values[begin : begin + batch]))
    assert parts.frames == whole.frames == 4
    for name in EDGES:
        assert np.array_equal(parts.signals[name].counts, whole.signals[name].counts)
