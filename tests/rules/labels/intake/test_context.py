"""File names say where and when, if asked well."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from detection.rules.labels.intake.context import FromName, Patterns, context_of

NOTHING = FromName(pattern=None, default="")
PLATES = Patterns(
    site=FromName(pattern=None, default="road"),
    camera=FromName(pattern=r"([^/]+)\.mp4#", default=""),
    scene=FromName(pattern=r"([^/]+)\.mp4#", default="none"),
    captured_second=r"#t=([\d.]+)\.jpg",
    conditions={"ride": FromName(pattern="type(1|2)", default="")},
)


def test_video_and_second_are_read_from_the_name() -> None:
    """A real name of a public data set."""
    context = context_of("train/images/dayride_type1_001.mp4#t=1054.jpg", PLATES)
    assert (context.site, context.camera, context.scene) == ("road", "dayride_type1_001", "dayride_type1_001")
    assert context.captured_at == datetime(1970, 1, 1, 0, 17, 34, tzinfo=UTC)
    assert context.conditions == {"ride": "1"}


@pytest.mark.parametrize("name", ["other.jpg", "a.mp4#t=9e999.jpg", "a.mp4#t=1.2.3.jpg"])
def test_what_a_name_does_not_say_is_unknown(name: str) -> None:
    """The default or nothing; never a guess."""
    context = context_of(name, PLATES)
    assert context.captured_at is None
    assert context.conditions == {"ride": ""}


@pytest.mark.parametrize("pattern", ["(", "no group", "(two)(groups)"])
def test_a_pattern_without_its_one_group_is_refused(pattern: str) -> None:
    """At the reading of params.yaml, not at the thousandth file."""
    with pytest.raises(ValidationError):
        FromName(pattern=pattern, default="")
