"""Which kind of error each false detection is, and which objects nobody found: TIDE's definitions.

Bolya et al., "TIDE: A General Toolbox for Identifying Object Detection Errors", ECCV 2020, section 3. A false detection
is, the first that fits: *localisation* (its own class overlaps it, too little to be found), *classification* (an object
of another class overlaps it enough), *duplicate* (its object was found by a surer detection), *background* (nothing to
speak of is there), *both* (another class, and too little). An object that no detection found is *missed*, unless a
localisation or classification error stands on it: mending that error finds the object.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from detection.rules.judging.matching import (
    DETECTIONS_PER_FRAME_AND_CLASS,
    LARGEST_OVERLAP,
    Flags,
    Integers,
    Predictions,
    Reals,
    Truth,
)

Kind = Literal["classification", "localisation", "both", "duplicate", "background", "missed"]
KINDS: tuple[Kind, ...] = ("classification", "localisation", "both", "duplicate", "background", "missed")
"""In the order of the codes of :attr:`Taxonomy.kind`."""
ErrorKind = Kind | Literal["false positives", "false negatives"]
"""The two last are TIDE's specials: all false detections, all objects not found, whatever the kind."""
CLASSIFICATION, LOCALISATION, BOTH, DUPLICATE, NOTHING_THERE, MISSED = range(len(KINDS))
RIGHT = -1
"""Code of a detection that found its object."""
BACKGROUND_OVERLAP = 0.1
"""Overlap up to which a detection has nothing to do with an object; TIDE's."""


@dataclass(frozen=True, slots=True, eq=False)
class Taxonomy:
    """Every judged detection and every object with the kind of error it is.

    Attributes:
        row: ``(n,)`` position of the detection in the :class:`Predictions`; by frame, best score first.
        kind: ``(n,)`` int8, place in :data:`KINDS`, or :data:`RIGHT`.
        object: ``(n,)`` position in the :class:`Truth` of the object it found or the error speaks of; -1 for none.
        overlap: ``(n,)`` with that object; with whatever is nearest where there is none; 0 in an empty frame.
        mends: ``(n,)`` True where mending this error would find its object: the surest of those that stand on it.
        found: ``(m,)`` the object was found.
        missed: ``(m,)`` it was not, and no error stands on it.
    """

    row: Integers
    kind: NDArray[np.int8]
    object: Integers
    overlap: Reals
    mends: Flags
    found: Flags
    missed: Flags

    def __len__(self) -> int:
        return len(self.row)


def taxonomy(
    truth: Truth, predictions: Predictions, iou: float = 0.5, maximum: int = DETECTIONS_PER_FRAME_AND_CLASS
) -> Taxonomy:
    """Tell the kind of every error.

    Args:
        truth: the objects; may be empty.
        predictions: the detections; may be empty. Scores must be finite.
        iou: overlap from which a detection has found an object.
        maximum: detections judged per frame and class, best first.
    """
    row = _judged(predictions, _best_first(predictions), maximum)
    there = np.lexsort((*truth.corners.T[::-1], truth.frame))
    objects = _Boxes(truth.frame[there], truth.label[there], truth.corners[there].astype(np.float64))
    said = _Boxes(
        predictions.frame[row], predictions.label[row], np.ascontiguousarray(predictions.corners[row], np.float64)
    )
    told = _Told(
        np.full(len(row), RIGHT, np.int8),
        np.full(len(row), -1, np.int64),
        np.zeros(len(row)),
        np.zeros(len(row), np.bool_),
        np.zeros(len(there), np.bool_),
        np.zeros(len(there), np.bool_),
    )
    _tell_all(objects, said, min(iou, LARGEST_OVERLAP), told)
    found, covered = np.zeros(len(there), np.bool_), np.zeros(len(there), np.bool_)
    found[there], covered[there] = told.found, told.covered
    partner = np.append(there, -1)[told.object]
    return Taxonomy(row, told.kind, partner, told.overlap, told.mends, found, ~found & ~covered)


class _Boxes(NamedTuple):
    """Boxes by frame, for the compiled loops, which know no dataclasses."""

    frame: Integers
    label: Integers
    corners: Reals


class _Told(NamedTuple):
    """Rows to fill in: see :class:`Taxonomy`; ``covered``: an error that would find the object stands on it."""

    kind: NDArray[np.int8]
    object: Integers
    overlap: Reals
    mends: Flags
    found: Flags
    covered: Flags


class _Nearest(NamedTuple):
    """The objects a detection overlaps most, -1 for none: of its class, of those that were found, of other classes."""

    same: int
    same_overlap: float
    taken_overlap: float
    taken: int
    other: int
    other_overlap: float


