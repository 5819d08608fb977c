"""Boxes that stand twice. Frames that stand twice have one id and are collapsed when they are collected."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detection.edge.boxes import Boxes, areas
from detection.rules.labels.findings.drawn import Drawn, Integers
from detection.rules.labels.findings.finding import Finding
from detection.rules.spec.labels import Labelling


@dataclass(frozen=True, slots=True, eq=False)
class Overlapping:
    """``k`` pairs of boxes of one class by one annotator on one frame.

    Attributes:
        first: ``(k,)`` the earlier row.
        second: ``(k,)`` the later row.
        iou: ``(k,)`` how much they overlap.
    """

    first: Integers
    second: Integers
    iou: NDArray[np.float32]


def repeated_boxes(drawn: Drawn) -> NDArray[np.bool_]:
    """``(m,)``: an earlier row has the same frame, annotator, class and corners to the last bit."""
    bits = np.ascontiguousarray(drawn.boxes.corners, np.float32).view(np.int64)
    keys = np.stack([_one_of(drawn), *bits.T])
    order = np.lexsort(keys)  # stable: of equal rows the earliest comes first
    repeated = np.zeros(len(drawn), bool)
    if len(drawn) > 1:
        repeated[order[1:]] = (keys[:, order[1:]] == keys[:, order[:-1]]).all(axis=0)
    return repeated


def overlapping_boxes(drawn: Drawn, minimum_iou: float) -> Overlapping:
    """Pairs that overlap by ``minimum_iou`` at least and are no exact copies, ordered by row.

    Groups are walked in step: every box is compared with the next of its group, then with the one after that, as long
    as any group is that long.
    """
    usable = np.flatnonzero(drawn.usable() & ~repeated_boxes(drawn))
    key = _one_of(drawn)[usable]
    order = np.lexsort((drawn.boxes.corners[usable, 0], key))
    rows, key = usable[order], key[order]
    corners = drawn.boxes.corners[rows]
    left, found = np.arange(len(rows)), []
    for step in range(1, len(rows)):
        left = left[left + step < len(rows)]
        same = key[left] == key[left + step]
        # Sorted by their left edge: once the next begins beyond this one's end, all later ones do.
        left = left[same & (corners[left + step, 0] < corners[left, 2])]
        if not len(left):
            break
        overlap = _iou(corners[left], corners[left + step])
        near = overlap >= np.float32(minimum_iou)
        found.append((rows[left[near]], rows[left[near] + step], overlap[near]))
    return _ordered(found)


def _one_of(drawn: Drawn) -> Integers:
    """``(m,)`` one number for frame, annotator and class together."""
    people, classes = max(1, len(drawn.annotator.names)), max(1, len(drawn.label.names))
    return (drawn.row * people + drawn.annotator.number) * classes + drawn.label.number


def drawn_twice(made: Drawn, minimum_iou: float, labelling: Labelling) -> list[Finding]:
    """Boxes that overlap an earlier one of their class and annotator so much that they are one object."""
    pairs = overlapping_boxes(made, minimum_iou)
    later, place = np.unique(pairs.second, return_index=True)
    why = [
        f"overlaps {made.words(first)} by {iou:.2f} (at least {minimum_iou:g} is one object); keep one"
        for first, iou in zip(pairs.first[place].tolist(), pairs.iou[place].tolist(), strict=True)
    ]
    return made.findings("duplicate-box", labelling, later, why)


def _ordered(found: list[tuple[Integers, Integers, NDArray[np.float32]]]) -> Overlapping:
    nothing = np.zeros(0, np.int64)
    one = np.concatenate([nothing, *(pair[0] for pair in found)])
    other = np.concatenate([nothing, *(pair[1] for pair in found)])
    iou = np.concatenate([np.zeros(0, np.float32), *(pair[2] for pair in found)])
    first, second = np.minimum(one, other), np.maximum(one, other)
    order = np.lexsort((second, first))
    return Overlapping(first[order], second[order], iou[order])


def _iou(a: Boxes, b: Boxes) -> NDArray[np.float32]:
    """``(k,)`` overlap of each box with its partner."""
    top_left = np.maximum(a[:, :2], b[:, :2])
    bottom_right = np.minimum(a[:, 2:], b[:, 2:])
    shared = np.prod(np.clip(bottom_right - top_left, 0, None), axis=1)
    union = areas(a) + areas(b) - shared
    return np.asarray(np.divide(shared, union, out=np.zeros_like(shared), where=union > 0), np.float32)
