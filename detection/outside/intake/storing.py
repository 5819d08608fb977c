"""One source's images into its shards, its labels into its tables. Every image once, everybody's answers.

A source owns ``shards/<id>-000000.tar`` ... and ``sources/<id>/``, and nothing else; what it gave is told in
``sources/<id>/source.json``, written last, so that a source without it is no source.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from detection.errors import DocumentError
from detection.outside import documents, files, tables
from detection.outside.intake import generations
from detection.outside.shards import ShardWriter
from detection.rules.labels.intake import answers, arrivals
from detection.rules.labels.intake.arrivals import Arrival, Common, Rejected, Stored, Tables
from detection.rules.labels.intake.collection import Contribution, Record
from detection.rules.labels.intake.merging import Part
from detection.rules.labels.intake.promises import Promise, Promises
from detection.rules.labels.samples import Frames

SHARDS = "shards"
SOURCES = "sources"
RECORD = "source.json"
MANIFEST = "manifest.json"
TOGETHER = ("assignments.parquet", "boxes.parquet", "duplicates.parquet", "frames.parquet", "source.json")
"""What is told of all sources together."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Which source is stored.

    Attributes:
        id: the source's, of params.yaml.
        format: of its labels, or ``scenes``.
        delivery: SHA-256 over all that was handed over; ``""`` for the practice world.
        fingerprint: SHA-256 over everything that decides what is stored.
    """

    id: str
    format: str
    delivery: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Room:
    """Where a source is stored.

    Attributes:
        folder: the collection's, with ``shards/`` and ``sources/``.
        shard_bytes: size that no shard exceeds, but for an image larger than that.
        today: the day of the run; frames that may not be kept until then are left out.
    """

    folder: Path
    shard_bytes: int
    today: date


def store(identity: Identity, common: Common, arriving: Iterable[Arrival | Rejected], room: Room) -> Record:
    """Store a source whole; its record is written when everything else is on the disk.

    Raises:
        SourceError: what arrives cannot be read.
        DiskError: the disk is full or refuses.
    """
    shelf = _Shelf(common, room.today)
    with ExitStack() as unfinished:
        remove(room.folder, identity.id)
        unfinished.callback(remove, room.folder, identity.id)
        with ShardWriter(room.folder / SHARDS, room.shard_bytes, f"{identity.id}-") as shards:
            for arrival in arriving:
                shelf.put(arrival, shards)
        record = _recorded(identity, common, shelf, room.folder)
        unfinished.pop_all()
    return record


def _recorded(identity: Identity, common: Common, shelf: _Shelf, folder: Path) -> Record:
    made = arrivals.tables(list(shelf.stored.values()), common)
    place = files.empty_folder(folder / SOURCES / identity.id)
    write_tables(place, made, arrivals.frame_table(shelf.duplicates, common))
    record = Record(
        fingerprint=identity.fingerprint,
        good_until=arrivals.last_day(
            *(row.context.retain_until for row in (*shelf.stored.values(), *shelf.duplicates))
        ),
        contribution=_contribution(identity, common, made, shelf.expired),
        rejected=tuple(sorted(shelf.rejected, key=lambda r: (r.name, r.finding))),
        promises=promises(folder, _owned(folder, identity.id)),
    )
    documents.write_value(place / RECORD, record)
    return record


def record_of(folder: Path, source: str) -> Record | None:
    """What is told of a stored source; None if none is there or it cannot be understood."""
    try:
        return documents.read_value(Record, folder / SOURCES / source / RECORD)
    except DocumentError:
        return None


def part_of(folder: Path, source: str) -> Part:
    """The tables of a stored source."""
    place = folder / SOURCES / source
    read = Tables(
        tables.read_frames(place / "frames.parquet"),
        tables.read_annotations(place / "boxes.parquet"),
        tables.read_assignments(place / "assignments.parquet"),
    )
    return Part(source, read, tables.read_frames(place / "duplicates.parquet"))


def write_tables(place: Path, made: Tables, duplicates: Frames) -> None:
    """Write the four tables of a source, or of all of them."""
    tables.write_frames(place / "frames.parquet", made.frames)
    tables.write_frames(place / "duplicates.parquet", duplicates)
    tables.write_annotations(place / "boxes.parquet", made.boxes)
    tables.write_assignments(place / "assignments.parquet", made.assignments)


def remove(folder: Path, source: str) -> None:
    """Take away all that a source owns, its record first."""
    (folder / SOURCES / source / RECORD).unlink(missing_ok=True)
    for path in _owned(folder, source):
        path.unlink()


def promises(folder: Path, paths: Iterable[Path]) -> Promises:
    """Size and SHA-256 of files below a folder."""
    made = [Promise(p.relative_to(folder).as_posix(), p.stat().st_size, files.sha256(p)) for p in sorted(paths)]
    return Promises(tuple(sorted(made, key=lambda promise: promise.name)))


def promise(folder: Path, records: Sequence[Record]) -> None:
    """Remove what belongs to no source, and promise the rest in ``manifest.json``."""
    owned = [kept.name for record in records for kept in record.promises.files]
    told = [f"{SOURCES}/{record.contribution.id}/{RECORD}" for record in records]
    generations.keep_only(folder, [*owned, *told, *TOGETHER])
    known = {kept.name: kept for record in records for kept in record.promises.files}
    new = promises(folder, [folder / name for name in [*told, *TOGETHER]])
    whole = sorted([*known.values(), *new.files], key=lambda kept: kept.name)
    documents.write_value(folder / MANIFEST, Promises(tuple(whole)))


def _owned(folder: Path, source: str) -> list[Path]:
    """A source's shards and tables; its number of six digits tells a shard from one of a source with a longer id."""
    shards = (folder / SHARDS).glob(f"{source}-{'[0-9]' * 6}.tar")
    return sorted([*shards, *(folder / SOURCES / source).glob("*.parquet")])


