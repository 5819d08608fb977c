"""Boxes that another tool sends back: which proposals they are still. Knows no format.

Tools write corners with few digits (CVAT two). A box of a proposal's class whose corners differ by no more than that is
the proposal, to the last bit; one that overlaps it well was made from it; any other was drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from detection.edge.boxes import Boxes, iou
from detection.rules.field.queue.items import Item
from detection.rules.field.review.session import Answer, Box, proposed, shares

DIGITS_PX = 0.0051
"""Half of CVAT's last digit, and what a float32 adds."""
MADE_FROM_IOU = 0.3
"""A box that overlaps a free proposal like this was made by moving it."""


def answer(item: Item, labels: Sequence[str], corners: Boxes, moment: datetime) -> Answer:
    """A frame's answer.

    Args:
        item: the frame.
        labels: ``n`` class ids.
        corners: ``(n, 4)`` in pixels of the frame.
        moment: when it came back.
    """
    free = list(proposed(item))
    boxes = []
    for label, place in zip(labels, corners, strict=True):
        same = next((one for one in free if _same(item, one, label, place)), None)
        made_from = same if same is not None else _nearest(item, free, place)
        if made_from is not None:
            free.remove(made_from)
        kept = None if same is None else shares(item.predictions[same], item)
        boxes.append(Box(label, kept or _place(item, place), made_from))
    untouched = not free and len(boxes) == len(proposed(item)) and not item.blind
    all_kept = untouched and all(_is_kept(item, box) for box in boxes)
    return Answer(item.frame, "accept" if all_kept else "fix", moment, tuple(boxes))


def _same(item: Item, one: int, label: str, place: Boxes) -> bool:
    told = item.predictions[one]
    return label == told.label and bool(np.all(np.abs(place - _corners(item, one)) <= DIGITS_PX))


def _nearest(item: Item, free: Sequence[int], place: Boxes) -> int | None:
    if not free:
        return None
    overlaps = iou(place.reshape(1, 4), np.stack([_corners(item, one) for one in free]))[0]
    best = int(np.argmax(overlaps))
    return free[best] if overlaps[best] >= MADE_FROM_IOU else None


def _is_kept(item: Item, box: Box) -> bool:
    return box.proposal is not None and box.place == shares(item.predictions[box.proposal], item)


def _corners(item: Item, one: int) -> Boxes:
    told = item.predictions[one]
    return np.array([told.x1, told.y1, told.x2, told.y2], np.float32)


def _place(item: Item, corners: Boxes) -> tuple[float, ...]:
    x1, y1, x2, y2 = map(float, corners)
    return x1 / item.width, y1 / item.height, (x2 - x1) / item.width, (y2 - y1) / item.height
