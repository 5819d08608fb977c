"""The frames that changed most between two versions: old boxes dashed, new boxes solid, on the image if it is here."""

from __future__ import annotations

import numpy as np

from detection.outside import pictures
from detection.outside.pictures import Mark
from detection.outside.revisions.opening import Opened
from detection.rules.evidence.labels.changes import caption
from detection.rules.evidence.page import Picture
from detection.rules.labels.versions.boxes import ADDED, MOVED, RECLASSED, REMARKED, REMOVED
from detection.rules.labels.versions.changes import Changes
from detection.rules.labels.versions.partners import Reals
from detection.rules.labels.versions.version import Version

WIDTH_PX = 480
COLOURS = {
    ADDED: pictures.GREEN, REMOVED: pictures.RED, MOVED: pictures.AMBER,
    RECLASSED: pictures.BLUE, REMARKED: pictures.CLASS_COLOURS[3],
}  # fmt: skip
TALLEST = 4
"""A frame higher than this many times its width is drawn as if it were that high."""


def picture(changes: Changes, place: int, old: Opened, new: Opened) -> Picture:
    """One frame of both versions with everything that changed on it.

    Args:
        changes: the comparison.
        place: the frame's place in ``changes.paired``.
        old: the old version's files.
        new: the new version's files.

    Raises:
        SourceError: a shard is damaged.
        FrameError: the image cannot be decoded.
    """
    words = caption(changes, place)
    row, other = int(changes.paired.new[place]), int(changes.paired.old[place])
    for opened, at in ((new, row), (old, other)):
        content = opened.image(at)
        if content is not None:
            marks = _marks(changes, place, opened.version, at)
            return Picture(pictures.frame(content, marks, WIDTH_PX), f"Changes on {words}", words)
    frames = new.version.frames
    width, height = max(int(frames.width[row]), 1), max(int(frames.height[row]), 1)
    blank = pictures.outline(width, min(height, TALLEST * width), _marks(changes, place, new.version, row), WIDTH_PX)
    return Picture(blank, f"Changes on {words}; no image is here", words)


def _marks(changes: Changes, place: int, shown: Version, row: int) -> list[Mark]:
    """The boxes that changed, in pixels of the frame that is shown; the largest change last, on top."""
    size = _size(shown, row)
    found = changes.of_frame(place)
    sides = (
        (changes.old, found.old, _size(changes.old, int(changes.paired.old[place])), True),
        (changes.new, found.new, _size(changes.new, int(changes.paired.new[place])), False),
    )
    return [
        Mark(
            _inside(version.labels.corners[rows[change]] * (size / own), size), COLOURS[int(found.kind[change])], dashed
        )
        for change in reversed(range(len(found)))
        for version, rows, own, dashed in sides
        if rows[change] >= 0
    ]


def _size(version: Version, row: int) -> Reals:
    """``(4,)`` width, height, width, height of a frame; 1 where it is unknown."""
    size = (version.frames.width[row], version.frames.height[row])
    return np.maximum(np.array([*size, *size], np.float64), 1)


def _inside(corners: Reals, size: Reals) -> tuple[float, float, float, float]:
    """Corners that can be drawn, whatever the labels say."""
    x1, y1, x2, y2 = np.clip(np.nan_to_num(corners), 0, size).tolist()
    return x1, y1, x2, y2
