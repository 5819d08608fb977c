"""All that is told of a delivery's images beside their pixels: the table beside them, time zones, fields, EXIF.

A table with faults refuses the delivery, with all of them: a row that belongs to two images would put one of them at
the wrong place, and the split would leak.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from detection.errors import SourceError
from detection.outside.deliveries import Delivery
from detection.rules.labels.intake import context
from detection.rules.labels.intake.arrivals import Context, LabelledImage
from detection.rules.labels.intake.context import Told
from detection.rules.labels.intake.mapping import Mapping as Places
from detection.rules.labels.intake.mapping import Table

SHOWN = 20

_Rows = dict[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Telling:
    """What places and rows make of the images of one delivery.

    Attributes:
        places: where each value stands.
        zones: time zones by name.
        rows: image name to its row of the table.
    """

    places: Places
    zones: Mapping[str, tzinfo]
    rows: Mapping[str, Mapping[str, str]]

    @classmethod
    def of(cls, delivery: Delivery, places: Places, images: Sequence[LabelledImage]) -> Telling:
        """Read the table and the time zones that a mapping asks for.

        Args:
            delivery: where the table lies.
            places: where each value stands.
            images: all of its images.

        Raises:
            SourceError: no such zone, field or table, or a table with faults; all faults of it.
        """
        zones = {name: _zone(name) for name in places.zones()}
        _refuse_unknown_fields(delivery.place, places.fields(), images)
        names = [image.name for image in images]
        rows = {} if places.table is None else _rows(delivery, places.table, places.columns(), names)
        return cls(places, zones, rows)

    def context(self, image: LabelledImage, exif: Mapping[str, str]) -> Context:
        """Where and when one image was taken.

        Raises:
            DoubtError: what is told has no certain meaning.
        """
        told = Told(image.name, exif, self.rows.get(image.name, {}), image.fields)
        return context.context_of(told, self.places, self.zones)


def _zone(name: str) -> tzinfo:
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise SourceError(
            f"metadata: this machine knows no time zone {name!r}; expected such as Europe/Berlin"
        ) from error


def _refuse_unknown_fields(place: str, wanted: Sequence[str], images: Sequence[LabelledImage]) -> None:
    """A field that no image has is mistyped: every frame would be without its camera, or its time."""
    known = {field for image in images for field in image.fields}
    if images and (strange := [field for field in wanted if field not in known]):
        told = f"the labels have {', '.join(sorted(known)) or 'no fields'}"
        raise SourceError(f"{place}: no image has the field {', '.join(strange)}; {told}; mend metadata")


def _rows(delivery: Delivery, table: Table, columns: Sequence[str], names: Sequence[str]) -> _Rows:
    place = f"{delivery.place}/{table.path}"
    lines = _lines(place, delivery.read(table.path))
    header = lines[0] if lines else []
    faults = [f"column {name!r} stands {n} times; keep one" for name, n in Counter(header).items() if n > 1]
    faults += [f"column {name!r} is missing" for name in sorted({table.key, *columns} - set(header))]
    faults += [
        f"line {number}: {len(line)} values; expected {len(header)}"
        for number, line in enumerate(lines[1:], 2)
        if len(line) != len(header)
    ]
    if not faults:
        rows = [dict(zip(header, line, strict=True)) for line in lines[1:]]
        keyed = _keyed(rows, table.key, names, faults)
    if faults:
        more = [f"... and {len(faults) - SHOWN} more"] if len(faults) > SHOWN else []
        raise SourceError(f"{place}: {len(faults)} fault(s); mend the table", [*faults[:SHOWN], *more])
    return keyed


def _lines(place: str, content: bytes) -> list[list[str]]:
    try:
        text = content.decode("utf-8-sig")
        if "\0" in text:
            raise SourceError(f"{place}: holds a NUL; expected a CSV of text in UTF-8; save it anew")
        return [line for line in csv.reader(io.StringIO(text, newline=""), strict=True) if line]
    except UnicodeDecodeError as error:
        raise SourceError(f"{place}: is not UTF-8 (byte {error.start}); save it as CSV in UTF-8") from error
    except csv.Error as error:
        raise SourceError(f"{place}: cannot be read as CSV ({error}); save it anew") from error


def _keyed(rows: Sequence[Mapping[str, str]], key: str, names: Sequence[str], faults: list[str]) -> _Rows:
    """Rows by the name of the image that they tell of; a row that fits two is a fault, and a table that fits none.

    Names are compared in one Unicode form: what one system composes another takes apart.
    """
    named, found = _images_by_key(names), {}
    for number, row in enumerate(rows, 2):
        fitting = named.get(_composed(row[key].strip()), [])
        if len(fitting) > 1:
            faults.append(
                f"row {number}: {row[key]!r} names {len(fitting)} images, such as {fitting[0]}; add the folder"
            )
        for name in fitting[:1]:
            if name in found:
                faults.append(f"row {number}: {row[key]!r} stands twice; keep one row for {name}")
            found[name] = row
    if rows and not found and not faults:
        faults.append(f"column {key!r} names none of the {len(names)} images, but such as {rows[0][key]!r}")
    return found


def _images_by_key(names: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """Every form of an image's name to the images that it may mean; the whole name means that image alone."""
    named: dict[str, list[str]] = defaultdict(list)
    for name in names:
        plain = _composed(name)
        last = plain.rpartition("/")[2]
        for form in {last, last.rpartition(".")[0]} - {plain, ""}:
            named[form].append(name)
    return named | {_composed(name): [name] for name in names}


def _composed(name: str) -> str:
    return unicodedata.normalize("NFC", name)
