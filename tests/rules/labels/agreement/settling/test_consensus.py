"""One set of labels per frame."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from detection.rules.labels.agreement.settling.consensus import Agreed, agree
from detection.rules.labels.intake.arrivals import Answer
from tests.examples_agreement import crowd
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
    """Also those in which nobody found anything: they teach too; one at which nobody looked does not."""
    made = collected((said("ann-1"), said("ann-2")), (said("ann-1", A), said("ann-2", A)), ())
    agreed = agree(made.boxes, made.assignments, 0.5)
    assert agreed.labelled.frame.tolist() == sorted(made.frames.id[made.frames.name != "2"])
    assert len(agreed.labels) == 1


def test_nobody_settles_nothing() -> None:
    """An empty collection goes through."""
    agreed = _agreed()
    assert (len(agreed.labels), len(agreed.labelled)) == (0, 0)


def test_frames_with_uncounted_regions_are_not_learnt_from() -> None:
    """What they hold is not known box by box."""
    region = replace(said("ann-1", A), crowd=np.array([True]))
    made = collected((region, said("ann-2", FAR)), (said("ann-1", A),))
    agreed = agree(made.boxes, made.assignments, 0.5)
    assert (
        agreed.labelled.frame.tolist()
        == agreed.labels.frame.tolist()
        == made.frames.id[made.frames.name == "1"].tolist()
    )


def test_a_word_that_is_never_right_does_not_count_as_much() -> None:
    """Of two who differ, the one that experts found wrong in 30 frames is overruled; the other is not."""
    known = [(said("bad", FAR), said("good", A), said("verified", A, verified=True)) for _ in range(30)]
    for who, kept in (("bad", 0), ("good", 1)):
        last = (said("bad", *([A] if who == "bad" else [])), said("good", *([A] if who == "good" else [])))
        made = collected(*known, last)
        agreed = agree(made.boxes, made.assignments, 0.5)
        assert np.count_nonzero(~agreed.labels.verified) == kept


def test_flags_go_by_the_majority_of_those_who_drew() -> None:
    """Half is enough."""
    answers = [replace(said(f"ann-{n}", A), occluded=np.array([n < 1]), truncated=np.array([n < 2])) for n in range(3)]
    labels = _agreed(*answers).labels
    assert (labels.occluded.tolist(), labels.truncated.tolist()) == ([False], [True])


def test_labels_are_grouped_by_frame_in_its_order() -> None:
    """Later stages look frames up by bisection."""
    made = crowd(frames=40, annotators=3, boxes=5, seed=6)
    agreed = agree(made.boxes, made.assignments, 0.5)
    assert agreed.labels.frame.tolist() == sorted(agreed.labels.frame)
    assert set(agreed.labels.frame) <= set(agreed.labelled.frame)
