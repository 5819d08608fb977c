"""Shapes that people drew, and the upright boxes around them. Numbers as text, degrees clockwise as in a picture."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

Corners = list[float]
"""``x1 y1 x2 y2``."""

LARGEST = 1e9
"""No coordinate is further from 0; beyond it a number is a fault of the file, not a place."""

_PLAIN = re.compile(r"[0-9eE.+-]+")


def number(text: str | float | None, name: str) -> float:
    """A coordinate.

    Args:
        text: as written; None if it is missing.
        name: what to call it in a message.

    Raises:
        ValueError: missing, no number, not finite, or beyond :data:`LARGEST`.
    """
    if text is None:
        raise ValueError(f"{name} is missing")
    try:
        value = math.nan if isinstance(text, str) and not _PLAIN.fullmatch(text.strip()) else float(text)
    except (ValueError, OverflowError):
        value = math.nan
    if not abs(value) <= LARGEST:
        raise ValueError(f"{name} is {str(text)[:40]!r}; expected a number between -{LARGEST:g} and {LARGEST:g}")
    return value


def around(points: Sequence[Sequence[float]]) -> Corners:
    """The box around ``n`` points ``x y``; ``n`` is at least 1."""
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return [min(xs), min(ys), max(xs), max(ys)]


def turned(box: Corners, degrees: float, pivot: Sequence[float]) -> Corners:
    """The box around a box that was turned about a point; without a turn the box itself, as it was written."""
    if degrees % 360 == 0:
        return box
    x1, y1, x2, y2 = box
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    sides = [(x - pivot[0], y - pivot[1]) for x, y in ((x1, y1), (x2, y1), (x2, y2), (x1, y2))]
    return around([(pivot[0] + x * cosine - y * sine, pivot[1] + x * sine + y * cosine) for x, y in sides])


def centre(box: Corners) -> list[float]:
    """The middle of a box."""
    return [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2]


def ellipse(middle: Sequence[float], radii: Sequence[float], degrees: float) -> Corners:
    """The box around an ellipse whose first radius lies along x before it is turned."""
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    half_x = math.hypot(radii[0] * cosine, radii[1] * sine)
    half_y = math.hypot(radii[0] * sine, radii[1] * cosine)
    return [middle[0] - half_x, middle[1] - half_y, middle[0] + half_x, middle[1] + half_y]


def has_area(box: Corners) -> bool:
    """Whether a box around something that was no box holds anything."""
    return box[2] > box[0] and box[3] > box[1]