def _best_first(predictions: Predictions) -> Integers:
    """Rows by frame, best score first; of equal scores the smaller corners first, whatever the order of the rows."""
    order = np.lexsort((-predictions.score, predictions.frame))
    frame, score = predictions.frame[order], predictions.score[order]
    if not ((frame[1:] == frame[:-1]) & (score[1:] == score[:-1])).any():
        return order
    return np.lexsort((predictions.label, *predictions.corners.T[::-1], -predictions.score, predictions.frame))


def _judged(predictions: Predictions, order: Integers, maximum: int) -> Integers:
    """``order`` without what ranks below the best ``maximum`` of its frame and class."""
    frame, label = predictions.frame[order], predictions.label[order]
    if not len(order) or np.bincount(frame).max() <= maximum:
        return order
    by_class = np.lexsort((label, frame))
    begins = np.flatnonzero(np.diff(frame[by_class] * (1 << 20) + label[by_class], prepend=-1))
    rank = np.empty(len(order), np.int64)
    rank[by_class] = np.arange(len(order)) - np.repeat(begins, np.diff(np.append(begins, len(order))))
    return order[rank < maximum]


@njit(cache=True)
def _tell_all(objects, said, iou, told):  # type: ignore[no-untyped-def]
    """Fill in every frame in which something was said."""
    first = 0
    begin, end = 0, 0
    while first < len(said.frame):
        frame = said.frame[first]
        last = first
        while last < len(said.frame) and said.frame[last] == frame:
            last += 1
        while begin < len(objects.frame) and objects.frame[begin] < frame:
            begin += 1
        end = begin
        while end < len(objects.frame) and objects.frame[end] == frame:
            end += 1
        for i in range(first, last):
            _find(objects, said, (i, begin, end, iou), told)
        for i in range(first, last):
            if told.kind[i] != RIGHT or told.object[i] < 0:
                _tell(_nearest(objects, said, (i, begin, end), told.found), i, iou, told)
        first = last


@njit(cache=True)
def _find(objects, said, place, told):  # type: ignore[no-untyped-def]
    """Let one detection take the free object of its class that it overlaps most; of equals the later, as COCO does."""
    i, begin, end, iou = place
    best, chosen = iou, -1
    for j in range(begin, end):
        if objects.label[j] == said.label[i] and not told.found[j]:
            shared = _overlap(said.corners, i, objects.corners, j)
            if shared >= best:
                best, chosen = shared, j
    if chosen >= 0:
        told.object[i], told.overlap[i], told.found[chosen] = chosen, best, True


@njit(cache=True)
def _nearest(objects, said, place, found):  # type: ignore[no-untyped-def]
    i, begin, end = place
    same, taken, other = -1, -1, -1
    same_overlap, taken_overlap, other_overlap = 0.0, 0.0, 0.0
    for j in range(begin, end):
        shared = _overlap(said.corners, i, objects.corners, j)
        if objects.label[j] != said.label[i]:
            if shared > other_overlap:
                other, other_overlap = j, shared
            continue
        if shared > same_overlap:
            same, same_overlap = j, shared
        if shared > taken_overlap and found[j]:
            taken, taken_overlap = j, shared
    return _Nearest(same, same_overlap, taken_overlap, taken, other, other_overlap)


@njit(cache=True)
def _tell(near, i, iou, told):  # type: ignore[no-untyped-def]
    """Give one false detection its kind; the order of the questions is TIDE's."""
    told.overlap[i] = max(near.same_overlap, near.other_overlap)
    if BACKGROUND_OVERLAP <= near.same_overlap <= iou:
        told.kind[i], told.object[i], told.overlap[i] = LOCALISATION, near.same, near.same_overlap
    elif near.other_overlap >= iou:
        told.kind[i], told.object[i], told.overlap[i] = CLASSIFICATION, near.other, near.other_overlap
    elif near.taken_overlap >= iou:
        told.kind[i], told.object[i], told.overlap[i] = DUPLICATE, near.taken, near.taken_overlap
        return
    elif told.overlap[i] <= BACKGROUND_OVERLAP:
        told.kind[i] = NOTHING_THERE
        return
    else:
        told.kind[i] = BOTH
        told.object[i] = near.other if near.other_overlap > near.same_overlap else near.same
        return
    j = told.object[i]
    if not told.found[j] and not told.covered[j]:
        told.mends[i] = told.covered[j] = True


@njit(cache=True)
def _overlap(a, i, b, j):  # type: ignore[no-untyped-def]
    """IoU of box ``i`` of one table and ``j`` of another; of empty ones 0."""
    width = min(a[i, 2], b[j, 2]) - max(a[i, 0], b[j, 0])
    height = min(a[i, 3], b[j, 3]) - max(a[i, 1], b[j, 1])
    if width <= 0 or height <= 0:
        return 0.0
    one = (a[i, 2] - a[i, 0]) * (a[i, 3] - a[i, 1])
    other = (b[j, 2] - b[j, 0]) * (b[j, 3] - b[j, 1])
    return width * height / (one + other - width * height)
