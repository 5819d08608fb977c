"""The story's page: every year renders, also one in which nothing was shown."""

from __future__ import annotations

from dataclasses import replace

from detection.outside import html
from detection.rules.evidence import story
from detection.rules.field.story.chronicle import Chronicle, Happening, Told
from detection.rules.field.story.verdicts import verdicts
from tests.rules.field.story.test_verdicts import BEGIN, CONTROL, PLAN, SAME, alarm, year


def chronicle(told: Told) -> Chronicle:
    return Chronicle(0.79, told, CONTROL, SAME, verdicts(PLAN, 0.79, (told, CONTROL), SAME), {"the year": 300.0})


def test_the_page_says_what_was_shown_and_marks_it_on_the_lines() -> None:
    promoted = Happening(BEGIN, "promoted", "release 2 has reached all cameras")
    text = html.page(story.page(chronicle(year(alarm(12), promoted)), ()))
    assert "NOT SHOWN" not in text
    assert "A year in the warehouse" in text
    assert "true precision and recall" in text


def test_a_story_that_failed_says_so_and_what() -> None:
    text = html.page(story.page(chronicle(year()), ()))
    assert "NOT SHOWN" in text
    assert "no alarm" in text


def test_words_from_the_field_never_become_markup() -> None:
    """Camera names come from folders that anybody may make."""
    hostile = replace(alarm(3), words="<script>alert(1)</script> moved")
    assert "<script>alert" not in html.page(story.page(chronicle(year(hostile)), ()))


def test_a_year_without_weeks_is_a_page_too() -> None:
    empty = Told("year", (), ())
    assert "What happened" in html.page(story.page(chronicle(empty), ()))
