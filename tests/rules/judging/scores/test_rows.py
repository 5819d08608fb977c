"""Counts beside every share, at the cut that ships; classes without truth are not forgotten."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from detection.outside import documents
from detection.rules.judging.intervals import Interval, PrecisionIntervals
from detection.rules.judging.matching import OVERLAPS, Predictions, Truth, match
from detection.rules.judging.scores.rows import Place, ScoreSheet, above, score_rows, with_intervals
from tests.examples_judging import Shape, sample

PLACE = Place("fp32", "test", "all")
LABELS = ("box", "tube")


def boxes(*left: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.array([[x, 0, x + 10, 10] for x in left], np.float64).reshape(-1, 4)


def test_a_class_without_truth_still_counts_its_false_detections() -> None:
    """Trainers drop such a class from their tables, and its false alarms with it."""
    truth = Truth(np.zeros(1, np.int64), np.zeros(1, np.int64), boxes(0))
    found = Predictions(np.zeros(3, np.int64), np.array([0, 1, 1]), np.array([0.9, 0.8, 0.7]), boxes(0, 20, 40))
    every, box, tube = score_rows(PLACE, match(truth, found), 1, np.array([0.5, 0.5]), LABELS)
    assert (tube.truths, tube.detections, tube.correct) == (0, 2, 0)
    assert (tube.ap50, tube.precision, tube.recall) == (None, 0.0, None)
    assert (box.precision, box.recall) == (1.0, 1.0)
    assert every.precision == pytest.approx(1 / 3)
    assert every.ap50 == 1.0


def test_a_detection_at_the_cut_is_kept_and_below_it_is_not() -> None:
    truth = Truth(np.zeros(2, np.int64), np.zeros(2, np.int64), boxes(0, 20))
    found = Predictions(np.zeros(2, np.int64), np.zeros(2, np.int64), np.array([0.5, 0.49]), boxes(0, 20))
    every, box = score_rows(PLACE, match(truth, found), 1, np.array([0.5]), ("box",))
    assert (box.detections, box.correct, box.truths) == (1, 1, 2)
    assert box.threshold == 0.5
    assert every.threshold is None
    assert box.f1 == pytest.approx(2 / 3)


def test_cutting_after_matching_is_matching_what_is_left() -> None:
    made = sample(Shape(frames=10, classes=2, truths=60, detections=400), seed=4)
    cuts = np.array([0.3, 0.7])
    late = match(made.truth, made.predictions)
    early = match(made.truth, made.predictions.take(made.predictions.score >= cuts[made.predictions.label]))
    assert np.array_equal(late.partner[above(late, cuts)], early.partner)


def test_nothing_has_no_shares_rather_than_none_right() -> None:
    nothing = match(
        Truth(np.zeros(0, np.int64), np.zeros(0, np.int64), boxes()),
        Predictions(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0), boxes()),
        OVERLAPS,
    )
    for row in score_rows(PLACE, nothing, 4, np.array([0.5, 0.5]), LABELS):
        assert (row.precision, row.recall, row.f1, row.ap50, row.ap50_95) == (None,) * 5
        assert (row.frames, row.truths, row.detections) == (4, 0, 0)


def test_the_sheet_is_the_same_after_writing_and_reading(tmp_path: Path) -> None:
    made = sample(Shape(frames=10, classes=2, truths=60, detections=400), seed=5)
    every, *rest = score_rows(PLACE, match(made.truth, made.predictions), 10, np.array([0.3, 0.7]), LABELS)
    interval = Interval(0.1, 0.2, 0.95, 7)
    sheet = ScoreSheet((with_intervals(every, PrecisionIntervals(interval, None)), *rest), 200, 0, {"fp32": "ab"})
    documents.write_value(tmp_path / "scores.json", sheet)
    assert documents.read_value(ScoreSheet, tmp_path / "scores.json") == sheet
    found = sheet.row("fp32", "test")
    assert found is not None
    assert found.ap50_interval == interval
    assert sheet.row("fp32", "golden") is None
