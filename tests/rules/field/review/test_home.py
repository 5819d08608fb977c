"""Answers on their way home: what is kept bit for bit, what is refused, what is told of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from detection.errors import LabelsError
from detection.rules.field.review import home, labels
from detection.rules.field.review.session import Answer, Box, shares
from detection.rules.spec.labels import Source
from tests import examples_review as examples
from tests.examples_review import CLASSES, HEIGHT, NOW, WIDTH, accepted, answers, as_proposed, drawn, queue, session

FIELD = Source(id="field", licence="own", consent="not-needed", retain_until=None)


def fixed(number: int, *boxes: Box) -> Answer:
    return Answer(examples.item(number).frame, "fix", NOW, boxes)


def test_untouched_boxes_of_200_frames_come_home_to_the_last_bit() -> None:
    """Of each frame one box is edited, deleted or added; whatever nobody touched is the device's own box."""
    made = session(queue(200))
    given = []
    for number, one in enumerate(made.items):
        first, second = as_proposed(one)
        edited = replace(first, place=(0.1, 0.1, 0.2, 0.2))
        extra = Box("tube", (0.5, 0.5, 0.25, 0.125), None)
        boxes = [(first, second), (edited, second), (second,), (first, second, extra)][number % 4]
        given.append(Answer(one.frame, "accept" if number % 4 == 0 else "fix", NOW, boxes))
    brought = home.bring(made, answers(made, *given), partial=False).brought
    for number, came in enumerate(brought):
        expected = np.array([[p.x1, p.y1, p.x2, p.y2] for p in came.item.predictions[:2]], np.float32)
        kept = [n for n, origin in enumerate(came.origins) if origin == "kept"]
        untouched = [expected, expected[1:], expected[1:], expected][number % 4]
        assert came.corners[kept].tobytes() == untouched.tobytes()
    assert [one.origins for one in brought[:4]] == [
        ("kept", "kept"), ("changed", "kept"), ("kept",), ("kept", "kept", "added")
    ]  # fmt: skip
    assert [one.removed for one in brought[:4]] == [0, 0, 1, 0]


def test_the_unchanged_share_counts_proposals_that_were_not_blind() -> None:
    made = session(queue(3, controls=1))
    first, _ = as_proposed(made.items[1])
    given = answers(made, accepted(made.items[0]), fixed(1, first), accepted(made.items[2]))
    assert home.bring(made, given, partial=False).unchanged_share() == 3 / 4


def test_a_copy_of_a_proposal_is_a_box_that_was_added() -> None:
    made = session(queue(1))
    first, second = as_proposed(made.items[0])
    (one,) = home.bring(made, answers(made, fixed(0, first, second, first)), partial=False).brought
    assert one.origins == ("kept", "kept", "added")
    assert one.removed == 0


def test_a_rejected_frame_is_empty_and_an_unsure_one_does_not_come_home() -> None:
    made = session(queue(2))
    given = answers(
        made,
        Answer(made.items[0].frame, "reject", NOW, as_proposed(made.items[0])),
        Answer(made.items[1].frame, "unsure", NOW, as_proposed(made.items[1])),
    )
    brought = home.bring(made, given, partial=False)
    assert [(len(one.labels), one.removed) for one in brought.brought] == [(0, 2)]
    assert brought.unsure == (made.items[1],)
    tables = labels.labelled(made, brought, FIELD, ("lighting",))
    assert tables.assignments.frame.tolist() == [made.items[0].frame]
    assert len(tables.boxes) == 0


FAULTY = {
    "class": (examples.relabelled(Box("", (0.1, 0.1, 0.2, 0.2), None), "crate"), "class 'crate'"),
    "negative": (Box("box", (-1.0, 2.0, 9.0, -4.0), None), "expected 1 and more each way"),
    "outside": (Box("box", (0.9, 0.9, 0.2, 0.05), None), "pixels beyond the frame"),
    "zero": (Box("box", (0.1, 0.1, 0.0, 0.2), None), "0.00 x 48.00 pixels"),
    "no-place": (Box("box", (), None), "draw it again"),
    "nan": (Box("box", (float("nan"), 0.1, 0.2, 0.2), None), "draw it again"),
}


