"""The clearest mistakes: which objects were missed, which detections are false, and why as far as one can tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from detection.edge.boxes import iou
from detection.rules.judging.matching import Integers, Predictions, Truth, match

OVERLAP = 0.5
"""Of a detection with the object it found."""
TOUCHING = 0.1
"""Overlap from which a false detection has something to do with an object."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One object that was missed, or one detection that is false.

    Attributes:
        kind: which of the two.
        frame: number of the frame.
        label: class index, of the object or of the detection.
        corners: x1, y1, x2, y2, pixels.
        score: of the false detection; 0 for a missed object.
        reason: what is known about it; ``other`` is the class index the reason speaks of, -1 for none.
        other: likewise.
    """

    kind: Literal["missed", "false"]
    frame: int
    label: int
    corners: tuple[float, float, float, float]
    score: float
    reason: Literal["nothing there", "another class", "loose box", "found twice", "not found"]
    other: int = -1


@dataclass(frozen=True, slots=True)
class Mistakes:
    """The clearest first: missed objects by size, false detections by score."""

    missed: tuple[Mistake, ...]
    false: tuple[Mistake, ...]


def find(truth: Truth, predictions: Predictions, scene_of: Integers, wanted: int) -> Mistakes:
    """The clearest mistakes of one variant, one of a kind from each scene, so that one bad scene does not fill a page.

    Args:
        truth: the objects of the frames looked at.
        predictions: detections at or above their thresholds.
        scene_of: number of each frame's scene, by frame number.
        wanted: of each kind, at most.
    """
    matches = match(truth, predictions)
    partner = matches.partner[:, 0]
    found = np.zeros(len(truth), bool)
    found[partner[partner >= 0]] = True
    sides = truth.corners[:, 2:] - truth.corners[:, :2]
    missed_rows = _clearest(~found, sides.prod(axis=1), scene_of[truth.frame])[:wanted]
    wrong = np.zeros(len(predictions), bool)
    wrong[matches.row[partner < 0]] = True
    false_rows = _clearest(wrong, predictions.score, scene_of[predictions.frame])[:wanted]
    missed = tuple(_missed(truth, row) for row in missed_rows)
    return Mistakes(missed, tuple(_false(truth, predictions, row) for row in false_rows))


def _clearest(chosen: NDArray[np.bool_], weight: NDArray[np.floating], scene: Integers) -> list[int]:
    """Rows of the heaviest chosen one of each scene, heaviest first."""
    rows = np.flatnonzero(chosen)
    rows = rows[np.argsort(-weight[rows], kind="stable")]
    first = np.unique(scene[rows], return_index=True)[1]
    kept: list[int] = rows[np.sort(first)].tolist()
    return kept


def _missed(truth: Truth, row: int) -> Mistake:
    return Mistake("missed", int(truth.frame[row]), int(truth.label[row]), _four(truth.corners[row]), 0.0, "not found")


def _false(truth: Truth, predictions: Predictions, row: int) -> Mistake:
    there = np.flatnonzero(truth.frame == predictions.frame[row])
    corners = predictions.corners[row]
    overlap = iou(corners[None].astype(np.float32), truth.corners[there].astype(np.float32))[0]
    label = int(predictions.label[row])
    reason: Literal["nothing there", "another class", "loose box", "found twice"] = "nothing there"
    other = -1
    if len(there) and overlap.max() >= TOUCHING:
        nearest = int(truth.label[there[int(overlap.argmax())]])
        if nearest == label:
            reason = "found twice" if overlap.max() >= OVERLAP else "loose box"
        elif overlap.max() >= OVERLAP:
            reason, other = "another class", nearest
    frame, score = int(predictions.frame[row]), float(predictions.score[row])
    return Mistake("false", frame, label, _four(corners), score, reason, other)


def _four(corners: NDArray[np.floating]) -> tuple[float, float, float, float]:
    x1, y1, x2, y2 = (float(value) for value in corners)
    return x1, y1, x2, y2
