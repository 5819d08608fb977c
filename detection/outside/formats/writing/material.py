"""What the stages left, as it is exported: tables of several stages side by side, images on demand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from detection.errors import LabelsError, SourceError
from detection.outside import shards, tables
from detection.outside.formats.writing.folders import Images
from detection.rules.labels.membership import among
from detection.rules.labels.outgoing import Labelled
from detection.rules.labels.samples import Frames


def settled(root: Path, classes: Sequence[str]) -> Labelled:
    """Every accepted frame with the one set of labels that its annotators were brought to.

    Args:
        root: the folder ``data``.
        classes: class ids in the spec's order.

    Raises:
        SourceError: a stage did not run.
        DocumentError: a table is damaged.
    """
    return Labelled(
        tables.read_frames(_left(root, "validate", "frames")),
        tables.read_annotations(_left(root, "agreement", "labels")),
        tables.read_assignments(_left(root, "agreement", "labelled")),
        tuple(classes),
    )


def everybody(root: Path, classes: Sequence[str]) -> Labelled:
    """Every accepted frame with all annotators' answers; arguments and errors as of :func:`settled`."""
    return Labelled(
        tables.read_frames(_left(root, "validate", "frames")),
        tables.read_annotations(_left(root, "validate", "boxes")),
        tables.read_assignments(_left(root, "validate", "assignments")),
        tuple(classes),
    )


def of_annotator(labelled: Labelled, annotator: str) -> Labelled:
    """The answers of one annotator; frames that others looked at become unlabelled.

    Raises:
        LabelsError: nobody of this name answered.
    """
    known = sorted(set(labelled.assignments.annotator.tolist()))
    if annotator not in known:
        raise LabelsError(f"no answer by {annotator!r}; expected one of {', '.join(known) or 'nobody'}")
    boxes = labelled.boxes.take(np.asarray(labelled.boxes.annotator == annotator, bool))
    said = labelled.assignments.take(np.asarray(labelled.assignments.annotator == annotator, bool))
    return replace(labelled, boxes=boxes, assignments=said)


def parted(labelled: Labelled, root: Path) -> Labelled:
    """The frames that were given to a split, with its name; the others are left out.

    Raises:
        SourceError: stage split did not run.
        DocumentError: its table is damaged.
    """
    columns = tables.read_columns(_left(root, "split", "splits"))
    split_of = dict(zip(columns["frame"].tolist(), columns["split"].tolist(), strict=True))
    placed = np.array([frame in split_of for frame in labelled.frames.id], bool)
    frames = labelled.frames.take(placed)
    of_frames = np.empty(len(frames), object)
    of_frames[:] = [split_of[frame] for frame in frames.id]
    kept = labelled.boxes.take(among(labelled.boxes.frame, frames.id))
    said = labelled.assignments.take(among(labelled.assignments.frame, frames.id))
    return replace(labelled, frames=frames, boxes=kept, assignments=said, split_of=of_frames)


def images_of(root: Path, frames: Frames) -> Images:
    """Gives the bytes of a frame's image by its row, proven by their hash; none where only its labels are known."""

    def image(row: int) -> bytes:
        length = int(frames.length[row])
        if not length:
            return b""
        shard = root / "collect" / "shards" / str(frames.shard[row])
        return shards.read_member(shard, int(frames.offset[row]), length, str(frames.id[row]))

    return image


def no_images(row: int) -> bytes:
    """Labels alone."""
    return b""


def _left(root: Path, stage: str, name: str) -> Path:
    path = root / stage / f"{name}.parquet"
    if not path.is_file():
        raise SourceError(f"{path}: is missing; run `dvc repro {stage}` first")
    return path