def _contribution(identity: Identity, common: Common, made: Tables, expired: int) -> Contribution:
    source = common.source
    return Contribution(
        id=identity.id,
        origin=source.id,
        format=identity.format,
        delivery=identity.delivery,
        guideline=common.guideline,
        licence=source.licence,
        consent=source.consent,
        retain_until=source.retain_until,
        frames=len(made.frames),
        boxes=len(made.boxes),
        annotators=tuple(sorted(set(made.assignments.annotator))),
        expired=expired,
    )


class _Shelf:
    """What was stored of one source so far."""

    def __init__(self, common: Common, today: date) -> None:
        self._common = common
        self._today = today
        self.stored: dict[str, Stored] = {}
        self.duplicates: list[Stored] = []
        self.rejected: list[Rejected] = []
        self.expired = 0

    def put(self, arrival: Arrival | Rejected, shards: ShardWriter) -> None:
        """Store an image, or list why not."""
        if isinstance(arrival, Rejected):
            self.rejected.append(arrival)
            return
        last = arrivals.last_day(arrival.context.retain_until, self._common.source.retain_until)
        if last is not None and last < self._today:
            self.expired += 1
            self.rejected.append(
                Rejected(arrival.name, "expired", f"could be kept until {last}; delete it at its origin")
            )
            return
        said = answers.one_each(arrival.name, arrival.answers)
        self.rejected += said.rejected
        arrival = replace(arrival, answers=said.answers)
        digest = hashlib.sha256(arrival.content or arrival.name.encode()).hexdigest()
        if digest in self.stored:
            self._repeat(digest, arrival)
        else:
            self.stored[digest] = _stored(digest, arrival, shards)

    def _repeat(self, digest: str, arrival: Arrival) -> None:
        kept = self.stored[digest]
        told = f"has the very bytes of {kept.name}, which is kept with its labels"
        self.rejected.append(Rejected(arrival.name, "duplicate-frame", told))
        self.duplicates.append(replace(kept, name=arrival.name, context=arrival.context, answers=()))
        self.stored[digest] = replace(kept, answers=answers.together(kept.answers, arrival.answers))


def _stored(digest: str, arrival: Arrival, shards: ShardWriter) -> Stored:
    shard, offset, length = "", 0, 0
    if arrival.content:
        place = shards.add(digest, arrival.extension, arrival.content)
        shard, offset, length = place.shard, place.offset, place.length
    return Stored(
        digest, arrival.name, shard, offset, length,
        arrival.width, arrival.height, arrival.context, arrival.answers,
    )  # fmt: skip
