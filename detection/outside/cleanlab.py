"""Cleanlab's ObjectLab: how sound a data set's boxes look beside what a model says of the same frames.

Tkachenko, Thyagarajan, Mueller, "ObjectLab: Automated Diagnosis of Mislabeled Images in Object Detection Data", 2023.
Detections below ``likely`` take no part in any of its scores; they are left out before, for its loops are Python's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from cleanlab.object_detection import rank  # type: ignore[import-untyped]
from numpy.typing import NDArray

from detection.rules.judging.errors.suspicions import Quality
from detection.rules.judging.matching import Integers, Predictions, Truth

ALPHA = 0.9
"""Weight of overlap beside distance in ObjectLab's similarity; its own."""


@dataclass(frozen=True, slots=True)
class Confidence:
    """Which detections may speak against a label, by calibrated score.

    Attributes:
        likely: against where a box stands.
        sure: against its class, and for an object without a label.
    """

    likely: float
    sure: float


def speaking(predictions: Predictions, confidence: Confidence) -> Predictions:
    """The detections that ObjectLab heeds."""
    return predictions.take(predictions.score >= confidence.likely)


def quality(truth: Truth, predictions: Predictions, classes: int, confidence: Confidence) -> Quality:
    """How sound every label looks.

    Args:
        truth: the labels.
        predictions: detections of the same frames by a model that was not trained on them.
        classes: how many classes there are.
        confidence: which detections may speak.
    """
    frames = np.union1d(truth.frame, predictions.frame)
    result = Quality(np.full(len(predictions), np.nan), np.full(len(truth), np.nan), np.full(len(truth), np.nan))
    if not len(frames):
        return result
    labelled, said = _rows_by(truth.frame, frames), _by_class(predictions, frames, classes)
    labels = [{"bboxes": _four(truth.corners[rows]), "labels": truth.label[rows]} for rows in labelled]
    spoken = [_spoken(predictions, groups) for groups in said]
    both = {"labels": labels, "predictions": spoken, "alpha": ALPHA}
    overlooked = rank.compute_overlooked_box_scores(**both, high_probability_threshold=confidence.sure)
    badly_placed = rank.compute_badloc_box_scores(**both, low_probability_threshold=confidence.likely)
    swapped = rank.compute_swap_box_scores(**both, high_probability_threshold=confidence.sure)
    for i, (rows, groups) in enumerate(zip(labelled, said, strict=True)):
        result.overlooked[np.concatenate(groups)] = overlooked[i]
        result.badly_placed[rows], result.swapped[rows] = badly_placed[i], swapped[i]
    return result


def _rows_by(column: Integers, frames: Integers) -> list[Integers]:
    """Rows of a column for each frame."""
    order = np.argsort(column, kind="stable")
    return np.split(order, np.searchsorted(column[order], frames)[1:])


def _by_class(predictions: Predictions, frames: Integers, classes: int) -> list[list[Integers]]:
    """Rows for each frame and class, as ObjectLab reads and returns them."""
    rows = _rows_by(predictions.frame, frames)
    return [[own[predictions.label[own] == label] for label in range(classes)] for own in rows]


def _spoken(predictions: Predictions, groups: list[Integers]) -> NDArray[np.object_]:
    """One frame's detections: for each class corners and score."""
    result = np.empty(len(groups), object)
    for label, rows in enumerate(groups):
        result[label] = np.column_stack((_four(predictions.corners[rows]), predictions.score[rows]))
    return result


def _four(corners: NDArray[np.floating]) -> NDArray[np.float64]:
    return corners.astype(np.float64).reshape(-1, 4)
