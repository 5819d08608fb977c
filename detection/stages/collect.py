"""Stage ``collect``: which frames and labels do we have, from where, under which right to use them?

Reads  the folder of an export, or the practice world
Writes data/collect/shards/*.tar, frames.parquet, duplicates.parquet, boxes.parquet, assignments.parquet, source.json
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from pydantic import Field, model_validator
from rich.console import Console
from rich.progress import track

from detection.errors import FrameError, SourceError
from detection.outside import documents, exits, files, images, tables
from detection.outside.shards import ShardWriter
from detection.rules.document import Document, Identifier
from detection.rules.labels.intake import arrivals, lists
from detection.rules.labels.intake.arrivals import (
    Answer,
    Arrival,
    Common,
    Export,
    LabelledImage,
    Rejected,
    Stored,
    Tables,
)
from detection.rules.labels.intake.collection import Collection
from detection.rules.labels.intake.context import FromName, NamePattern, Patterns, context_of
from detection.rules.labels.samples import Frames
from detection.rules.spec.labels import ObjectClass, Source
from detection.rules.spec.spec import Spec
from detection.rules.spec.units import PositiveCount, Share

OUT = Path("data/collect")


class Scenes(Document):
    """What the practice world draws."""

    seed: int
    cameras: PositiveCount
    frames: PositiveCount
    width: Annotated[int, Field(ge=64, le=4096)]
    height: Annotated[int, Field(ge=64, le=4096)]
    annotators: Annotated[int, Field(ge=1, le=2)]
    verified_share: Share
    """Part of the scenes that the expert answers for."""
    workers: PositiveCount
    """Processes that draw; the result does not depend on it."""


class Params(Document):
    """Section ``collect`` of params.yaml."""

    source: Literal["scenes", "voc", "yolo", "coco"]
    path: str | None
    """Folder of the export, for every source but scenes."""
    origin: Identifier
    """Which of the spec's sources the frames come from."""
    annotator: Identifier
    """Who drew the labels of an export."""
    class_names: dict[str, Identifier]
    """Class names of an export to class ids of the spec; names not listed are taken as they are."""
    shard_megabytes: PositiveCount
    pixel_limit: PositiveCount
    """Images with more pixels are refused before they are decoded."""
    site: FromName
    camera: FromName
    scene: FromName
    captured_second: NamePattern | None
    conditions: dict[Identifier, FromName]
    keep: str | None
    """A text file with one frame name a line: only those are collected."""
    scenes: Scenes | None
    """Null for every other source."""

    @model_validator(mode="after")
    def _the_source_needs_its_section(self) -> Params:
        if self.source != "scenes" and not self.path:
            raise ValueError(f"path is null; name the folder of the {self.source} export")
        if (self.source == "scenes") != (self.scenes is not None):
            raise ValueError(f"source is {self.source}; give the section scenes for that source, null for every other")
        return self

    def patterns(self) -> Patterns:
        """How file names say where and when."""
        return Patterns(
            site=self.site,
            camera=self.camera,
            scene=self.scene,
            captured_second=self.captured_second,
            conditions=self.conditions,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Collected:
    """What the stage writes, beside the shards.

    Attributes:
        tables: every image once.
        duplicates: the other names, places and times under which images of ``tables`` arrived again; ids repeat.
        collection: what arrived, and what was set aside.
    """

    tables: Tables
    duplicates: Frames
    collection: Collection


def run(params: Params, common: Common, arriving: Iterable[Arrival | Rejected], shards: ShardWriter) -> Collected:
    """Store every image once, and everybody's answers.

    Raises:
        SourceError: nothing arrived that can be used.
        DiskError: the disk is full or refuses.
    """
    stored: dict[str, Stored] = {}
    rejected: list[Rejected] = []
    duplicates: list[Stored] = []
    for arrival in arriving:
        if isinstance(arrival, Rejected):
            rejected.append(arrival)
            continue
        digest = hashlib.sha256(arrival.content).hexdigest()
        if digest in stored:
            told = f"has the very bytes of {stored[digest].name}, which is kept with its labels"
            rejected.append(Rejected(arrival.name, "duplicate-frame", told))
            duplicates.append(replace(stored[digest], name=arrival.name, context=arrival.context, answers=()))
            continue
        place = shards.add(digest, arrival.extension, arrival.content)
        stored[digest] = Stored(
            digest, arrival.name, place.shard, place.offset, place.length,
            arrival.width, arrival.height, arrival.context, arrival.answers,
        )  # fmt: skip
    if not stored:
        raise SourceError("the source holds no usable image", [f"{r.name}: {r.reason}" for r in rejected[:20]])
    made = arrivals.tables(list(stored.values()), common)
    return Collected(made, arrivals.frame_table(duplicates, common), _collection(params, made, rejected))


def _collection(params: Params, made: Tables, rejected: Sequence[Rejected]) -> Collection:
    listed = sorted(f"{name}\t{digest}\n" for name, digest in zip(made.frames.name, made.frames.id, strict=True))
    return Collection(
        source=params.source,
        origin=params.origin,
        path_digest=hashlib.sha256("".join(listed).encode()).hexdigest(),
        frames=len(made.frames),
        boxes=len(made.boxes),
        annotators=tuple(sorted(set(made.assignments.annotator))),
        rejected=tuple(sorted(rejected, key=lambda r: (r.name, r.finding))),
    )


def source_of(params: Params, sources: Sequence[Source], today: date) -> Source:
    """The spec's source that the frames come from.

    Raises:
        SourceError: not declared, or its frames may no longer be kept.
    """
    known = {source.id: source for source in sources}
    if params.origin not in known:
        raise SourceError(f"collect.origin is {params.origin!r}; the spec's sources are {', '.join(known)}; declare it")
    source = known[params.origin]
    if source.retain_until is not None and source.retain_until < today:
        raise SourceError(
            f"source {source.id!r} could be kept until {source.retain_until}; delete it, or renew the right"
        )
    return source


def opened(folder: Path, export: Export, params: Params, keep: Sequence[str] | None) -> Iterator[Arrival | Rejected]:
    """Read and check the images of an export one by one, those in ``keep`` only unless it is None."""
    names = [image.name for image in export.images]
    wanted = np.ones(len(names), bool) if keep is None else lists.listed(names, keep)
    patterns = params.patterns()
    yield from export.rejected if keep is None else _not_in(names, keep)
    for row in np.flatnonzero(wanted).tolist():
        image = export.images[row]
        try:
            content = (folder / image.name).read_bytes()
            checked = images.check(content, params.pixel_limit)
        except (OSError, FrameError) as error:
            yield Rejected(image.name, "unreadable", str(error))
            continue
        if image.width and image.height and (image.width, image.height) != (checked.width, checked.height):
            said_size, size = f"{image.width} x {image.height}", f"{checked.width} x {checked.height}"
            yield Rejected(image.name, "size-mismatch", f"the labels say {said_size}, the image has {size} pixels")
            continue
        said = tuple(_in_pixels(image, a, checked, params.class_names) for a in image.answers)
        context = context_of(image.name, patterns)
        yield Arrival(image.name, content, checked.extension, checked.width, checked.height, context, said)


def _not_in(names: Sequence[str], keep: Sequence[str]) -> list[Rejected]:
    told = "is named by collect.keep and no labelled image of the export"
    return [Rejected(line, "missing", told) for line in lists.unmatched(names, keep)]


def _in_pixels(image: LabelledImage, answer: Answer, checked: images.Checked, class_names: Mapping[str, str]) -> Answer:
    corners = answer.corners
    if image.relative:
        size = [checked.width, checked.height, checked.width, checked.height]
        corners = (corners.astype(np.float64) * size).astype(np.float32)
    labels = arrivals.strings([class_names.get(label, label) for label in answer.labels])
    return replace(answer, corners=corners, labels=labels)


def main() -> None:
    """Choose the reader, store what it gives, write the tables."""
    params = documents.read_document(Params, Path("params.yaml"), section="collect")
    spec = documents.read_document(Spec, Path("specs/spec.yaml"))
    source = source_of(params, spec.sources, datetime.now(UTC).date())
    common = Common(source, tuple(c.id for c in spec.conditions), spec.labelling.guideline_version)
    arriving = _drawn(params.scenes, spec.classes) if params.scenes is not None else _exported(params)
    out = files.empty_folder(OUT)
    with ShardWriter(out / "shards", params.shard_megabytes * 1_000_000) as shards:
        collected = run(params, common, arriving, shards)
    tables.write_frames(out / "frames.parquet", collected.tables.frames)
    tables.write_frames(out / "duplicates.parquet", collected.duplicates)
    tables.write_annotations(out / "boxes.parquet", collected.tables.boxes)
    tables.write_assignments(out / "assignments.parquet", collected.tables.assignments)
    documents.write_value(out / "source.json", collected.collection)
    told = collected.collection
    drawn = f"{told.boxes} boxes by {', '.join(told.annotators)}"
    print(f"collect: {told.frames} frames, {drawn}; {len(told.rejected)} rejected")


def _drawn(scenes: Scenes, classes: Sequence[ObjectClass]) -> Iterator[Arrival]:
    from detection.outside import practice
    from detection.scenes.seasons import STABLE
    from detection.scenes.warehouse import World

    world = World(scenes.seed, scenes.cameras, scenes.width, scenes.height, STABLE)
    drawn = practice.Practice(world, tuple(classes), scenes.annotators, scenes.verified_share, images.jpeg)
    arriving = practice.arrivals(drawn, scenes.frames, scenes.workers)
    yield from track(arriving, "drawing frames", scenes.frames, console=Console(stderr=True), transient=True)


def _exported(params: Params) -> Iterator[Arrival | Rejected]:
    from detection.outside.formats.reading import coco, voc, yolo

    read = {"voc": voc.read, "yolo": yolo.read, "coco": coco.read}[params.source]
    folder = Path(str(params.path))
    export = read(folder, params.annotator)
    keep = None if params.keep is None else files.read_lines(Path(params.keep))
    arriving = opened(folder, export, params, keep)
    yield from track(arriving, "reading images", len(export.images), console=Console(stderr=True), transient=True)


if __name__ == "__main__":
    exits.run(main)
