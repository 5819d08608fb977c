"""The same picture with other labels is a contradiction in the data."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from detection.rules.labels.findings import image_faults, near_identical
from detection.rules.labels.findings.drawn import drawn
from detection.rules.labels.findings.finding import Finding
from detection.rules.labels.intake.arrivals import Answer
from tests.examples_findings import measured
from tests.examples_labels import SPEC, Box, collected, said

ONE: Box = ("box", 2, 2, 22, 22)
NEAR: Box = ("box", 3, 2, 23, 22)
FAR: Box = ("box", 30, 20, 50, 40)


def _found(answers: Sequence[Sequence[Answer]], hashes: Sequence[int], bits: int = 2) -> list[Finding]:
    """Frame ``n`` has the name ``n``, its answers and its hash."""
    made = collected(*answers)
    by_name = [hashes[int(name)] for name in made.frames.name]
    looked = image_faults.looked(made.frames, measured(made.frames, hash=by_name))
    return near_identical.check(looked, drawn(made), made.assignments, bits, SPEC.labelling)


def test_the_same_picture_with_the_same_labels_is_fine() -> None:
    """To within the IoU at which annotators agree."""
    assert _found([[said("a", ONE, FAR)], [said("a", FAR, NEAR)]], [0b1, 0b10]) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param([ONE], [ONE, FAR], id="one more"),
        pytest.param([ONE], [("tube", *ONE[1:])], id="another class"),
        pytest.param([ONE], [FAR], id="another place"),
        pytest.param([ONE], [], id="none"),
    ],
)
def test_the_same_picture_with_other_labels_is_told(one: list[Box], other: list[Box]) -> None:
    [found] = _found([[said("a", *one)], [said("a", *other)]], [0, 0b11])
    assert found.finding == "near-identical"
    assert {found.name, found.detail.split("picture as ")[1][0]} == {"0", "1"}
    assert "(2 bits apart)" in found.detail
    assert found.other


def test_another_picture_may_have_other_labels() -> None:
    assert _found([[said("a", ONE)], [said("a", FAR)]], [0, 0b111]) == []


def test_answers_of_one_annotator_are_compared_and_not_those_of_two() -> None:
    """Two people differ anyway: that is what agreement measures."""
    assert _found([[said("a", FAR), said("b", ONE)], [said("b", ONE), said("c", FAR)]], [0, 0]) == []


def test_the_expert_is_compared_where_there_is_one() -> None:
    expert = said("verified", FAR, verified=True)
    assert len(_found([[said("a", ONE), expert], [said("a", ONE)]], [0, 0])) == 1
    assert _found([[said("a", ONE), expert], [said("a", FAR)]], [0, 0]) == []


def test_frames_at_which_nobody_looked_are_passed_over() -> None:
    assert _found([[said("a", ONE)], []], [0, 0]) == []


def test_in_a_chain_the_one_that_differs_is_found() -> None:
    answers = [[said("a", ONE)], [said("a", ONE)], [said("a", FAR)], [said("a", ONE)]]
    found = _found(answers, [0, 0, 0, 0])
    assert found
    assert all("2" in (f.name, f.detail.split("picture as ")[1][0]) for f in found)
