"""Annotators held against the expert and against each other."""

from __future__ import annotations

import numpy as np
import pytest

from detection.rules.labels.agreement.settling.others import Tally
from detection.rules.labels.agreement.settling.reliability import Heard, hear
from detection.rules.labels.intake.arrivals import Answer
from tests.examples_agreement import crowd
from tests.examples_labels import Box, collected, said

A: Box = ("box", 0, 0, 10, 10)
B: Box = ("box", 20, 20, 30, 30)
FAR: Box = ("box", 40, 0, 50, 10)


def _heard(*frames: tuple[Answer, ...]) -> Heard:
    made = collected(*frames)
    return hear(made.boxes, made.assignments, 0.5)


def _counts(tally: Tally) -> list[list[float]]:
    return [tally.found.tolist(), tally.drawn.tolist(), tally.there.tolist()]


def test_against_the_expert_hits_false_alarms_and_misses_are_counted() -> None:
    """One of two found, one invented."""
    heard = _heard((said("ann-1", A, FAR), said("verified", A, B, verified=True)))
    assert _counts(heard.reliability.verified) == [[1], [2], [2]]
    assert heard.reliability.verified.overlap.tolist() == [1]


def test_against_the_others_an_object_is_what_enough_of_them_drew() -> None:
    """Of three, each is held against two, of whom one is enough; one's own box proves nothing."""
    heard = _heard((said("ann-1", A), said("ann-2", A), said("ann-3", FAR)))
    assert _counts(heard.reliability.consensus) == [[1, 1, 0], [1, 1, 1], [2, 2, 1]]


def test_another_class_than_the_others_say_is_not_found() -> None:
    """A confusion is an error in both."""
    heard = _heard((said("ann-1", ("tube", *A[1:])), said("ann-2", A), said("ann-3", A)))
    assert heard.reliability.consensus.found.tolist() == [0, 1, 1]


def test_a_box_far_off_what_the_others_mean_is_not_found() -> None:
    """It joined the object by one box, and lies off the mean of both."""
    heard = _heard((said("ann-1", A), said("ann-2", ("box", 3, 0, 13, 10)), said("ann-3", ("box", 6, 0, 16, 10))))
    assert heard.reliability.consensus.found.tolist() == [0, 1, 0]


def test_who_was_alone_is_not_judged_and_weighs_like_everybody() -> None:
    """Nothing is known of them."""
    heard = _heard((said("ann-1", A),), (said("ann-2", A), said("ann-3", A)))
    assert len(heard.reliability.consensus.answer) == 2
    assert heard.reliability.weight.tolist() == [1, 1, 1]
    assert _heard((said("only", A),)).reliability.weight.tolist() == [1]


def test_two_alone_weigh_the_same() -> None:
    """What one missed, the other may have invented: nobody can tell."""
    made = crowd(frames=30, annotators=2, boxes=5, seed=7)
    weight = hear(made.boxes, made.assignments, 0.5).reliability.weight
    assert weight[0] == pytest.approx(weight[1])


def test_who_errs_more_weighs_less() -> None:
    """Three who agree, and one who invents; a few frames condemn nobody."""
    frames = [(*(said(f"ann-{n}", A, B) for n in range(3)), said("wild", FAR)) for _ in range(20)]
    few, many = (_heard(*frames[:n]).reliability.weight for n in (1, 20))
    assert many[3] < few[3] < few[0]
    assert many[3] < 0.25
    assert np.ptp(many[:3]) < 1e-9
