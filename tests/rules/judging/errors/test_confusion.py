"""The confusion matrix adds up: to the objects, and to the detections shown."""

from __future__ import annotations

import numpy as np

from detection.rules.judging.errors.confusion import BACKGROUND, Confusion, confusion
from detection.rules.judging.errors.rows import examined
from tests.examples_errors import every_kind, predictions, truth
from tests.examples_judging import Shape, sample

LABELS = ("box", "tube")


def test_what_is_there_is_set_against_what_is_said() -> None:
    """Of boxes: one right, one called tube, five found by nothing. Four detections stand for nothing that was free."""
    cells = confusion(every_kind(), np.ones(8, bool), LABELS)
    table = Confusion("fp32", "test", "all", (*LABELS, BACKGROUND), cells)
    assert cells == ((1, 1, 4), (0, 1, 0), (3, 1, 0))
    assert table.count("box", "tube") == 1


def test_rows_add_up_to_objects_and_columns_to_detections() -> None:
    made = sample(Shape(frames=30, classes=3, truths=200, detections=600), seed=3)
    kept = made.predictions.score > 0.6
    cells = np.array(confusion(examined("x", made.truth, made.predictions, kept, 0.5), np.ones(30, bool), "abc"))
    assert cells.sum(axis=1)[:3].tolist() == np.bincount(made.truth.label, minlength=3).tolist()
    assert cells.sum(axis=0)[:3].tolist() == np.bincount(made.predictions.label[kept], minlength=3).tolist()


def test_nothing_is_confused_with_nothing() -> None:
    one = examined("x", truth(), predictions(), np.zeros(0, bool), 0.5)
    assert confusion(one, np.zeros(0, bool), LABELS) == ((0, 0, 0), (0, 0, 0), (0, 0, 0))
