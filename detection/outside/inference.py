"""The detector as it ships, run over frames of the data set: what is judged is what the device will do."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detection.edge.boxes import Detections
from detection.edge.engines import opening
from detection.edge.engines.session import Session
from detection.edge.settings import Settings
from detection.edge.vision.detector import Detector
from detection.edge.vision.frames import Image, read_image
from detection.errors import FrameError, ModelError, SourceError
from detection.outside.dataset import Dataset
from detection.rules.judging.matching import Predictions, Truth
from detection.rules.spec.detector import Output
from detection.rules.variants import Variant, Variants


@dataclass(frozen=True, slots=True, eq=False)
class Models:
    """The variants of one model, loaded.

    Attributes:
        classes: class ids in the order of the outputs.
        sessions: by the variants' names, in their order; the first is the default.
    """

    classes: tuple[str, ...]
    sessions: Mapping[str, Session]


def open_models(folder: Path, variants: Variants, threads: int) -> Models:
    """Load every variant; see :func:`open_session`."""
    return Models(variants.classes, {v.name: open_session(folder, v, threads) for v in variants.variants})


def settings_of(output: Output) -> Settings:
    """The detector's part of the spec's section ``output``."""
    return Settings(
        output.suppression_iou, output.score_floor, output.maximum_detections, output.suppression_across_classes
    )


def open_session(folder: Path, variant: Variant, threads: int) -> Session:
    """Load a variant's model, proven to be the one that was converted.

    Args:
        folder: where the variant's file is.
        variant: which one.
        threads: that compute one frame; results depend on it in the last bits.

    Raises:
        ModelError: missing, changed or not loadable.
        EnvironmentMissingError: its engine is not here.
    """
    return opening.open_session(variant.engine, model_bytes(folder, variant), threads)


def model_bytes(folder: Path, variant: Variant) -> bytes:
    """A variant's model file, proven to be the one that was converted.

    Raises:
        ModelError: missing or changed.
    """
    path = folder / variant.file
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path}: cannot be read ({error.strerror or error}); run stage convert again") from error
    found = hashlib.sha256(content).hexdigest()
    if found != variant.sha256:
        raise ModelError(
            f"{path}: SHA-256 is {found[:12]}..., variants.json says {variant.sha256[:12]}...; run stage convert again"
        )
    return content


def image_of(dataset: Dataset, row: int) -> Image:
    """One frame, decoded as the device decodes it.

    Raises:
        SourceError: it cannot be decoded, or claims other pixels than were collected.
    """
    frames = dataset.frames
    try:
        return read_image(dataset.image(row), pixel_limit=int(frames.width[row] * frames.height[row]))
    except FrameError as error:
        raise SourceError(f"frame {frames.name[row]}: {error}; run stage collect again") from error


def detections_of(detector: Detector, dataset: Dataset, rows: Iterable[int]) -> list[Detections]:
    """What the detector finds in each of ``rows``, in that order."""
    return [detector.detect(image_of(dataset, row)) for row in rows]


def predictions_of(rows: NDArray[np.int64], found: list[Detections]) -> Predictions:
    """Detections of many frames as columns; a frame's number is its row in the data set.

    Args:
        rows: ``(n,)`` the frames.
        found: ``n`` detections, in the same order.
    """
    counts = [len(detections) for detections in found]
    corners = [detections.boxes for detections in found]
    return Predictions(
        frame=np.repeat(rows, counts),
        label=np.concatenate([np.zeros(0, np.int64), *(detections.labels for detections in found)]),
        score=np.concatenate([np.zeros(0), *(detections.scores for detections in found)]).astype(np.float64),
        corners=np.concatenate([np.zeros((0, 4), np.float32), *corners]),
    )


def truth_of(dataset: Dataset, rows: NDArray[np.int64], classes: tuple[str, ...]) -> Truth:
    """The labels of ``rows`` as columns; a frame's number is its row in the data set.

    Raises:
        ModelError: a label is not among the model's classes.
    """
    labels = dataset.labels
    frame = np.searchsorted(dataset.frames.id, labels.frame)
    chosen = np.isin(frame, rows)
    number = {label: i for i, label in enumerate(classes)}
    strangers = sorted(set(labels.label[chosen]) - set(number))
    if strangers:
        raise ModelError(
            f"frames are labelled {', '.join(strangers)}, the model knows {', '.join(classes)}; run stage train again"
        )
    numbers = np.array([number[label] for label in labels.label[chosen]], np.int64)
    return Truth(frame[chosen].astype(np.int64), numbers, labels.corners[chosen])
