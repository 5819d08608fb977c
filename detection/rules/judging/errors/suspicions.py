"""Labels that look wrong, ranked for a person to review: overlooked objects, badly placed boxes, swapped classes.

How suspicious a label is was measured elsewhere (see ``outside/cleanlab.py``); here the most suspicious are chosen and
it is told what the model says instead. A suspicion is no finding: label or model is wrong, and a person decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from detection.edge.boxes import iou
from detection.rules.judging.matching import Flags, Integers, Predictions, Reals, Truth

Suspected = Literal["overlooked", "badly placed", "swapped"]
SUSPECTED: tuple[Suspected, ...] = ("overlooked", "badly placed", "swapped")
_WORTH_A_LOOK = 0.5
"""Quality above which a label is not told of; ObjectLab's scores of sound labels lie near 1."""
_SAME_PLACE = 0.5
"""Overlap from which an error and a suspicion speak of the same thing."""


@dataclass(frozen=True, slots=True, eq=False)
class Quality:
    """How sound each label looks, 0 to 1, low is suspicious; NaN where it was not asked.

    Attributes:
        overlooked: ``(n,)`` for each detection, that what it shows is labelled or not there.
        badly_placed: ``(m,)`` for each object, that its box is where it should be.
        swapped: ``(m,)`` for each object, that its class is right.
    """

    overlooked: Reals
    badly_placed: Reals
    swapped: Reals


@dataclass(frozen=True, slots=True, eq=False)
class Suspicions:
    """``k`` labels to review, kind by kind, the most suspicious first.

    Attributes:
        kind: place in :data:`SUSPECTED`.
        frame: number of the frame.
        label: class number as labelled; -1 for what was overlooked.
        suggested: class number that the model says.
        quality: 0 to 1, low is suspicious.
        score: of the detection that speaks against the label.
        corners: ``(k, 4)`` the label's box; for what was overlooked the detection's.
        suggested_corners: ``(k, 4)`` the detection's box.
    """

    kind: Integers
    frame: Integers
    label: Integers
    suggested: Integers
    quality: Reals
    score: Reals
    corners: Reals
    suggested_corners: Reals

    def __len__(self) -> int:
        return len(self.frame)

    def take(self, rows: Flags | Integers) -> Suspicions:
        """Those in ``rows``, in that order."""
        return Suspicions(*(getattr(self, name)[rows] for name in Suspicions.__slots__))


def suspicions(truth: Truth, predictions: Predictions, quality: Quality, wanted: int) -> Suspicions:
    """The most suspicious labels of each kind.

    Args:
        truth: the labels.
        predictions: detections the quality was measured against, and only these.
        quality: of the labels.
        wanted: of each kind, at most.
    """
    over = _lowest(quality.overlooked, wanted)
    nobody = np.full(len(over), -1, np.int64)
    kinds, labels, witnesses = [np.zeros(len(over), np.int64)], [nobody], [over]
    for kind, column in ((1, quality.badly_placed), (2, quality.swapped)):
        rows = _lowest(column, wanted)
        witness = np.array([_witness(truth, predictions, row, kind == 1) for row in rows], np.int64)
        rows, witness = rows[witness >= 0], witness[witness >= 0]
        kinds.append(np.full(len(rows), kind, np.int64))
        labels.append(rows)
        witnesses.append(witness)
    witness, row = np.concatenate(witnesses), np.concatenate(labels)
    own = np.concatenate((quality.overlooked[over], quality.badly_placed[labels[1]], quality.swapped[labels[2]]))
    suggested_corners = predictions.corners[witness].astype(np.float64)
    padded = np.concatenate((truth.corners.astype(np.float64).reshape(-1, 4), np.zeros((1, 4))))
    return Suspicions(
        kind=np.concatenate(kinds),
        frame=predictions.frame[witness],
        label=np.append(truth.label, -1)[row],
        suggested=predictions.label[witness],
        quality=own,
        score=predictions.score[witness],
        corners=np.where(row[:, None] < 0, suggested_corners, padded[row]),
        suggested_corners=suggested_corners,
    )


def doubted(frames: Integers, corners: Reals, found: Suspicions, kind: Suspected) -> Flags:
    """``(k,)`` whether a suspicion of one kind stands where each of some boxes stands.

    Args:
        frames: ``(k,)`` numbers of the boxes' frames.
        corners: ``(k, 4)`` the boxes.
        found: the suspicions.
        kind: which of them.
    """
    result = np.zeros(len(frames), np.bool_)
    some = found.take(found.kind == SUSPECTED.index(kind))
    for frame in np.intersect1d(frames, some.frame).tolist():
        mine, theirs = np.flatnonzero(frames == frame), some.frame == frame
        boxes = (some.corners[theirs], some.suggested_corners[theirs])
        near = [iou(_boxes(corners[mine]), _boxes(those)).max(axis=1) for those in boxes]
        result[mine] = np.maximum(*near) >= _SAME_PLACE
    return result


def _lowest(quality: Reals, wanted: int) -> Integers:
    """Rows of the most suspicious, these first; NaN and what looks sound are none."""
    rows = np.flatnonzero(quality < _WORTH_A_LOOK)
    lowest: Integers = rows[np.argsort(quality[rows], kind="stable")][:wanted]
    return lowest


def _witness(truth: Truth, predictions: Predictions, row: int, same: bool) -> int:
    """The detection of the same class, or of another, that overlaps an object most; -1 if none is in its frame."""
    alike = predictions.label == truth.label[row]
    there = np.flatnonzero((predictions.frame == truth.frame[row]) & (alike if same else ~alike))
    if not len(there):
        return -1
    shared = iou(_boxes(truth.corners[row : row + 1]), _boxes(predictions.corners[there]))[0]
    return int(there[shared.argmax()])


def _boxes(corners: NDArray[np.floating]) -> NDArray[np.float32]:
    return np.asarray(corners, np.float32)
