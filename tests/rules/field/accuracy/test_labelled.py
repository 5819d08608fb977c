"""Labels that came back, days late and in any order: joined by frame id, or refused."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from detection.errors import LabelsError
from detection.rules.field.accuracy.labelled import Boxes, Reviewed, joined

CLASSES = ("box", "tube", "crate")
HERE, THERE = (0, 0, 10, 10), (50, 50, 70, 70)


def reviewed(*frames: str) -> Reviewed:
    many = len(frames)
    camera, captured = np.full(many, "a", object), np.arange(many) * 3600
    return Reviewed(np.array(frames, object), camera, captured, np.ones(many, bool))


def boxes(*rows: tuple[str, int, Sequence[float]]) -> Boxes:
    corners = np.array([row[2] for row in rows], np.float64).reshape(-1, 4)
    frame, label = np.array([row[0] for row in rows], object), np.array([row[1] for row in rows], np.int64)
    return Boxes(frame, label, np.linspace(1, 0.5, len(rows)), corners)


def test_counts_stand_at_the_frame_they_belong_to() -> None:
    """Frames come in any order, detections of frames that nobody reviewed are passed over."""
    marked = boxes(("f2", 0, HERE), ("f2", 2, THERE), ("f1", 1, HERE))
    found = boxes(("f1", 1, HERE), ("f2", 0, HERE), ("f2", 1, THERE), ("elsewhere", 0, HERE))
    labels = joined(reviewed("f2", "f1", "f0"), marked, found, CLASSES)
    assert labels.correct.tolist() == [[1, 0, 0], [0, 1, 0], [0, 0, 0]]
    assert labels.detections.tolist() == [[1, 1, 0], [0, 1, 0], [0, 0, 0]]
    assert labels.truths.tolist() == [[1, 0, 1], [0, 1, 0], [0, 0, 0]]
    assert labels.right("precision", "every").sum(axis=0).tolist() == [2, 3]
    assert labels.right("recall", "crate").sum(axis=0).tolist() == [0, 1]


def test_a_frame_with_nothing_on_it_is_evidence_too() -> None:
    """A detection there is wrong."""
    labels = joined(reviewed("f1"), boxes(), boxes(("f1", 0, HERE)), CLASSES)
    assert labels.right("precision", "every").tolist() == [[0, 1]]


def test_no_frame_gives_no_row() -> None:
    assert len(joined(reviewed(), boxes(), boxes(("f1", 0, HERE)), CLASSES)) == 0


@pytest.mark.parametrize(
    ("frames", "marked", "words"),
    [
        pytest.param(("f1", "f1"), boxes(), "reviewed twice", id="reviewed twice"),
        pytest.param(("f1",), boxes(("f9", 0, HERE)), "f9 is marked but not among the 1 reviewed", id="foreign frame"),
        pytest.param(("f1",), boxes(("f1", 0, (0, 0, np.nan, 1))), "object", id="a box that is none"),
    ],
)
def test_labels_that_cannot_be_are_refused(frames: tuple[str, ...], marked: Boxes, words: str) -> None:
    with pytest.raises(LabelsError, match=words):
        joined(reviewed(*frames), marked, boxes(), CLASSES)
