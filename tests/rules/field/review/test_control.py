"""The blind frames: when an annotator is believed."""

from __future__ import annotations

from pathlib import Path

import pytest

from detection.outside.documents import read_document
from detection.rules.field.review import control, home
from detection.rules.field.review.control import Control
from detection.rules.field.review.session import Answer
from detection.rules.spec.spec import Spec
from tests.examples_review import NOW, accepted, answers, drawn, known, queue, session

ASKED = read_document(Spec, Path("specs/spec.yaml")).review.model_copy(
    update={"agreement_floor": 0.8, "agreement_iou": 0.5, "control_minimum": 2}
)


def compared(*places: tuple[int, ...]) -> Control:
    """Two blind frames, each answered with two boxes, against an expert who found those at ``places``."""
    made = session(queue(3, controls=2))
    brought = home.bring(made, answers(made), partial=False).brought
    return control.compare(brought, [known(made.items[n], *found) for n, found in enumerate(places)], 0.5)


def test_the_same_boxes_agree_wholly() -> None:
    assert compared((0, 1), (0, 1)) == Control(2, 4, 4, 4, 1.0)
    assert control.refusal(compared((0, 1), (0, 1)), ASKED) == ""


def test_agreement_is_the_f1_of_matched_boxes() -> None:
    """Four boxes against three, two of one frame and one that nobody else drew: 2 x 2 / 7."""
    found = compared((0, 1), (2,))
    assert (found.frames, found.boxes, found.others, found.matched) == (2, 4, 3, 2)
    assert found.f1 == pytest.approx(4 / 7)
    assert "F1 0.571 (needs 0.8)" in control.refusal(found, ASKED)


def test_a_box_of_another_class_does_not_match() -> None:
    made = session(queue(1, controls=1))
    box = drawn(made.items[0], 0)[0]
    given = Answer(made.items[0].frame, "accept", NOW, (type(box)("polybag", box.place, None),))
    brought = home.bring(made, answers(made, given), partial=False).brought
    assert control.compare(brought, [known(made.items[0], 0)], 0.5).matched == 0


def test_frames_that_are_not_blind_are_no_evidence() -> None:
    made = session(queue(2))
    brought = home.bring(made, answers(made), partial=False).brought
    found = control.compare(brought, [known(one, 0, 1) for one in made.items], 0.5)
    assert found == Control(0, 0, 0, 0, None)
    assert "0 blind frames can be compared" in control.refusal(found, ASKED)


def test_two_who_find_nothing_give_no_figure() -> None:
    """An annotator who accepts every empty frame without a look must not pass."""
    made = session(queue(2, controls=2))
    given = [Answer(one.frame, "accept", NOW, ()) for one in made.items]
    brought = home.bring(made, answers(made, *given), partial=False).brought
    found = control.compare(brought, [known(one) for one in made.items], 0.5)
    assert found.f1 is None
    assert "cannot be measured" in control.refusal(found, ASKED)


def test_too_few_blind_frames_refuse_whatever_they_say() -> None:
    made = session(queue(2, controls=1))
    brought = home.bring(made, answers(made, *map(accepted, made.items)), partial=False).brought
    found = control.compare(brought, [known(made.items[0], 0, 1)], 0.5)
    assert "(needs 2)" in control.refusal(found, ASKED)
