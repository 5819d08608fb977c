"""Answers as numbers."""

from __future__ import annotations

import numpy as np

from detection.rules.labels.agreement.gathering.answers import Names, against_expert, arranged, between_annotators
from detection.rules.labels.intake.arrivals import strings
from tests.examples_labels import Box, collected, said

A: Box = ("box", 0, 0, 10, 10)
TUBE: Box = ("tube", 1, 1, 9, 9)


def test_rows_follow_frame_then_annotator_and_boxes_their_answer() -> None:
    """Also when the tables come in another order."""
    made = collected((said("b", A, TUBE), said("a")), (said("b", TUBE),))
    order = np.array([2, 0, 1])
    boxes = made.boxes.take(order)
    shaken = arranged(boxes, made.assignments.take(order))
    whose = [
        (shaken.frames.names[f], shaken.annotators.names[a])
        for f, a in zip(shaken.frame, shaken.annotator, strict=True)
    ]
    assert whose == list(zip(made.assignments.frame, made.assignments.annotator, strict=True))
    assert boxes.label[shaken.row].tolist() == made.boxes.label.tolist()
    assert np.diff(shaken.starts).tolist() == [np.count_nonzero(shaken.answer == n) for n in range(3)]


def test_couples_are_within_a_frame_and_without_the_expert() -> None:
    """Three and an expert make three couples, and three with the expert."""
    frame = (*(said(f"ann-{n}") for n in range(3)), said("verified", verified=True))
    made = collected(frame, (said("ann-1"),))
    answers = arranged(made.boxes, made.assignments)
    assert len(between_annotators(answers)) == len(against_expert(answers)) == 3
    assert answers.verified[against_expert(answers).second].all()


def test_two_answers_of_one_annotator_to_one_frame_are_one() -> None:
    """Somebody was asked twice."""
    made = collected((said("ann-1", A),))
    twice = made.assignments.take(np.array([0, 0]))
    assert len(arranged(made.boxes, twice)) == 1


def test_unknown_names_have_no_code() -> None:
    """-1, which no name has."""
    assert Names(("a", "b")).codes(strings(["b", "c", "a"])).tolist() == [1, -1, 0]
