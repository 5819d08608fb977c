"""The regions of one Label Studio answer, and the upright boxes around them. Knows percent, turns and brushes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

from detection.outside.formats.reading import geometry
from detection.outside.formats.reading.geometry import Corners, number
from detection.outside.formats.reading.label_studio import brushes

FLAGS = ("occluded", "truncated", "crowd")
"""Choices made for a region that become marks of its box."""


@dataclass(frozen=True, slots=True)
class Size:
    """Pixels of the image that percents are taken of; 0 if unknown."""

    width: int
    height: int


UNKNOWN = Size(0, 0)


@dataclass(frozen=True, slots=True)
class Region:
    """One labelled shape.

    Attributes:
        label: class name as written.
        kind: which kind of shape, for messages.
        box: corners in pixels, or in shares of an image of unknown size; None if there is nothing to draw a box around.
        flags: choices made for it.
    """

    label: str
    kind: str
    box: Corners | None
    flags: frozenset[str]


def size(results: Sequence[Mapping[str, Any]]) -> Size:
    """The size of the image as the regions give it.

    Raises:
        ValueError: they give several, or no whole numbers.
    """
    found: Size = UNKNOWN
    for result in results:
        width, height = result.get("original_width"), result.get("original_height")
        if width is None and height is None:
            continue
        if not _is_side(width) or not _is_side(height) or found not in (UNKNOWN, Size(width, height)):
            told = f"{str(width)[:20]} and {str(height)[:20]}"
            raise ValueError(
                f"original_width and original_height are {told}; expected whole pixels, the same throughout"
            )
        found = Size(width, height)
    return found


def _is_side(value: object) -> TypeGuard[int]:
    return type(value) is int and 0 < value <= geometry.LARGEST


def regions(results: Sequence[Mapping[str, Any]], pixels: Size) -> tuple[Region, ...]:
    """Every labelled shape of one answer.

    Args:
        results: as exported; choices, texts and whatever else is no labelled shape are passed over.
        pixels: of the image.

    Raises:
        ValueError: a shape without exactly one label, or with impossible numbers; all of them.
    """
    chosen = _choices(results)
    found, faults = [], []
    for place, result in enumerate(results, start=1):
        kind, value = str(result.get("type")), result.get("value")
        if not kind.endswith("labels") or not isinstance(value, Mapping) or "start" in value:
            continue
        try:
            label = _label(value.get(kind))
            box = _box(value, pixels, result.get("image_rotation") or 0)
        except ValueError as error:
            faults.append(f"region {place} ({kind}): {error}")
            continue
        found.append(Region(label, kind, box, chosen[str(result.get("id"))]))
    if faults:
        raise ValueError("; ".join(faults[:10]))
    return tuple(found)


def _choices(results: Sequence[Mapping[str, Any]]) -> Mapping[str, frozenset[str]]:
    """Region ids to the marks chosen for them."""
    chosen: dict[str, frozenset[str]] = defaultdict(frozenset)
    for result in results:
        value = result.get("value")
        if result.get("type") == "choices" and isinstance(value, Mapping) and isinstance(value.get("choices"), list):
            names = {str(name).lower() for name in value["choices"]}
            chosen[str(result.get("id"))] |= names.intersection(FLAGS)
    return chosen


def _label(labels: object) -> str:
    if not isinstance(labels, list) or len(labels) != 1 or not isinstance(labels[0], str) or not labels[0].strip():
        raise ValueError(f"labels are {str(labels)[:60]}; expected exactly one")
    return labels[0].strip()


def _box(value: Mapping[str, Any], pixels: Size, image_turn: object) -> Corners | None:
    if image_turn != 0:
        raise ValueError(f"the image was turned by {str(image_turn)[:10]} in the tool; turn it back, and export again")
    if "points" in value:
        box = geometry.around(_points(value["points"], pixels))
        return box if geometry.has_area(box) else None
    if "radiusX" in value:
        middle, radii = _pair(value, "x", "y", pixels), _pair(value, "radiusX", "radiusY", pixels)
        return geometry.ellipse(middle, radii, _turn(value, pixels))
    if isinstance(value.get("rle"), list):
        return brushes.around(value["rle"], pixels.width, pixels.height)
    if "width" in value and "height" in value:
        start, extent = _pair(value, "x", "y", pixels), _pair(value, "width", "height", pixels)
        return geometry.turned([*start, start[0] + extent[0], start[1] + extent[1]], _turn(value, pixels), start)
    return None


def _points(points: object, pixels: Size) -> list[list[float]]:
    if not isinstance(points, list) or not points:
        raise ValueError(f"points are {str(points)[:40]}; expected x and y of at least one")
    pairs = [dict(zip("xy", p, strict=False)) for p in points if isinstance(p, list) and len(p) == 2]
    if len(pairs) != len(points):
        raise ValueError("a point is not x and y")
    return [_pair(pair, "x", "y", pixels) for pair in pairs]


def _pair(value: Mapping[str, Any], x: str, y: str, pixels: Size) -> list[float]:
    """Two percents as pixels; as shares where the size is unknown."""
    return [
        _percent(value.get(x), x) / 100 * (pixels.width or 1),
        _percent(value.get(y), y) / 100 * (pixels.height or 1),
    ]


def _percent(value: object, name: str) -> float:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise ValueError(f"{name} is {str(value)[:40]!r}; expected a number")
    return number(value, name)


def _turn(value: Mapping[str, Any], pixels: Size) -> float:
    degrees = _percent(value.get("rotation") or 0, "rotation")
    if degrees % 360 and pixels == UNKNOWN:
        raise ValueError("is turned, and original_width and original_height are missing")
    return degrees
