"""Which detection found which object: COCO's matching rule over columns, all frames, classes and overlaps at once.

The rule is pycocotools': within one frame and class, detections choose in the order of their scores; each takes the
free object it overlaps most, if that is at least the wanted overlap; of equal overlaps the later object is taken.
Objects outside a size range are neither demanded nor held against whoever finds them. Here every round lets the next
detection of *all* frames and classes choose at once, and only pairs that overlap enough are ever looked at.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Reals = NDArray[np.float64]
Flags = NDArray[np.bool_]

OVERLAPS: Reals = np.linspace(0.5, 0.95, 10)
"""COCO's ten overlaps, 0.50 to 0.95."""
DETECTIONS_PER_FRAME_AND_CLASS = 100
"""COCO's limit; what ranks below is not judged."""
_LARGEST_OVERLAP = 1 - 1e-10
"""An overlap of 1 must be reachable in spite of rounding; pycocotools' limit."""


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """``m`` objects that are there.

    Attributes:
        frame: ``(m,)`` number of the frame.
        label: ``(m,)`` number of the class.
        corners: ``(m, 4)`` boxes, pixels.
    """

    frame: Integers
    label: Integers
    corners: NDArray[np.floating]

    def __len__(self) -> int:
        return len(self.frame)

    def take(self, rows: Flags | Integers) -> Truth:
        """The objects in ``rows``, in that order."""
        return Truth(self.frame[rows], self.label[rows], self.corners[rows])


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """``n`` detections, the order of equal scores within a frame being the detector's.

    Attributes:
        frame: ``(n,)`` number of the frame.
        label: ``(n,)`` number of the class.
        score: ``(n,)`` in [0, 1].
        corners: ``(n, 4)`` boxes, pixels.
    """

    frame: Integers
    label: Integers
    score: Reals
    corners: NDArray[np.floating]

    def __len__(self) -> int:
        return len(self.frame)

    def take(self, rows: Flags | Integers) -> Predictions:
        """The detections in ``rows``, in that order."""
        return Predictions(self.frame[rows], self.label[rows], self.score[rows], self.corners[rows])


@dataclass(frozen=True, slots=True)
class SizeRange:
    """Which objects are demanded, by area in square pixels, both ends included."""

    lower: float
    upper: float


ANY_SIZE = SizeRange(0.0, 1e10)
SIZES = {"small": SizeRange(0.0, 32**2), "medium": SizeRange(32**2, 96**2), "large": SizeRange(96**2, 1e10)}
"""COCO's ranges."""


@dataclass(frozen=True, slots=True, eq=False)
class Matches:
    """What every judged detection found, ordered by class, then best score first, then frame.

    Attributes:
        overlaps: ``(t,)`` the overlaps demanded.
        row: ``(n,)`` position of the detection in the :class:`Predictions`.
        frame: ``(n,)`` number of the frame.
        label: ``(n,)`` number of the class, ascending.
        score: ``(n,)``, descending within a class.
        rank: ``(n,)`` how many detections of its frame and class go before it.
        partner: ``(n, t)`` int64, position of the object found in the :class:`Truth`; -1 for none.
        counted: ``(n, t)`` False where it is neither right nor wrong: its object, or without one itself, is out of
            the size range.
        truth_frame: ``(m,)`` frames of the objects demanded.
        truth_label: ``(m,)`` classes of the objects demanded.
    """

    overlaps: Reals
    row: Integers
    frame: Integers
    label: Integers
    score: Reals
    rank: Integers
    partner: Integers
    counted: Flags
    truth_frame: Integers
    truth_label: Integers

    def __len__(self) -> int:
        return len(self.frame)

    def within(self, frame_chosen: Flags) -> Matches:
        """Only the frames chosen; matching is frame by frame, so this is the same as matching them anew.

        Args:
            frame_chosen: mask over frame numbers.
        """
        return self.take(frame_chosen[self.frame], frame_chosen[self.truth_frame])

    def take(self, detections: Flags, truths: Flags) -> Matches:
        """Only the detections and objects in two masks, ``(n,)`` and ``(m,)``."""
        names = ("row", "frame", "label", "score", "rank", "partner", "counted")
        columns = {name: getattr(self, name)[detections] for name in names}
        objects = {name: getattr(self, name)[truths] for name in ("truth_frame", "truth_label")}
        return Matches(overlaps=self.overlaps, **columns, **objects)


@dataclass(frozen=True, slots=True, eq=False)
class _Ranked:
    """Judged detections by frame and class, best first: their positions, keys and ranks, ``(k,)`` each."""

    row: Integers
    key: Integers
    rank: Integers


@dataclass(frozen=True, slots=True, eq=False)
class _Pairs:
    """Detections and objects of one frame and class that overlap enough, by detection, its favourite first."""

    detection: Integers
    truth: Integers
    overlap: Reals


def column_of(iou: float) -> int:
    """Position of an overlap in :data:`OVERLAPS`.

    Raises:
        ValueError: it is none of the ten.
    """
    near = np.flatnonzero(np.isclose(OVERLAPS, iou, rtol=0, atol=1e-9))
    if not len(near):
        raise ValueError(f"IoU {iou} is none of {', '.join(f'{o:.2f}' for o in OVERLAPS)}")
    return int(near[0])


