"""One COCO document, taken apart: every row is checked, every reference leads somewhere. Knows no delivery.

Duplicate ids of annotations harm nobody here and are not looked at; those of images and categories are faults.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    FailFast,
    Field,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
)
from pydantic.dataclasses import dataclass

MAXIMUM_FAULTS = 1000
"""So many faults of a document are counted; 20 are shown."""

_YES = (True, "1", "true", "True", "yes")
_Finite = Annotated[float, Field(allow_inf_nan=False)]
_Flag = Annotated[bool, BeforeValidator(lambda value: value in _YES)]
_Pixels = Annotated[int, Field(ge=0)]


class CocoError(Exception):
    """What is wrong with a document, all of it."""

    def __init__(self, faults: Sequence[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(self.faults[:3]))


_ROW = ConfigDict(strict=True, extra="ignore")
"""Rows without a dictionary of their own need half the memory, and a document has them by the million."""


class Image(BaseModel):
    """An image, with whatever else stands in its row."""

    model_config = ConfigDict(strict=True, extra="allow")

    id: int | str
    file_name: str
    width: _Pixels | None = None
    height: _Pixels | None = None

    def fields(self) -> dict[str, str]:
        """What else the row says, as text: no lists, no objects, nothing that is null."""
        told = {key: _text(value) for key, value in (self.model_extra or {}).items()}
        return {key: text for key, text in told.items() if text is not None}


@dataclass(frozen=True, slots=True, config=_ROW)
class Category:
    """A class."""

    id: int
    name: Annotated[str, Field(min_length=1)]


@dataclass(frozen=True, slots=True, config=_ROW)
class _Attributes:
    """Flags as CVAT's COCO export writes them; its other attributes are the user's."""

    occluded: _Flag = False
    truncated: _Flag = False


def _surrounding(value: Any, info: ValidationInfo) -> list[float] | None:
    """``x, y, width, height`` around polygons, wanted only where no box is given; masks give none."""
    if info.data.get("bbox") or not value or isinstance(value, dict):
        return None
    if not (isinstance(value, list) and all(isinstance(polygon, list) and len(polygon) >= 6 for polygon in value)):
        raise ValueError("is neither a list of polygons of three points and more nor a mask")
    numbers = [number for polygon in value for number in polygon]
    if any(isinstance(n, bool) or not isinstance(n, int | float) or not abs(n) < 1e30 for n in numbers):
        raise ValueError("holds what is no finite number")
    if any(len(polygon) % 2 for polygon in value):
        raise ValueError("holds half a point")
    across = [x for polygon in value for x in polygon[0::2]]
    down = [y for polygon in value for y in polygon[1::2]]
    return [float(min(across)), float(min(down)), float(max(across) - min(across)), float(max(down) - min(down))]


@dataclass(frozen=True, slots=True, config=_ROW)
class Annotation:
    """One object, a region of many, or a word about the whole image."""

    image_id: int | str
    category_id: int
    bbox: Annotated[list[_Finite], Field(max_length=4)] | None = None
    segmentation: Annotated[list[float] | None, BeforeValidator(_surrounding)] = None
    iscrowd: int | bool | None = None
    occluded: _Flag = False
    truncated: _Flag = False
    attributes: Annotated[_Attributes | None, BeforeValidator(lambda v: v if isinstance(v, dict) else None)] = None

    def box(self) -> list[float] | None:
        """``x, y, width, height``, in pixels; None if nobody drew any."""
        return self.bbox or self.segmentation

    def is_occluded(self) -> bool:
        """Whether a part is hidden, wherever that stands."""
        return self.occluded or (self.attributes is not None and self.attributes.occluded)

    def is_truncated(self) -> bool:
        """Whether a part lies outside the image, wherever that stands."""
        return self.truncated or (self.attributes is not None and self.attributes.truncated)


@dataclass(frozen=True, slots=True, config=_ROW)
class Document:
    """A whole file."""

    images: Annotated[list[Image], FailFast()]
    annotations: Annotated[list[Annotation], FailFast()]
    categories: Annotated[list[Category], Field(min_length=1), FailFast()]


_DOCUMENT = TypeAdapter(Document)
_ROWS: Mapping[str, TypeAdapter[Any]] = {
    "images": TypeAdapter(Image), "annotations": TypeAdapter(Annotation), "categories": TypeAdapter(Category)
}  # fmt: skip


def parse(content: bytes) -> Document:
    """Take a document apart; UTF-8, or UTF-16 and UTF-32 as JSON allowed them.

    Raises:
        CocoError: no JSON, not COCO, an id that stands twice, or a reference to nothing; all of them.
    """
    try:
        encoding = json.detect_encoding(content)
        plain = content if encoding == "utf-8" else content.decode(encoding).encode()
        document = _DOCUMENT.validate_json(plain)
    except UnicodeError as error:
        raise CocoError([f"cannot be read as text ({error})"]) from error
    except ValidationError as error:
        raise CocoError(list(islice(_row_faults(plain, error), MAXIMUM_FAULTS)) or [str(error)[:300]]) from error
    if faults := list(islice(_reference_faults(document), MAXIMUM_FAULTS)):
        raise CocoError(faults)
    return document


def _row_faults(content: bytes, error: ValidationError) -> Iterator[str]:
    """All faults: the first pass stops at the first of each list, so that zeros by the million fill no memory."""
    found = [_told(e) for e in error.errors(include_url=False, include_input=False)]
    lists = {str(e["loc"][0]) for e in error.errors(include_url=False, include_input=False) if len(e["loc"]) > 1}
    yield from (fault for fault in found if fault.split(".")[0] not in lists)
    document = json.loads(content) if lists else {}
    for name in sorted(lists):
        for index, row in enumerate(document[name]):
            try:
                _ROWS[name].validate_json(json.dumps(row))
            except ValidationError as fault:
                yield from (f"{name}.{index}.{_told(e)}" for e in fault.errors(include_url=False, include_input=False))


def _told(error: Mapping[str, Any]) -> str:
    return f"{'.'.join(map(str, error['loc'])) or 'the document'}: {error['msg']}"[:300]


def _reference_faults(document: Document) -> Iterator[str]:
    """Ids that stand twice, annotations that point at nothing, and half boxes."""
    images, categories = _once(document.images), _once(document.categories)
    yield from (f"images: id {key!r} stands {count} times" for key, count in images.items() if count > 1)
    yield from (f"categories: id {key!r} stands {count} times" for key, count in categories.items() if count > 1)
    for index, annotation in enumerate(document.annotations):
        if annotation.image_id not in images:
            yield f"annotations.{index}: image_id {annotation.image_id!r} is not among the images"[:300]
        if annotation.category_id not in categories:
            yield f"annotations.{index}: category_id {annotation.category_id} is not among the categories"
        if annotation.bbox and len(annotation.bbox) != 4:
            yield f"annotations.{index}: bbox has {len(annotation.bbox)} numbers; expected x, y, width, height"


def _once(rows: Sequence[Image] | Sequence[Category]) -> dict[int | str, int]:
    counts: dict[int | str, int] = {}
    for row in rows:
        counts[row.id] = counts.get(row.id, 0) + 1
    return counts


def _text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else None
    return str(value) if isinstance(value, str | int) else None
