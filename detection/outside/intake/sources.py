"""The sources of params.yaml, one after the other: kept as they are if nothing changed, else read and stored anew."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.progress import track

from detection.errors import SourceError
from detection.outside import deliveries, files, images
from detection.outside.deliveries import Delivery
from detection.outside.exif import metadata
from detection.outside.intake import closures, delivered, generations, storing
from detection.outside.intake.delivered import Choice
from detection.outside.intake.storing import Identity, Room
from detection.rules.labels.intake import context
from detection.rules.labels.intake.arrivals import Arrival, Common, Export, Rejected
from detection.rules.labels.intake.collection import Record
from detection.rules.labels.intake.limits import Limits
from detection.rules.labels.intake.sources import DeliveredSource, DrawnSource, SourceEntry
from detection.rules.spec.labels import Condition, ObjectClass, Source

T = TypeVar("T")

_READERS = {"csv": "csv_tables"}
"""The reader's module, where it has another name than the format."""


@dataclass(frozen=True, slots=True)
class Declared:
    """What the spec says of frames and their sources.

    Attributes:
        classes: what is to be labelled; the practice world draws its labels by them.
        conditions: in which frames differ.
        sources: places frames come from, and the right to use them.
        guideline_version: that annotators followed where nothing else is said.
    """

    classes: Sequence[ObjectClass]
    conditions: Sequence[Condition]
    sources: Sequence[Source]
    guideline_version: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What holds for every source.

    Attributes:
        declared: what the spec says.
        limits: how much a delivery may ask of us.
        shard_bytes: size that no shard exceeds, but for an image larger than that.
        today: the day of the run.
    """

    declared: Declared
    limits: Limits
    shard_bytes: int
    today: date

    def source(self, entry: SourceEntry) -> Source:
        """The spec's source that an entry's frames come from."""
        return next(source for source in self.declared.sources if source.id == entry.origin)

    def common(self, entry: SourceEntry) -> Common:
        """What all frames of a source have in common."""
        guideline = entry.guideline_version if isinstance(entry, DeliveredSource) else None
        conditions = tuple(condition.id for condition in self.declared.conditions)
        return Common(self.source(entry), conditions, guideline or self.declared.guideline_version)


def check(entries: Sequence[SourceEntry], declared: Declared) -> None:
    """Refuse entries that the spec does not know.

    Raises:
        SourceError: an origin or a condition that it does not declare; all of them.
    """
    origins = [source.id for source in declared.sources]
    values_of = {condition.id: condition.values for condition in declared.conditions}
    faults = []
    for entry in entries:
        if entry.origin not in origins:
            faults.append(f"{entry.id}: origin {entry.origin!r}; the spec's sources are {', '.join(origins)}")
        if isinstance(entry, DeliveredSource):
            faults += [
                f"{entry.id}: {line}" for line in metadata.unknown_names([*entry.keep_metadata, *entry.metadata.tags()])
            ]
            faults += [f"{entry.id}: {line}" for line in context.unknown_conditions(entry.metadata, values_of)]
    if faults:
        raise SourceError("collect.sources does not fit the spec; declare these there, or mend params.yaml", faults)


def gather(entries: Sequence[SourceEntry], wanted: Wanted, folder: Path, building: Path) -> list[Record]:
    """Bring every source into ``building``; what ``folder`` or a stopped run holds unchanged is taken from there.

    Raises:
        SourceError: a delivery cannot be read.
        DiskError: the disk is full or refuses.
    """
    try:
        return [_gathered(entry, wanted, folder, building) for entry in entries]
    except OSError as error:
        told = f"cannot be used ({error.strerror or error}: {error.filename}); mend or remove it, then rerun"
        raise files.DiskError(f"{building}: {told}") from error


def _gathered(entry: SourceEntry, wanted: Wanted, folder: Path, building: Path) -> Record:
    room = Room(building, wanted.shard_bytes, wanted.today)
    common, last = wanted.common(entry), wanted.source(entry).retain_until
    nameless = Identity(entry.id, entry.format, "", "")
    if last is not None and last < wanted.today:
        told = f"source {common.source.id!r} could be kept until {last}; delete it, or renew the right"
        return storing.store(nameless, common, [Rejected(entry.id, "expired", told)], room)
    if isinstance(entry, DrawnSource):
        return storing.store(nameless, common, _drawn(entry, wanted.declared.classes), room)
    with deliveries.opened(Path(entry.path), wanted.limits) as delivery:
        identity = _identity(entry, wanted, delivery.digest())
        for place in (building, folder):
            if (kept := _unchanged(identity, wanted.today, place)) is not None:
                if place == folder:
                    names = [promise.name for promise in kept.promises.files]
                    generations.adopt([*names, f"{storing.SOURCES}/{entry.id}/{storing.RECORD}"], folder, building)
                return kept
        arriving = _exported(entry, delivery, wanted.limits.pixels)
        return storing.store(identity, common, arriving, room)


def _unchanged(identity: Identity, today: date, folder: Path) -> Record | None:
    """What is stored of a source, if it is what reading it again would give, to the last bit."""
    record = storing.record_of(folder, identity.id)
    if record is None or record.fingerprint != identity.fingerprint:
        return None
    if record.good_until is not None and record.good_until < today:
        return None
    for promise in record.promises.files:
        path = folder / promise.name
        if not path.is_file() or path.stat().st_size != promise.size or files.sha256(path) != promise.sha256:
            return None
    return record


def _drawn(entry: DrawnSource, classes: Sequence[ObjectClass]) -> Iterator[Arrival]:
    from detection.outside import practice
    from detection.scenes.seasons import STABLE
    from detection.scenes.warehouse import World

    scenes = entry.scenes
    world = World(scenes.seed, scenes.cameras, scenes.width, scenes.height, STABLE)
    drawn = practice.Practice(world, tuple(classes), scenes.annotators, scenes.verified_share, images.jpeg)
    return _tracked(practice.arrivals(drawn, scenes.frames, scenes.workers), f"{entry.id}: drawing", scenes.frames)


def _exported(entry: DeliveredSource, delivery: Delivery, pixel_limit: int) -> Iterator[Arrival | Rejected]:
    export = _read(entry, delivery)
    choice = Choice(entry, None if entry.keep is None else files.read_lines(Path(entry.keep)), pixel_limit)
    return _tracked(delivered.arrivals(delivery, export, choice), f"{entry.id}: reading", len(export.images))


def _read(entry: DeliveredSource, delivery: Delivery) -> Export:
    match entry.format:
        case "coco":
            from detection.outside.formats.reading import coco

            return coco.read(delivery, entry)
        case "voc":
            from detection.outside.formats.reading import voc

            return voc.read(delivery, entry)
        case "yolo":
            from detection.outside.formats.reading import yolo

            return yolo.read(delivery, entry)
        case "cvat":
            from detection.outside.formats.reading import cvat

            return cvat.read(delivery, entry)
        case "label_studio":
            from detection.outside.formats.reading import label_studio

            return label_studio.read(delivery, entry)
        case "csv":
            from detection.outside.formats.reading import csv_tables

            return csv_tables.read(delivery, entry)


def _tracked(arriving: Iterable[T], what: str, total: int) -> Iterator[T]:
    yield from track(arriving, what, total, console=Console(stderr=True), transient=True)


def _identity(entry: DeliveredSource, wanted: Wanted, delivery: str) -> Identity:
    common = wanted.common(entry)
    reader = f"detection.outside.formats.reading.{_READERS.get(entry.format, entry.format)}"
    decides = {
        "delivery": delivery,
        "entry": entry.model_dump(mode="json", exclude={"path"}),
        "source": common.source.model_dump(mode="json"),
        "conditions": common.conditions,
        "guideline": common.guideline,
        "limits": wanted.limits.model_dump(mode="json"),
        "shard_bytes": wanted.shard_bytes,
        "keep": None if entry.keep is None else files.read_lines(Path(entry.keep)),
        "code": closures.digest([delivered.__name__, storing.__name__, deliveries.__name__, reader]),
    }
    told = json.dumps(decides, sort_keys=True)
    return Identity(entry.id, entry.format, delivery, hashlib.sha256(told.encode()).hexdigest())
