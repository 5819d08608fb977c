"""EXIF orientation applied to boxes: from pixels as they are stored to pixels as they are displayed.

The eight values are those of EXIF's tag 0x0112; :func:`displayed` turns corners exactly as a viewer turns the picture.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from detection.edge.boxes import Boxes

UPRIGHT: Final = 1
SIDEWAYS: Final = frozenset((5, 6, 7, 8))
"""Orientations that exchange width and height."""

_MIRRORED_ACROSS: Final = frozenset((2, 3, 7, 8))
_MIRRORED_DOWN: Final = frozenset((3, 4, 6, 7))


class Dimensions(NamedTuple):
    """Width and height, pixels."""

    width: int
    height: int


def turned(size: Dimensions, orientation: int) -> Dimensions:
    """A picture's size on the other side of its orientation: stored to displayed, or back."""
    return Dimensions(size.height, size.width) if orientation in SIDEWAYS else size


def displayed(corners: Boxes, stored: Dimensions, orientation: int) -> Boxes:
    """Boxes of the stored picture as boxes of the displayed one.

    Args:
        corners: ``(n, 4)``; need not be well-formed, NaN stays NaN.
        stored: the stored picture's size.
        orientation: 1 to 8.

    Returns:
        ``(n, 4)``; a box whose corners were in order has them in order.
    """
    x, y = corners[:, [0, 2]], corners[:, [1, 3]]
    if orientation in _MIRRORED_ACROSS:
        x = stored.width - x[:, ::-1]
    if orientation in _MIRRORED_DOWN:
        y = stored.height - y[:, ::-1]
    if orientation in SIDEWAYS:
        x, y = y, x
    return np.stack([x[:, 0], y[:, 0], x[:, 1], y[:, 1]], axis=1).astype(np.float32)
