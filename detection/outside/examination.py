"""An examination: one detector, as it ships, run over frames whose labels are known, and matched with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.progress import track

from detection.edge.settings import Settings
from detection.edge.vision.calibration import Calibration, Thresholds
from detection.edge.vision.detector import Detector
from detection.outside import inference
from detection.outside.dataset import Dataset
from detection.rules.judging.matching import Predictions, Reals, column_of, match
from detection.rules.judging.scores.observations import FrameFacts, Judged


@dataclass(frozen=True, slots=True, eq=False)
class Shipped:
    """The models as they ship.

    Attributes:
        models: the variants, loaded.
        calibrations: by variant.
        thresholds: by variant.
        digests: by variant, SHA-256 of the model file.
    """

    models: inference.Models
    calibrations: Mapping[str, Calibration]
    thresholds: Mapping[str, Thresholds]
    digests: dict[str, str]

    def detector(self, name: str, settings: Settings) -> Detector:
        """One variant, calibrated; thresholds are not applied."""
        return Detector(self.models.sessions[name], settings, self.calibrations[name])


@dataclass(frozen=True, slots=True, eq=False)
class Examined:
    """Who is examined, and by what measure.

    Attributes:
        name: the variant's.
        detector: the detector, calibrated.
        thresholds: that ship with it.
        iou: overlap from which a detection has found an object; one of COCO's ten.
    """

    name: str
    detector: Detector
    thresholds: Thresholds
    iou: float


def examine(one: Examined, dataset: Dataset, rows: NDArray[np.int64], classes: tuple[str, ...]) -> Judged:
    """Run a detector over ``rows`` and match what it finds with the labels; a frame's number is its row.

    Args:
        one: the detector.
        dataset: frames and labels.
        rows: ``(n,)`` the frames.
        classes: class ids in the order of the model's outputs.

    Raises:
        SourceError: a frame cannot be read.
        ModelError: a label is not among the classes. What the model says in numbers that are none is dropped, as the
            device drops it.
    """
    progress = track(rows.tolist(), f"examine {one.name}", console=Console(stderr=True))
    found = inference.detections_of(one.detector, dataset, progress)
    predictions = inference.predictions_of(rows, found)
    truth = inference.truth_of(dataset, rows, classes)
    raw = np.concatenate([np.zeros(0), *(detections.raw for detections in found)]).astype(np.float64)
    cut = cuts_of(predictions, one.thresholds, dataset.frames.conditions)
    return Judged(one.name, truth, predictions, raw, cut, match(truth, predictions), column_of(one.iou))


def cuts_of(predictions: Predictions, thresholds: Thresholds, conditions: Mapping[str, NDArray[np.object_]]) -> Reals:
    """``(n,)`` the threshold that ships for each detection: of its class, under its frame's conditions."""
    cuts = thresholds.per_class.astype(np.float64)[predictions.label]
    for one in thresholds.by_condition:
        if one.condition in conditions:
            there = (predictions.label == one.label) & (conditions[one.condition][predictions.frame] == one.value)
            cuts[there] = np.float32(one.cut)
    return cuts


def facts_of(dataset: Dataset) -> FrameFacts:
    """What is known of every frame of a data set."""
    frames = dataset.frames
    return FrameFacts(frames.id, frames.name, dataset.group_of, dataset.split_of, frames.conditions)