@pytest.mark.parametrize("kind", FAULTY)
def test_a_box_that_is_none_is_refused_with_its_place(kind: str) -> None:
    """FiftyOne stores any four numbers: what comes home is proven here."""
    box, told = FAULTY[kind]
    made = session(queue(1))
    with pytest.raises(LabelsError) as caught:
        home.bring(made, answers(made, fixed(0, box)), partial=False)
    assert f"frame {made.items[0].frame[:12]}, box 1:" in str(caught.value)
    assert told in str(caught.value)


def test_half_a_pixel_beyond_the_border_is_cut_off() -> None:
    made = session(queue(1))
    box = Box("box", (0.5, 0.5, 0.5 + 0.4 / WIDTH, 0.5 + 0.4 / HEIGHT), None)
    (one,) = home.bring(made, answers(made, fixed(0, box)), partial=False).brought
    assert one.corners.tolist() == [[WIDTH / 2, HEIGHT / 2, WIDTH, HEIGHT]]


def test_all_faults_of_a_session_are_named_together() -> None:
    made = session(queue(5))
    strange = Answer("f" * 64, "accept", NOW, ())
    given = answers(
        made,
        Answer(made.items[0].frame, "", None, as_proposed(made.items[0])[:1]),
        Answer(made.items[1].frame, "accept", NOW, as_proposed(made.items[1])[:1]),
        Answer(made.items[2].frame, "reject", NOW, drawn(made.items[2], 0)),
        Answer(made.items[3].frame, "accept", NOW, as_proposed(made.items[3])),
        Answer(made.items[3].frame, "accept", NOW, as_proposed(made.items[3])),
        strange,
    )
    with pytest.raises(LabelsError) as caught:
        home.bring(made, given, partial=False)
    told = "\n".join(caught.value.faults)
    for words in (
        "is not of this session", "stands 2 times", "its boxes were edited and nothing was decided",
        "accepted, and its boxes were edited", "rejected, and 1 box(es) were drawn", "was deleted from the data set",
    ):  # fmt: skip
        assert words in told


def test_frames_without_a_decision_stay_in_the_queue_if_that_is_asked_for() -> None:
    """A deleted sample is a frame without a decision: it is not lost, it stays in the queue."""
    made = session(queue(3))
    brought = home.bring(made, answers(made, accepted(made.items[1])), partial=True)
    assert [one.item for one in brought.brought] == [made.items[1]]
    assert brought.left == (made.items[0], made.items[2])


def test_answers_of_another_session_are_refused() -> None:
    made, other = session(queue(1)), session(queue(1), "reviewer-2")
    with pytest.raises(LabelsError, match="name the folder they belong to"):
        home.bring(made, answers(other), partial=False)


def test_the_ledger_says_who_decided_what() -> None:
    made = session(queue(3, controls=1))
    first, _ = as_proposed(made.items[1])
    given = answers(made, accepted(made.items[0]), fixed(1, first), accepted(made.items[2]))
    mixed = replace(made, mixed_in=(made.items[0].frame,))
    entries = labels.ledger(mixed, home.bring(mixed, given, partial=False))
    assert [(e.reason, e.decision, e.kept, e.added, e.removed, e.delivered) for e in entries] == [
        ("control", "accept", 0, 2, 0, False), ("low-margin", "fix", 1, 0, 1, True),
        ("out-of-domain", "accept", 2, 0, 0, True),
    ]  # fmt: skip
    assert {e.annotator for e in entries} == {"reviewer-1"}
    assert entries[1].decided_at == NOW.isoformat()


def test_shares_of_a_whole_frame_are_one() -> None:
    one = examples.item(0)
    whole = replace(one.predictions[0], x1=0.0, y1=0.0, x2=float(WIDTH), y2=float(HEIGHT))
    assert shares(whole, one) == (0.0, 0.0, 1.0, 1.0)
    assert set(CLASSES) >= {p.label for p in one.predictions}
