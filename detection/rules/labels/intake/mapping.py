"""Where and when a frame was taken, told by file name, EXIF, a table beside the images, or fields of the label file.

This is how it is written down in params.yaml. A value has several places to come from; the first that is not empty
counts. :mod:`detection.rules.labels.intake.context` reads a frame by it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from detection.rules.document import Document, Identifier

SECONDS = "seconds"
"""The format that counts seconds on the camera's own clock."""

_KINDS = ("name", "exif", "column", "field", "always")
_DIRECTIVE = re.compile(r"%(.)")
_KNOWN = frozenset("YymdjbBHIMSfzpaA%")
_DATES = (frozenset("md"), frozenset("bd"), frozenset("Bd"), frozenset("j"))


def _one_group(pattern: str) -> str:
    try:
        groups = re.compile(pattern).groups
    except re.error as error:
        raise ValueError(f"is no regular expression ({error})") from error
    if groups != 1:
        raise ValueError(f"has {groups} groups in brackets; expected one, around the value")
    return pattern


def _one_reading(form: str) -> str:
    """A format that two people would read alike: year, month and day are there, nothing depends on the country."""
    used = frozenset(_DIRECTIVE.findall(form))
    if form == SECONDS:
        return form
    if strange := sorted(used - _KNOWN):
        raise ValueError(f"is ambiguous: %{strange[0]} depends on the machine; write the parts out")
    if not used & frozenset("Yy") or not any(date <= used for date in _DATES):
        raise ValueError(
            f"is ambiguous: it lacks the year or the day; expected such as %Y-%m-%d %H:%M:%S, or {SECONDS}"
        )
    if ("I" in used) != ("p" in used):
        raise ValueError("is ambiguous: %I and %p belong together; else use %H")
    return form


NamePattern = Annotated[str, AfterValidator(_one_group)]
"""A regular expression searched in a file name; its one group is the value."""

Format = Annotated[str, AfterValidator(_one_reading)]
"""As strptime reads it, or :data:`SECONDS`."""

Hour = Annotated[int, Field(ge=0, le=24)]


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

    @model_validator(mode="after")
    def _one_kind(self) -> Place:
        given = [kind for kind in _KINDS if getattr(self, kind) is not None]
        if len(given) != 1:
            raise ValueError(f"gives {', '.join(given) or 'no place'}; expected exactly one of {', '.join(_KINDS)}")
        return self


class Hours(Document):
    """A condition's value by the hour of the local clock."""

    hours: Annotated[list[Hour], Field(min_length=2, max_length=2)]
    """From the first hour on, before the second; past midnight if the first is the larger."""
    value: Identifier

    def hold(self, hour: int) -> bool:
        """Whether an hour, 0 to 23, lies in these."""
        first, end = self.hours
        return first <= hour < end if first <= end else hour >= first or hour < end


class Moment(Place):
    """One place where the time of capture may stand.

    A text without an offset needs ``zone``: a clock without a time zone is refused, not guessed.
    """

    format: Format | None = None
    """As strptime reads it; null takes ISO 8601 and EXIF's own form. ``seconds`` counts on the camera's own clock,
    taken to start in 1970: only differences mean something."""
    zone: str | None = None
    """IANA name such as ``Europe/Berlin``, or ``UTC``."""


class ConditionPlaces(Document):
    """Where a condition's value comes from: places first, then the hour."""

    places: list[Place] = Field(default_factory=list)
    by_hour: list[Hours] = Field(default_factory=list)
    zone: str | None = None
    """Whose hours; needed for ``by_hour``."""
    otherwise: Identifier | None = None
    """The value where an hour is known and no entry of ``by_hour`` holds it."""

    @model_validator(mode="after")
    def _hours_have_a_zone(self) -> ConditionPlaces:
        if self.by_hour and self.zone is None:
            raise ValueError("gives by_hour and no zone; say whose hours, such as Europe/Berlin or UTC")
        if self.otherwise is not None and not self.by_hour:
            raise ValueError("gives otherwise and no by_hour; name an always place instead")
        return self


class Table(Document):
    """A CSV beside the images: one row a frame."""

    path: str
    """Its name in the delivery."""
    key: str
    """The column that holds the frame's name, with or without its folder."""


class Mapping(Document):
    """Where each value stands; what is not given is unknown."""

    table: Table | None = None
    site: list[Place] = Field(default_factory=list)
    camera: list[Place] = Field(default_factory=list)
    scene: list[Place] = Field(default_factory=list)
    captured_at: list[Moment] = Field(default_factory=list)
    retain_until: list[Place] = Field(default_factory=list)
    """A frame's own day after which it is excluded, as an ISO date."""
    conditions: dict[Identifier, ConditionPlaces] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _columns_need_a_table(self) -> Mapping:
        if self.table is None and (columns := self.columns()):
            raise ValueError(f"names the column {columns[0]!r} and no table; give table: {{path, key}}")
        return self

    def places(self) -> Iterator[Place]:
        """All places of all values."""
        yield from (*self.site, *self.camera, *self.scene, *self.captured_at, *self.retain_until)
        for condition in self.conditions.values():
            yield from condition.places

    def columns(self) -> list[str]:
        """Columns of the table that are asked for, sorted."""
        return sorted({place.column for place in self.places() if place.column is not None})

    def fields(self) -> list[str]:
        """Fields of the label file that are asked for, sorted."""
        return sorted({place.field for place in self.places() if place.field is not None})

    def tags(self) -> list[str]:
        """EXIF tags that are asked for, sorted."""
        return sorted({place.exif for place in self.places() if place.exif is not None})

    def zones(self) -> list[str]:
        """Time zones that are named, sorted."""
        moments = {moment.zone for moment in self.captured_at}
        hours = {condition.zone for condition in self.conditions.values()}
        return sorted(zone for zone in moments | hours if zone is not None)
