"""One annotator, one answer; two people under one name are found out."""

from __future__ import annotations

from detection.rules.labels.intake.answers import one_each, same, together
from tests.examples_labels import said

BOX = ("box", 1.0, 1.0, 9.0, 9.0)
OTHER = ("box", 2.0, 2.0, 9.0, 9.0)
UNKNOWN = ("box", float("nan"), 2.0, 9.0, 9.0)


def test_different_people_are_different_opinions() -> None:
    """Also where they say the same."""
    assert len(one_each("a.jpg", [said("ann-1", BOX), said("ann-2", BOX)]).answers) == 2
    assert one_each("a.jpg", []).answers == ()


def test_an_answer_given_twice_counts_once_and_is_listed() -> None:
    """Even one with a NaN in it."""
    told = one_each("a.jpg", [said("ann-1", UNKNOWN), said("ann-1", UNKNOWN)])
    assert [answer.annotator for answer in told.answers] == ["ann-1"]
    assert [(r.name, r.finding) for r in told.rejected] == [("a.jpg", "duplicate-answer")]


def test_two_people_under_one_name_are_nobody() -> None:
    """Keeping either would measure agreement between strangers."""
    told = one_each("a.jpg", [said("ann-1", BOX), said("ann-2", BOX), said("ann-1", OTHER)])
    assert [answer.annotator for answer in told.answers] == ["ann-2"]
    assert [(r.finding, r.reason[:32]) for r in told.rejected] == [
        ("ambiguous-annotator", "ann-1 gives 2 different answers;")
    ]


def test_a_second_arrival_adds_opinions_and_replaces_none() -> None:
    """The first answer of a person stands."""
    first, second = said("ann-1", BOX), said("ann-1", OTHER)
    made = together([first], [second, said("ann-2")])
    assert [answer.annotator for answer in made] == ["ann-1", "ann-2"]
    assert same(made[0], first)
    assert not same(first, second)
    assert not same(first, said("ann-1", BOX, BOX))
