"""COCO: JSON files of images, annotations and categories beside the images. Knows the format, not the classes' meaning.

Every ``*.json`` below the folder must be such a file. An image is found by its ``file_name`` in the JSON's folder, in
a folder beside it, or anywhere below if only one fits. An image that is listed and has no annotation is empty, as COCO
means it. Boxes are ``x, y, width, height`` in pixels. Crowd regions and annotations without a box stand for objects
that nobody counted, so such an image is set aside and listed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Annotated

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from detection.errors import SourceError
from detection.outside import documents, files
from detection.rules.labels.intake.arrivals import IMAGE_SUFFIXES, Export, LabelledImage, Rejected, answer

MAXIMUM_BYTES = 1_000_000_000
"""No JSON file is read that is longer."""
SHOWN_FAULTS = 20

_Finite = Annotated[float, Field(allow_inf_nan=False)]


class _Row(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")


class _Image(_Row):
    id: int | str
    file_name: str
    width: Annotated[int, Field(ge=0)] = 0
    height: Annotated[int, Field(ge=0)] = 0


class _Category(_Row):
    id: int
    name: Annotated[str, Field(min_length=1)]


class _Annotation(_Row):
    image_id: int | str
    category_id: int
    bbox: Annotated[list[_Finite], Field(min_length=4, max_length=4)] | None = None
    iscrowd: int = 0


class _Coco(_Row):
    images: list[_Image]
    annotations: list[_Annotation]
    categories: Annotated[list[_Category], Field(min_length=1)]


class _ImageError(Exception):
    """Why one image is set aside."""

    def __init__(self, finding: str, reason: str) -> None:
        self.finding = finding
        super().__init__(reason)


def read(folder: Path, annotator: str) -> Export:
    """Read every JSON file below ``folder``.

    Args:
        folder: the export.
        annotator: who drew the boxes; the format does not say.

    Raises:
        SourceError: no such folder, no JSON in it, or a JSON that is not COCO, with all its faults.
    """
    below = _by_file_name(files.listing(folder, IMAGE_SUFFIXES))
    documents_found = files.listing(folder, frozenset({".json"}))
    if not documents_found:
        raise SourceError(f"{folder}: no JSON file below it; expected COCO annotations")
    found: dict[str, LabelledImage] = {}
    rejected: list[Rejected] = []
    for name in documents_found:
        coco = _coco(folder / name)
        boxes = _by_image(coco.annotations)
        names = {category.id: category.name for category in coco.categories}
        for image in coco.images:
            try:
                labelled = _labelled(image, _file_of(image, name, below), boxes.get(image.id, []), names, annotator)
                if labelled.name in found:
                    raise _ImageError("duplicate-frame", "is listed twice; the first list counts")
                found[labelled.name] = labelled
            except _ImageError as fault:
                rejected.append(Rejected(image.file_name, fault.finding, str(fault)))
    return Export(tuple(found[n] for n in sorted(found)), tuple(rejected))


def _coco(path: Path) -> _Coco:
    if path.stat().st_size > MAXIMUM_BYTES:
        raise SourceError(f"{path}: {path.stat().st_size} bytes; expected at most {MAXIMUM_BYTES}")
    value = documents.read_json(path)
    try:
        coco = _Coco.model_validate(value)
    except ValidationError as error:
        faults = [
            f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_url=False, include_input=False)
        ]
        raise _not_coco(path, faults) from error
    faults = _reference_faults(coco)
    if faults:
        raise _not_coco(path, faults)
    return coco


def _not_coco(path: Path, faults: Sequence[str]) -> SourceError:
    more = [f"... and {len(faults) - SHOWN_FAULTS} more"] if len(faults) > SHOWN_FAULTS else []
    return SourceError(
        f"{path}: not COCO: {len(faults)} fault(s); mend it, or move it away", [*faults[:SHOWN_FAULTS], *more]
    )


def _reference_faults(coco: _Coco) -> list[str]:
    """Ids that stand twice, and annotations that point at nothing."""
    images, categories = [i.id for i in coco.images], [c.id for c in coco.categories]
    faults = [f"{noun}: an id stands twice" for noun, ids in (("images", images), ("categories", categories))
              if len(set(ids)) < len(ids)]  # fmt: skip
    known_images, known_categories = set(images), set(categories)
    for index, annotation in enumerate(coco.annotations):
        if annotation.image_id not in known_images:
            faults.append(f"annotations.{index}: image_id {annotation.image_id!r} is not among the images")
        if annotation.category_id not in known_categories:
            faults.append(f"annotations.{index}: category_id {annotation.category_id} is not among the categories")
    return faults


def _by_image(annotations: Sequence[_Annotation]) -> Mapping[int | str, list[_Annotation]]:
    boxes: dict[int | str, list[_Annotation]] = defaultdict(list)
    for annotation in annotations:
        boxes[annotation.image_id].append(annotation)
    return boxes


def _by_file_name(images: Sequence[str]) -> Mapping[str, list[str]]:
    below: dict[str, list[str]] = defaultdict(list)
    for name in images:
        below[PurePosixPath(name).name].append(name)
    return below


def _file_of(image: _Image, document: str, below: Mapping[str, list[str]]) -> str:
    wanted = PurePosixPath(image.file_name)
    if wanted.is_absolute() or ".." in wanted.parts:
        raise _ImageError("unreadable", "the file name leads out of the folder; write it relative")
    home = PurePosixPath(document).parent
    fits = [n for n in below.get(wanted.name, []) if f"/{n}".endswith(f"/{wanted}")]
    here = [n for n in fits if PurePosixPath(n) == home / wanted]
    beside = [n for n in fits if PurePosixPath(n).is_relative_to(home.parent)]
    chosen = next((names for names in (here, beside, fits) if len(names) == 1), fits)
    if len(chosen) != 1:
        raise _ImageError("unreadable", f"{len(chosen) or 'no'} image file(s) of this name below; expected one")
    return chosen[0]


def _labelled(
    image: _Image, name: str, annotations: Sequence[_Annotation], names: Mapping[int, str], annotator: str
) -> LabelledImage:
    if any(a.bbox is None for a in annotations):
        raise _ImageError("unlabelled", "has a label without a box; draw it, or remove the label")
    if any(a.iscrowd for a in annotations):
        raise _ImageError("crowd-region", "has a crowd region: objects in it were not counted")
    boxes = np.array([a.bbox for a in annotations], np.float64).reshape(-1, 4)
    corners = np.concatenate([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]], axis=1)
    said = answer(annotator, [names[a.category_id] for a in annotations], corners)
    return LabelledImage(name, image.width, image.height, relative=False, answers=(said,), fields={})
