"""Counts beside every share, at the cut that ships; classes without truth are not forgotten."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from detection.outside import documents
from detection.rules.judging.intervals import draw_groups
from detection.rules.judging.matching import Predictions, Truth, match
from detection.rules.judging.scores.rows import Pair, Place, ScoreRow, ScoreSheet, score_rows
from detection.rules.judging.scores.sheet import tally
from detection.rules.judging.scores.tallies import Ground
from tests.examples_judging import Shape, sample
from tests.examples_scores import judge, judged, objects, said, scorer

LABELS = ("box", "tube")
CUTS = np.array([0.5, 0.5])


def rows(truth: Truth, predictions: Predictions, frames: int = 4) -> list[ScoreRow]:
    """Rows of so many frames, each a group of its own."""
    ground = Ground(np.arange(frames), frames, len(LABELS))
    one = judge(truth, predictions, CUTS)
    pair = Pair(tally(one, one.matches, ground), draw_groups(frames, 50, 0), 0.95)
    return list(score_rows(Place("fp32", "test", "all", frames), pair, LABELS, CUTS))


def test_a_class_without_truth_still_counts_its_false_detections() -> None:
    """Trainers drop such a class from their tables, and its false alarms with it."""
    every, box, tube = rows(objects((0, 0, 0)), said((0, 0, 0, 0.9), (0, 1, 20, 0.8), (0, 1, 40, 0.7)))
    assert (tube.truths, tube.detections, tube.correct) == (0, 2, 0)
    assert (tube.ap50, tube.precision, tube.recall) == (None, 0.0, None)
    assert (tube.background_frames, tube.background_detections, tube.false_per_background_frame) == (4, 2, 0.5)
    assert (box.precision, box.recall) == (1.0, 1.0)
    assert every.precision == pytest.approx(1 / 3)
    assert every.ap50 == 1.0


def test_false_detections_are_counted_in_frames_that_show_nothing() -> None:
    """For all classes a background frame shows no object at all; for one class none of that class."""
    truth = objects((0, 0, 0), (1, 1, 0))
    every, box, tube = rows(truth, said((0, 1, 50, 0.9), (2, 0, 50, 0.9), (3, 0, 50, 0.4)))
    assert (every.background_frames, every.background_detections) == (2, 1)
    assert (box.background_frames, box.background_detections) == (3, 1)
    assert (tube.background_frames, tube.background_detections) == (3, 1)


def test_a_detection_at_the_cut_is_kept_and_below_it_is_not() -> None:
    every, box, _ = rows(objects((0, 0, 0), (0, 0, 20)), said((0, 0, 0, 0.5), (0, 0, 20, 0.49)))
    assert (box.detections, box.correct, box.truths) == (1, 1, 2)
    assert box.threshold == 0.5
    assert every.threshold is None
    assert box.f1 == pytest.approx(2 / 3)


def test_cutting_after_matching_is_matching_what_is_left() -> None:
    made = sample(Shape(frames=10, classes=2, truths=60, detections=400), seed=4)
    cuts = np.array([0.3, 0.7])
    one = judge(made.truth, made.predictions, cuts)
    early = match(made.truth, made.predictions.take(made.predictions.score >= cuts[made.predictions.label]))
    assert np.array_equal(one.matches.partner[one.kept(one.matches)], early.partner)


def test_nothing_has_no_shares_rather_than_none_right() -> None:
    for row in rows(objects(), said()):
        assert (row.precision, row.recall, row.f1, row.ap50, row.ap50_95, row.average_recall) == (None,) * 6
        assert (row.frames, row.truths, row.detections) == (4, 0, 0)
        assert (row.background_frames, row.false_per_background_frame) == (4, 0.0)
        assert row.intervals.recall is None


def test_a_share_of_all_keeps_an_interval() -> None:
    """A bootstrap of twelve hits in twelve has no width; what it proves of the next camera is far from certain."""
    twelve = [(frame, 0, 20.0 * i) for frame in range(4) for i in range(3)]
    _, box, _ = rows(objects(*twelve), said(*((f, c, x, 0.9) for f, c, x in twelve)))
    assert box.recall == 1.0
    assert box.intervals.recall is not None
    assert 0.5 < box.intervals.recall.lower < 0.95
    assert box.intervals.recall.groups == 4


def test_the_sheet_is_the_same_after_writing_and_reading(tmp_path: Path) -> None:
    found = tuple(scorer().rows(judged()))
    sheet = ScoreSheet(found, 50, 0, {"fp32": "ab"}, {"golden": "cd"}, 0.5)
    documents.write_value(tmp_path / "scores.json", sheet)
    assert documents.read_value(ScoreSheet, tmp_path / "scores.json") == sheet
    row = sheet.row("fp32", "golden", "tube", "lighting=dusk")
    assert row is not None
    assert (row.label, row.slice) == ("tube", "lighting=dusk")
    assert sheet.row("fp32", "challenge") is None
