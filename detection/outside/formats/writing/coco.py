"""COCO: ``images/`` and ``annotations/instances.json``, or one JSON file a split. One annotator a folder.

Precision: corners that are no smaller than 0.001 pixels come back exactly as float32, smaller ones within a
billionth of a pixel. Occluded and truncated stand in ``attributes``, as CVAT writes them; a crowd is ``iscrowd``. What
is known of a frame stands in its image's row. COCO cannot say that nobody looked: unlabelled frames are left out.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from detection.edge.boxes import Boxes
from detection.outside.formats.writing import folders
from detection.outside.formats.writing.folders import Destination, Images, Named
from detection.rules.labels import outgoing
from detection.rules.labels.intake.arrivals import Answer
from detection.rules.labels.membership import among
from detection.rules.labels.outgoing import Labelled

Row = Mapping[str, object]


class _Document:
    """The rows of one JSON file."""

    def __init__(self) -> None:
        self.images: list[Row] = []
        self.annotations: list[Row] = []


def write(folder: Path, labelled: Labelled, images: Images, replace: bool = False, note: str = "") -> None:
    """Write the labelled frames.

    Args:
        folder: missing or empty.
        labelled: frames with at most one answer each.
        images: the frames' bytes.
        replace: an older export may stand in the folder.
        note: what to say about the export in it.

    Raises:
        LabelsError: several annotators, or classes that are unknown.
        FolderError: the folder is taken.
        DiskError: the disk is full or refuses.
    """
    known = among(labelled.frames.id, labelled.assignments.frame)
    split_of = None if labelled.split_of is None else labelled.split_of[known]
    kept = Labelled(labelled.frames.take(known), labelled.boxes, labelled.assignments, labelled.classes, split_of)
    outgoing.check(kept, one_annotator=True, sizes_needed=False)
    rows = np.flatnonzero(known)
    with folders.whole(folder, replace) as destination:
        _write(kept, lambda row: images(int(rows[row])), destination)
        destination.put_text(folders.NOTE, f"{folders.FIRST_LINE}: COCO.\n{note}")


def _write(labelled: Labelled, images: Images, destination: Destination) -> None:
    parts: dict[str, _Document] = defaultdict(_Document)
    number = 1
    for named in folders.each(labelled, images, destination, lambda item: "images"):
        part = parts[named.item.split]
        part.images.append(_image(named))
        for row in _annotations(named.item.answers[0], labelled.classes):
            part.annotations.append({"id": number, "image_id": named.item.row + 1, **row})
            number += 1
    categories = [{"id": n, "name": name} for n, name in enumerate(labelled.classes, start=1)]
    for split in labelled.splits():
        whole = {"images": parts[split].images, "annotations": parts[split].annotations, "categories": categories}
        name = f"instances_{split}" if split else "instances"
        destination.put_text(f"annotations/{name}.json", json.dumps(whole, ensure_ascii=False, allow_nan=False) + "\n")


def _image(named: Named) -> Row:
    item = named.item
    size = {"width": item.width, "height": item.height} if item.width and item.height else {}
    return {"id": item.row + 1, "file_name": named.name, **size, **item.fields}


def _annotations(answer: Answer, classes: tuple[str, ...]) -> Iterator[Row]:
    for place, label in enumerate(answer.labels.tolist()):
        bbox = _bbox(answer.corners[place])
        yield {
            "category_id": classes.index(label) + 1,
            "bbox": bbox,
            "area": bbox[2] * bbox[3],
            "iscrowd": int(answer.crowd[place]),
            "segmentation": [],
            "attributes": {"occluded": bool(answer.occluded[place]), "truncated": bool(answer.truncated[place])},
        }


def _bbox(corners: Boxes) -> list[float]:
    """``x, y, width, height`` in as few digits as bring the corners back; ``corners`` is ``(4,)``."""
    short = [float(str(value)) for value in corners]
    sizes = [round(short[2] - short[0], 6), round(short[3] - short[1], 6)]
    back = np.array([short[0] + sizes[0], short[1] + sizes[1]], np.float32)
    if np.array_equal(back, corners[2:]):
        return [*short[:2], *sizes]
    exact = corners.astype(np.float64).tolist()
    return [exact[0], exact[1], exact[2] - exact[0], exact[3] - exact[1]]
