"""Annotators' names: ids of ours, two people never one, unless somebody says that they are."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detection.errors import SourceError
from detection.rules.labels.intake import annotators
from tests.examples_labels import said


@pytest.mark.parametrize(
    ("name", "made"),
    [("w001", "w001"), ("Jane Doe", "jane-doe"), ("j.d@x.org", "j-d-x-org"), ("Zoë", "zoe"), ("-a-", "a"), ("7", "7")],
)
def test_a_name_stays_or_is_plainly_written(name: str, made: str) -> None:
    assert annotators.slug(name) == made


@given(st.text(max_size=80))
def test_every_name_becomes_an_id(name: str) -> None:
    assert re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,63}", annotators.slug(name))


def test_names_without_a_latin_letter_stay_apart() -> None:
    assert annotators.slug("花子") != annotators.slug("太郎")


def test_two_people_under_one_id_are_refused_together() -> None:
    with pytest.raises(SourceError) as caught:
        annotators.ids(["Jo", "jo", "Al", "al", "x"], {})
    assert len(caught.value.faults) == 2


def test_somebody_may_say_that_two_accounts_are_one_person() -> None:
    assert annotators.ids(["Jo", "jo@x"], {"Jo": "jo", "jo@x": "jo"}) == {"Jo": "jo", "jo@x": "jo"}
    with pytest.raises(SourceError, match="'jo'"):
        annotators.ids(["Jo", "jo"], {"Jo": "jo"})


def test_the_expert_bears_the_experts_name() -> None:
    known = {"boss": "verified", "jo": "jo"}
    assert (annotators.signed(said("boss"), known).annotator, annotators.signed(said("boss"), known).verified) == (
        "verified",
        True,
    )
    assert annotators.signed(said("jo", verified=True), known).annotator == "verified"
    assert not annotators.signed(said("jo"), known).verified
