"""One set of labels per frame."""

from __future__ import annotations

import pytest

from detection.rules.labels.agreement.consensus import Agreed, agree
from detection.rules.labels.intake.arrivals import Answer
from tests.examples_labels import Box, collected, said

A: Box = ("box", 0, 0, 10, 10)
SHIFTED: Box = ("box", 2, 0, 12, 10)
FAR: Box = ("box", 30, 30, 40, 40)


def _agreed(*answers: Answer) -> Agreed:
    made = collected(answers)
    return agree(made.boxes, made.assignments, 0.5)


def test_corners_are_the_mean_of_those_who_drew() -> None:
    """Errors of hand average out."""
    agreed = _agreed(said("ann-1", A), said("ann-2", SHIFTED))
    assert agreed.labels.corners.tolist() == [[1, 0, 11, 10]]
    assert (agreed.labels.annotator.tolist(), agreed.labelled.verified.tolist()) == (["consensus"], [False])


def test_half_of_those_who_looked_suffice() -> None:
    """Of two annotators one is enough, for people overlook more than they invent; of three one is not."""
    assert len(_agreed(said("ann-1", A), said("ann-2")).labels) == 1
    assert len(_agreed(said("ann-1", A), said("ann-2"), said("ann-3")).labels) == 0
    assert len(_agreed(said("ann-1", A), said("ann-2", SHIFTED), said("ann-3", FAR)).labels) == 1


@pytest.mark.parametrize(("classes", "winner"), [(["tube", "box", "tube"], "tube"), (["tube", "box"], "box")])
def test_the_most_frequent_class_wins(classes: list[str], winner: str) -> None:
    """Boxes match whatever their class, else a confused class would become two objects; ties go by name."""
    answers = [said(f"ann-{n}", (label, *A[1:])) for n, label in enumerate(classes)]
    assert _agreed(*answers).labels.label.tolist() == [winner]


def test_the_expert_wins_over_any_majority() -> None:
    """That is what experts are asked for; an empty answer of theirs counts too."""
    agreed = _agreed(said("ann-1", A), said("ann-2", A), said("verified", FAR, verified=True))
    assert agreed.labels.corners.tolist() == [list(FAR[1:])]
    assert (agreed.labels.verified.tolist(), agreed.labels.annotator.tolist()) == ([True], ["verified"])
    empty = _agreed(said("ann-1", A), said("ann-2", A), said("verified", verified=True))
    assert (len(empty.labels), empty.labelled.verified.tolist()) == (0, [True])


def test_an_only_annotators_boxes_stand() -> None:
    """Public data sets have one."""
    agreed = _agreed(said("original", A, FAR))
    assert agreed.labels.corners.tolist() == [list(A[1:]), list(FAR[1:])]


def test_every_frame_somebody_looked_at_is_labelled_once() -> None:
    """Also those in which nobody found anything: they teach too."""
    made = collected((said("ann-1"), said("ann-2")), (said("ann-1", A), said("ann-2", A)))
    agreed = agree(made.boxes, made.assignments, 0.5)
    assert agreed.labelled.frame.tolist() == sorted(made.frames.id)
    assert len(agreed.labels) == 1
