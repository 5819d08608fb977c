"""Where and when a frame was taken, told by file name, EXIF, a table beside the images, or fields of the label file.

A value has several places to come from; the first that is not empty counts.
"""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

from detection.rules.document import Document, Identifier


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


class Place(Document):
    """One place where a value may stand; exactly one key is given."""

    name: NamePattern | None = None
    """In the file's name."""
    exif: str | None = None
    """In the EXIF tag of this name, such as ``BodySerialNumber``."""
    column: str | None = None
    """In this column of the table beside the images."""
    field: str | None = None
    """In this field of the label file's image, such as COCO-CameraTrap's ``location``."""
    always: str | None = None
    """This value, whatever the frame."""


class Hours(Document):
    """A condition's value by the hour of the local clock: from the first hour on, before the second."""

    hours: Annotated[list[int], Field(min_length=2, max_length=2)]
    value: Identifier


class Moment(Place):
    """One place where the time of capture may stand.

    A text without an offset needs ``zone``: a clock without a time zone is refused, not guessed.
    """

    format: str | None = None
    """As strptime reads it; null takes ISO 8601 and EXIF's own form. ``seconds`` counts on the camera's own clock, which
    is taken to start in 1970: only differences mean something."""
    zone: str | None = None
    """IANA name such as ``Europe/Berlin``, or ``UTC``."""


class ConditionPlaces(Document):
    """Where a condition's value comes from: places first, then the hour."""

    places: list[Place] = []
    by_hour: list[Hours] = []
    zone: str | None = None
    """Whose hours; needed for ``by_hour``."""
    otherwise: Identifier | None = None
    """The value where an hour is known and no entry of ``by_hour`` holds it."""


class Table(Document):
    """A CSV beside the images: one row a frame."""

    path: str
    """Its name in the delivery."""
    key: str
    """The column that holds the frame's name."""


class Mapping(Document):
    """Where each value stands; what is not given is unknown."""

    table: Table | None = None
    site: list[Place] = []
    camera: list[Place] = []
    scene: list[Place] = []
    captured_at: list[Moment] = []
    retain_until: list[Place] = []
    """A frame's own day after which it is excluded, as an ISO date."""
    conditions: dict[Identifier, ConditionPlaces] = {}
