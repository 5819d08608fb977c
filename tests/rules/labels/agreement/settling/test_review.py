"""What people should look at again."""

from __future__ import annotations

from detection.rules.labels.agreement.settling import consensus, review
from detection.rules.labels.agreement.settling.reliability import hear
from detection.rules.labels.agreement.sheet import Review
from detection.rules.labels.intake.arrivals import Answer
from tests.examples_labels import Box, collected, said

A: Box = ("box", 0, 0, 10, 10)
FAR: Box = ("box", 30, 30, 40, 40)


def _disputed(*frames: tuple[Answer, ...]) -> Review:
    made = collected(*frames)
    heard = hear(made.boxes, made.assignments, 0.5)
    return review.disputed(heard, consensus.settle(heard), 0.5)


def test_full_agreement_needs_no_review() -> None:
    """Nor do an only annotator's boxes, which nobody contradicts."""
    assert len(_disputed((said("ann-1", A), said("ann-2", A)), (said("ann-1", FAR),))) == 0


def test_what_half_did_not_see_is_worst() -> None:
    """An even split is 1, one against two is 2/3; kept or not is told."""
    listed = _disputed((said("ann-1", A), said("ann-2")), (said("ann-1", A), said("ann-2", A), said("ann-3", A, FAR)))
    assert listed.reason.tolist() == ["presence", "presence"]
    assert listed.score[0] == 1
    assert 0.6 < listed.score[1] < 0.75
    assert (listed.kept.tolist(), listed.corners.tolist()) == ([True, False], [list(A[1:]), list(FAR[1:])])


def test_a_confused_class_is_told_from_a_missing_box() -> None:
    """Another question for another meeting."""
    listed = _disputed((said("ann-1", A), said("ann-2", ("tube", *A[1:]))))
    assert (listed.reason.tolist(), listed.label.tolist(), listed.score.tolist()) == (["class"], ["box"], [1.0])


def test_boxes_that_hardly_match_are_listed_with_how_far_they_lie() -> None:
    """[0, 10] and [3, 13]: their mean overlaps each by 8.5 / 11.5; below 3/4, half way from 0.5 to 1."""
    listed = _disputed((said("ann-1", A), said("ann-2", ("box", 3, 0, 13, 10))))
    assert (listed.reason.tolist(), listed.score.round(6).tolist()) == (["position"], [round(1 - 8.5 / 11.5, 6)])
    assert len(_disputed((said("ann-1", A), said("ann-2", ("box", 1, 0, 11, 10))))) == 0


def test_verified_frames_are_settled() -> None:
    """The expert has looked."""
    assert len(_disputed((said("ann-1", A), said("ann-2"), said("verified", A, verified=True)))) == 0


def test_of_equals_the_frame_with_most_to_look_at_is_first() -> None:
    """A person opens a frame once."""
    listed = _disputed((said("ann-1", A), said("ann-2")), (said("ann-1", A, FAR), said("ann-2")))
    assert listed.frame[0] == listed.frame[1] != listed.frame[2]
