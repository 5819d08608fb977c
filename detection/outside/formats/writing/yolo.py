"""Ultralytics YOLO: ``data.yaml``, ``images/`` and ``labels/``, by split if there is one. One annotator a folder.

Precision: shares of the image with ten decimals, that is 0.00001 pixels at any size up to 65,535; whoever reads shares
as float32 keeps 0.001 pixels up to a size of 16,384 and 0.004 at 65,535. A frame without objects has an empty text
file, an unlabelled one has none (which Ultralytics takes for empty). Occluded, truncated and crowd cannot be said; all
that is known of a frame stands in ``frames.csv``. The golden and challenge sets judge, so ``test`` holds them too.
Without the images the shares mean nothing to a reader: bring them to ``images/`` before they are read.
Frames that are not parted are named as ``train`` alone: nothing here draws a split in passing.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

import numpy as np

from detection.outside.formats.writing import folders, tables
from detection.outside.formats.writing.folders import Images
from detection.rules.labels import outgoing
from detection.rules.labels.intake.arrivals import Answer
from detection.rules.labels.outgoing import Item, Labelled

_KEYS = ("train", "val", "test")


def write(folder: Path, labelled: Labelled, images: Images, replace: bool = False, note: str = "") -> None:
    """Write the labelled frames; the arguments and errors are those of every writer.

    Raises:
        LabelsError: several annotators, unknown classes, or boxes on frames of unknown size.
        FolderError: the folder is taken.
        DiskError: the disk is full or refuses.
    """
    outgoing.check(labelled, one_annotator=True, sizes_needed=True)
    with folders.whole(folder, replace) as destination:
        written = []
        for named in folders.each(labelled, images, destination, lambda item: _place("images", item.split)):
            written.append(named)
            if named.item.answers:
                name = PurePosixPath(named.name).stem if folders.is_image(named.name) else named.name
                text = "".join(_lines(named.item, named.item.answers[0], labelled.classes))
                destination.put_text(f"{_place('labels', named.item.split)}/{name}.txt", text)
        for split in labelled.splits():
            destination.make(_place("images", split))
        destination.put_text("data.yaml", _settings(labelled.splits(), labelled.classes))
        destination.put_text(tables.NAME, tables.content(written))
        destination.put_text(folders.NOTE, f"{folders.FIRST_LINE}: Ultralytics YOLO.\n{note}")


def _place(kind: str, split: str) -> str:
    return f"{kind}/{split}" if split else kind


def _settings(splits: Sequence[str], classes: Sequence[str]) -> str:
    """The document; names are quoted as JSON, which YAML reads."""
    others = [split for split in splits if split not in _KEYS]
    lines = []
    for key in _KEYS:
        places = [_place("images", split) for split in ([key] if key in splits else [])]
        if key == "test":
            places += [_place("images", split) for split in others if split]
        if key == "train" and "" in splits:
            places.append("images")
        if places:
            lines.append(f"{key}: {json.dumps(places[0] if len(places) == 1 else places)}")
    names = [f"  {number}: {json.dumps(name, ensure_ascii=False)}" for number, name in enumerate(classes)]
    return "\n".join([*lines, "names:", *names, ""])


def _lines(item: Item, answer: Answer, classes: Sequence[str]) -> list[str]:
    """One line a box: class number, centre and size."""
    sides = np.array([item.width, item.height], np.float64)
    low, high = answer.corners[:, :2].astype(np.float64), answer.corners[:, 2:].astype(np.float64)
    shares = np.concatenate([(low + high) / 2 / np.maximum(sides, 1), (high - low) / np.maximum(sides, 1)], axis=1)
    return [
        f"{classes.index(label)} {' '.join(f'{value:.10f}' for value in row)}\n"
        for label, row in zip(answer.labels.tolist(), shares.tolist(), strict=True)
    ]
