"""Where and when a frame was taken, told from its file name by the patterns of params.yaml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import AfterValidator

from detection.rules.document import Document, Identifier
from detection.rules.labels.intake.arrivals import Context

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _one_group(pattern: str) -> str:
    try:
        groups = re.compile(pattern).groups
    except re.error as error:
        raise ValueError(f"is no regular expression ({error})") from error
    if groups != 1:
        raise ValueError(f"has {groups} groups in brackets; expected one, around the value")
    return pattern


NamePattern = Annotated[str, AfterValidator(_one_group)]
"""A regular expression searched in a file name; its one group is the value."""


class FromName(Document):
    """One value that a file name may hold."""

    pattern: NamePattern | None
    """Null takes the default for every file."""
    default: str
    """The value where the pattern is null or does not match; empty for unknown."""


class Patterns(Document):
    """How file names say where and when."""

    site: FromName
    camera: FromName
    scene: FromName
    captured_second: NamePattern | None
    """Seconds on the camera's own clock, which is taken to start in 1970: only differences mean something."""
    conditions: Mapping[Identifier, FromName]
    """Values of the spec's conditions."""


def context_of(name: str, patterns: Patterns) -> Context:
    """What a file name says; what it does not say is unknown."""
    return Context(
        site=_value(name, patterns.site),
        camera=_value(name, patterns.camera),
        scene=_value(name, patterns.scene),
        captured_at=_captured_at(name, patterns.captured_second),
        conditions={condition: _value(name, wanted) for condition, wanted in patterns.conditions.items()},
    )


def _value(name: str, wanted: FromName) -> str:
    found = re.search(wanted.pattern, name) if wanted.pattern is not None else None
    return wanted.default if found is None or found[1] is None else found[1]


def _captured_at(name: str, pattern: str | None) -> datetime | None:
    found = re.search(pattern, name) if pattern is not None else None
    if found is None or found[1] is None:
        return None
    try:
        return _EPOCH + timedelta(seconds=float(found[1]))
    except (ValueError, OverflowError):
        return None
