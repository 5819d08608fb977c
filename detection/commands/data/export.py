"""``detection data export``: the labelled frames in the format of another tool.

Reads  specs/spec.yaml, data/validate, data/agreement, data/split and data/collect/shards
Writes the folder named, whole or not at all
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from detection.outside.documents import read_document
from detection.outside.formats.writing import coco, cvat, label_studio, material, tables, voc, yolo
from detection.outside.formats.writing.folders import Images
from detection.rules.labels import reimport
from detection.rules.labels.membership import among
from detection.rules.labels.outgoing import Labelled
from detection.rules.spec.spec import Spec

DATA = Path("data")
SPEC = Path("specs/spec.yaml")


class Format(Enum):
    """Whose format."""

    COCO = "coco"
    YOLO = "yolo"
    VOC = "voc"
    CVAT = "cvat"
    LABEL_STUDIO = "label_studio"


class Labels(Enum):
    """Whose labels."""

    SETTLED = "settled"
    EVERYBODY = "everybody"


_WRITERS: Mapping[Format, Callable[[Path, Labelled, Images, bool, str], None]] = {
    Format.COCO: coco.write,
    Format.YOLO: yolo.write,
    Format.VOC: voc.write,
    Format.CVAT: cvat.write,
    Format.LABEL_STUDIO: label_studio.write,
}
_BESIDE = frozenset({Format.YOLO, Format.VOC})
"""Formats that hold labels alone: what is known of a frame stands in a table beside them."""
_LABELLED_ALONE = frozenset({Format.COCO, Format.CVAT})
"""Formats that tell something only of frames at which somebody looked."""
_ONE_ANNOTATOR = frozenset({Format.COCO, Format.YOLO, Format.VOC})
"""Formats that name neither annotators nor guidelines."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is exported.

    Attributes:
        labels: whose.
        annotator: only this one's; None takes all.
        split: only frames that were given to a split, by split.
        images: with their files.
        force: an older export may stand in the folder.
    """

    labels: Labels
    annotator: str | None
    split: bool
    images: bool
    force: bool


def export(
    form: Annotated[Format, typer.Option("--format", help="Whose format.")],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder to write; missing or empty.")],
    labels: Annotated[Labels, typer.Option(help="One settled set a frame, or everybody's answers.")] = Labels.SETTLED,
    annotator: Annotated[str | None, typer.Option(metavar="NAME", help="Only this annotator's answers.")] = None,
    split: Annotated[bool, typer.Option("--split", help="Part the frames by split; leave out those in none.")] = False,
    images: Annotated[bool, typer.Option("--images/--no-images", help="With the image files, or labels alone.")] = True,
    force: Annotated[bool, typer.Option("--force", help="Replace an older export in DIR.")] = False,
) -> None:
    """Write the labelled frames as COCO, YOLO, VOC, CVAT or Label Studio."""
    wish = Wish(labels, annotator, split, images, force)
    labelled = chosen(wish)
    note = _note(form, labelled)
    write(form, out, labelled, wish, note)
    unlabelled = len(labelled.frames) - len(set(labelled.assignments.frame.tolist()))
    told = f"{len(labelled.frames)} frames, {len(labelled.boxes)} boxes, {unlabelled} frames unlabelled"
    told += ", which are left out" if unlabelled and form is Format.COCO else ""
    if form is Format.YOLO and (crowds := int(labelled.boxes.crowd.sum())):
        told += f"; {crowds} boxes are crowds, which YOLO takes for objects"
    print(f"{out}: {form.value}, {told}\n{note}", end="")


def _note(form: Format, labelled: Labelled) -> str:
    """How the export is collected again; a mapping may name only what the format tells of some frame."""
    frames = labelled.frames
    if form in _LABELLED_ALONE:
        frames = frames.take(among(frames.id, labelled.assignments.frame))
    lines = reimport.source_lines(labelled.assignments, form not in _ONE_ANNOTATOR)
    lines += reimport.mapping_lines(frames, tables.NAME if form in _BESIDE else "", tables.KEY)
    return "To collect it again, give its source in params.yaml:\n\n{}\n".format("\n".join(lines))


def chosen(wish: Wish) -> Labelled:
    """The labels wished for.

    Raises:
        DetectionError: a stage did not run, or nobody of that name answered.
    """
    classes = [c.id for c in read_document(Spec, SPEC).classes]
    everybody = wish.labels is Labels.EVERYBODY or wish.annotator is not None
    labelled = material.everybody(DATA, classes) if everybody else material.settled(DATA, classes)
    if wish.annotator is not None:
        labelled = material.of_annotator(labelled, wish.annotator)
    return material.parted(labelled, DATA) if wish.split else labelled


def write(form: Format, out: Path, labelled: Labelled, wish: Wish, note: str) -> None:
    """Write the export with a progress bar on stderr."""
    fetch = material.images_of(DATA, labelled.frames) if wish.images else material.no_images
    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("exporting", total=len(labelled.frames))

        def image(row: int) -> bytes:
            bar.advance(task)
            return fetch(row)

        _WRITERS[form](out, labelled, image, wish.force, note)