def match(
    truth: Truth,
    predictions: Predictions,
    overlaps: Reals = OVERLAPS,
    size: SizeRange = ANY_SIZE,
    maximum: int = DETECTIONS_PER_FRAME_AND_CLASS,
) -> Matches:
    """Let every detection choose its object, at each overlap independently.

    Args:
        truth: the objects; may be empty.
        predictions: the detections; may be empty. Scores must be finite.
        overlaps: ``(t,)`` overlaps demanded, ascending.
        size: objects demanded; others excuse who finds them.
        maximum: detections judged per frame and class, best first.
    """
    ranked = _ranked(predictions, maximum)
    judged = predictions.take(ranked.row)
    demanded = _within(truth.corners, size)
    partner = _choose(_pairs(truth, judged.corners, ranked.key, overlaps, demanded), ranked.rank, demanded, overlaps)
    padded = np.append(demanded, True)  # so that partner -1 may be looked up
    counted = np.where(partner >= 0, padded[partner], _within(judged.corners, size)[:, None])
    order = np.lexsort((judged.frame, -judged.score, judged.label))
    return Matches(
        overlaps=overlaps,
        row=ranked.row[order],
        frame=judged.frame[order],
        label=judged.label[order],
        score=judged.score[order],
        rank=ranked.rank[order],
        partner=partner[order],
        counted=counted[order],
        truth_frame=truth.frame[demanded],
        truth_label=truth.label[demanded],
    )


def _within(corners: NDArray[np.floating], size: SizeRange) -> Flags:
    areas = _areas(corners.astype(np.float64))
    return (areas >= size.lower) & (areas <= size.upper)


def _areas(corners: Reals) -> Reals:
    areas: Reals = (corners[:, 2] - corners[:, 0]) * (corners[:, 3] - corners[:, 1])
    return areas


def _key(frame: Integers, label: Integers) -> Integers:
    """One number for frame and class; classes are numbered from 0 and never reach 2**20."""
    return frame * (1 << 20) + label


def _ranked(predictions: Predictions, maximum: int) -> _Ranked:
    key = _key(predictions.frame, predictions.label)
    order = np.lexsort((-predictions.score, key))
    key = key[order]
    begins = np.flatnonzero(np.diff(key, prepend=-1))
    rank = np.arange(len(key)) - np.repeat(begins, np.diff(np.append(begins, len(key))))
    judged = rank < maximum
    return _Ranked(order[judged], key[judged], rank[judged])


def _pairs(truth: Truth, corners: NDArray[np.floating], key: Integers, overlaps: Reals, demanded: Flags) -> _Pairs:
    truth_key = _key(truth.frame, truth.label)
    by_key = np.argsort(truth_key, kind="stable")
    first = np.searchsorted(truth_key[by_key], key, side="left")
    count = np.searchsorted(truth_key[by_key], key, side="right") - first
    detection = np.repeat(np.arange(len(key)), count)
    within = np.arange(len(detection)) - np.repeat(np.cumsum(count) - count, count)
    candidate = by_key[np.repeat(first, count) + within]
    overlap = _overlap(corners.astype(np.float64)[detection], truth.corners.astype(np.float64)[candidate])
    enough = overlap >= min(float(overlaps[0]), _LARGEST_OVERLAP)
    detection, candidate, overlap = detection[enough], candidate[enough], overlap[enough]
    order = np.lexsort((-candidate, -overlap, ~demanded[candidate], detection))
    return _Pairs(detection[order], candidate[order], overlap[order])


def _overlap(a: Reals, b: Reals) -> Reals:
    """Intersection over union of ``(k, 4)`` boxes with ``(k, 4)`` boxes, one by one."""
    sides = np.minimum(a[:, 2:], b[:, 2:]) - np.maximum(a[:, :2], b[:, :2])
    shared = np.clip(sides[:, 0], 0, None) * np.clip(sides[:, 1], 0, None)
    union = _areas(a) + _areas(b) - shared
    share: Reals = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    return share


def _choose(pairs: _Pairs, rank: Integers, demanded: Flags, overlaps: Reals) -> Integers:
    """``(n, t)`` the object each detection takes, -1 for none, in rounds of one detection per frame and class."""
    partner = np.full((len(rank), len(overlaps)), -1, np.int64)
    taken = np.zeros((len(demanded), len(overlaps)), np.bool_)
    limits = np.minimum(overlaps, _LARGEST_OVERLAP)
    in_round = rank[pairs.detection]
    order = np.argsort(in_round, kind="stable")
    for chosen in np.split(order, np.flatnonzero(np.diff(in_round[order])) + 1) if len(order) else ():
        detection, candidate = pairs.detection[chosen], pairs.truth[chosen]
        free = (pairs.overlap[chosen, None] >= limits) & ~taken[candidate]
        starts = np.flatnonzero(np.diff(detection, prepend=-1))
        place = np.where(free, np.arange(len(chosen))[:, None], len(chosen))
        best = np.minimum.reduceat(place, starts, axis=0)
        row, column = np.nonzero(best < len(chosen))
        objects = candidate[best[row, column]]
        partner[detection[starts[row]], column] = objects
        taken[objects, column] = True
    return partner
