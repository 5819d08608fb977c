"""Where and when a frame was taken, read by the mapping of params.yaml from all that is told of it.

What is told cannot be trusted: a day that is no day and a clock without a time zone are faults, counted over a whole
source by whoever asks. Knows no files; time zones are handed in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import NamedTuple

from detection.rules.labels.intake.arrivals import Context
from detection.rules.labels.intake.mapping import SECONDS, ConditionPlaces, Moment, Place
from detection.rules.labels.intake.mapping import Mapping as Places

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EXIF_TIME = re.compile(r"(\d{4}):(\d\d):(\d\d)([ T]\d\d:\d\d:\d\d.*)")
_NO_TIME = re.compile(r"[0:/ T-]*")
_TIME_OF_DAY = re.compile(r"\d[ T]\d\d")
_OFFSET_OF = {
    "DateTimeOriginal": "OffsetTimeOriginal", "DateTimeDigitized": "OffsetTimeDigitized", "DateTime": "OffsetTime"
}  # fmt: skip

ZONELESS = "clocks without time zone"
TIMES = "times that cannot be read"
DAYS = "days that cannot be read"


@dataclass(frozen=True, slots=True)
class Told:
    """All that is told of one frame, as text.

    Attributes:
        name: of its file.
        exif: tag to value.
        row: column to value, of the table beside the images.
        fields: what its label file says.
    """

    name: str
    exif: Mapping[str, str]
    row: Mapping[str, str]
    fields: Mapping[str, str]


class Doubt(NamedTuple):
    """One thing told of a frame that nobody can know the meaning of."""

    kind: str
    example: str


@dataclass(slots=True)
class Doubts:
    """Doubts counted over a source, the first of each kind as its example."""

    seen: dict[str, str] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, doubt: Doubt) -> None:
        """Count one."""
        self.seen.setdefault(doubt.kind, doubt.example)
        self.counts[doubt.kind] = self.counts.get(doubt.kind, 0) + 1

    def lines(self) -> list[str]:
        """One line for each kind, with how many frames and an example."""
        return [f"{kind}: {self.counts[kind]} frame(s), such as {example}" for kind, example in self.seen.items()]


class DoubtError(ValueError):
    """What is told of a frame has no certain meaning."""

    def __init__(self, kind: str, example: str) -> None:
        self.doubt = Doubt(kind, example)
        super().__init__(example)


def context_of(told: Told, places: Places, zones: Mapping[str, tzinfo]) -> Context:
    """What is told of a frame; what is not told is unknown.

    Args:
        told: all that is told of it.
        places: where each value stands.
        zones: every time zone that ``places`` names.

    Raises:
        DoubtError: a time without zone, or a time or a day that cannot be read.
    """
    moment = _captured_at(told, places.captured_at, zones)
    return Context(
        site=first(told, places.site),
        camera=first(told, places.camera),
        scene=first(told, places.scene),
        captured_at=moment,
        conditions={name: _condition(told, wanted, moment, zones) for name, wanted in places.conditions.items()},
        retain_until=_day(told, places.retain_until),
    )


def first(told: Told, places: Sequence[Place]) -> str:
    """The first value that is not empty; ``""`` if none is."""
    return next(filter(None, (value(told, place) for place in places)), "")


def value(told: Told, place: Place) -> str:
    """What stands at one place, without white space around it; ``""`` if nothing does."""
    if place.name is not None:
        found = re.search(place.name, told.name)
        return (found[1] or "").strip() if found is not None else ""
    for key, store in ((place.exif, told.exif), (place.column, told.row), (place.field, told.fields)):
        if key is not None:
            return store.get(key, "").strip()
    return place.always or ""


def moment_of(text: str, moment: Moment, zones: Mapping[str, tzinfo]) -> datetime:
    """The instant, in UTC, that a text names.

    Raises:
        DoubtError: it names none, or one of another clock than we know.
    """
    try:
        read = _read(text, moment.format)
        if read.tzinfo is None:
            if moment.zone is None:
                raise DoubtError(ZONELESS, f"{text!r}; give the entry of captured_at a zone, such as Europe/Berlin")
            read = read.replace(tzinfo=zones[moment.zone])
        return read.astimezone(UTC)
    except DoubtError:
        raise
    except (ValueError, OverflowError) as error:
        wanted = moment.format or "ISO 8601 with a time of day, or EXIF's form; else give a format"
        raise DoubtError(TIMES, f"{text!r}; expected {wanted}") from error


def unknown_conditions(places: Places, values_of: Mapping[str, Sequence[str]]) -> list[str]:
    """Conditions of the mapping, and values it writes out, that the spec does not know; a line each.

    Args:
        places: where each value stands.
        values_of: condition id of the spec to its values.
    """
    faults = []
    for name, wanted in places.conditions.items():
        if name not in values_of:
            faults.append(f"condition {name!r}: the spec's are {', '.join(values_of) or 'none'}; declare it there")
            continue
        named = [*(hours.value for hours in wanted.by_hour), wanted.otherwise, *(p.always for p in wanted.places)]
        strange = sorted({said for said in named if said is not None} - set(values_of[name]))
        faults += [f"condition {name!r}: value {said!r} is none of {', '.join(values_of[name])}" for said in strange]
    return faults


def _read(text: str, form: str | None) -> datetime:
    if form == SECONDS:
        return _EPOCH + timedelta(seconds=float(text))
    if form is not None:
        return datetime.strptime(text, form)  # noqa: DTZ007 (the caller gives or demands the zone)
    parts = _EXIF_TIME.fullmatch(text)
    plain = f"{parts[1]}-{parts[2]}-{parts[3]}{parts[4]}" if parts is not None else text
    if not _TIME_OF_DAY.search(plain):
        raise ValueError("names a day and no time")
    return datetime.fromisoformat(plain)


def _captured_at(told: Told, moments: Iterable[Moment], zones: Mapping[str, tzinfo]) -> datetime | None:
    for moment in moments:
        text = value(told, moment)
        if not text or (moment.format != SECONDS and _NO_TIME.fullmatch(text)):
            continue
        offset = told.exif.get(_OFFSET_OF.get(moment.exif or "", ""), "").strip()
        if moment.format is None and re.fullmatch(r"[+-]\d\d:\d\d", offset):
            text += offset
        try:
            return moment_of(text, moment, zones)
        except DoubtError as error:
            raise DoubtError(error.doubt.kind, f"{told.name}: {error.doubt.example}") from error
    return None


def _condition(told: Told, wanted: ConditionPlaces, moment: datetime | None, zones: Mapping[str, tzinfo]) -> str:
    said = first(told, wanted.places)
    if said or moment is None or wanted.zone is None or not wanted.by_hour:
        return said
    hour = moment.astimezone(zones[wanted.zone]).hour
    return next((hours.value for hours in wanted.by_hour if hours.hold(hour)), wanted.otherwise or "")


def _day(told: Told, places: Sequence[Place]) -> date | None:
    text = first(told, places)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise DoubtError(DAYS, f"{told.name}: {text!r} in retain_until; expected such as 2030-12-31") from error
