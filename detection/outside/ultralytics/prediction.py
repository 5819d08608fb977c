"""Ultralytics' own reading, preprocessing and predictor, as the other side of the parity comparison. Nothing here ships.

What is asked here is its own code throughout: its reader of files, its predictor's steps one by one.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from ultralytics.models.yolo.detect import DetectionPredictor
from ultralytics.utils.patches import imread

from detection.edge.boxes import Detections
from detection.edge.vision.headers import PictureSize
from detection.outside.ultralytics import weights as weights_file


class Settings(Protocol):
    """What suppression needs to know; the runtime's own settings fit."""

    @property
    def score_floor(self) -> float:
        """Raw score below which a candidate is never looked at."""

    @property
    def suppression_iou(self) -> float:
        """Of two boxes of one class that overlap more than this the better stays."""

    @property
    def maximum_detections(self) -> int:
        """Most detections of one frame."""


def read(content: bytes, suffix: str = ".jpg") -> NDArray[np.uint8] | None:
    """A picture file as the trainer's loader reads it; None if it does not.

    Args:
        content: the file's bytes.
        suffix: of the file's name, with its dot.

    Returns:
        ``(h, w, 3)`` BGR.
    """
    with tempfile.NamedTemporaryFile(prefix="detection-parity-", suffix=suffix) as file:
        file.write(content)
        file.flush()
        try:
            image: NDArray[np.uint8] | None = imread(file.name)
        except cv2.error:
            return None
    return image


class Predictor:
    """The trainer's own predictor on the trained weights, raw scores."""

    def __init__(self, weights: Path, size: PictureSize, settings: Settings | None, whole: bool = True) -> None:
        """Load ``weights``.

        Args:
            weights: ``weights.pt`` of stage train.
            size: of the input, pixels, multiples of 32.
            settings: floor, suppression and limit; the trainer's own with None.
            whole: every frame is padded to ``size``; otherwise to the smallest rectangle that holds it, which the
                trainer does by itself.

        Raises:
            ModelError: the file is not what stage train wrote.
        """
        ours = {} if settings is None else {
            "conf": settings.score_floor,
            "iou": settings.suppression_iou,
            "max_det": settings.maximum_detections,
        }  # fmt: skip
        self._predictor = _SilentPredictor(
            overrides={
                "imgsz": [size.height, size.width],
                "rect": not whole,
                "device": "cpu",
                "save": False,
                "verbose": False,
                "project": tempfile.gettempdir(),
                **ours,
            }
        )
        self._predictor.setup_model(weights_file.module(weights_file.read(weights)), verbose=False)
        self._predictor.imgsz = [size.height, size.width]

    def tensor(self, image: NDArray[np.uint8]) -> NDArray[np.float32]:
        """``(1, 3, h, w)`` red, green, blue in [0, 1]: what the model is shown of a frame ``(h, w, 3)`` BGR."""
        shown: NDArray[np.float32] = self._predictor.preprocess([image]).numpy()
        return shown

    def raw(self, image: NDArray[np.uint8]) -> NDArray[np.float32]:
        """``(1, 4 + classes, anchors)``: what the model says of a frame ``(h, w, 3)`` BGR."""
        with torch.inference_mode():
            said: NDArray[np.float32] = self._predictor.model(self._predictor.preprocess([image]))[0].numpy()
        return said

    def predict(self, image: NDArray[np.uint8]) -> Detections:
        """Detections of one frame, best first.

        Args:
            image: ``(h, w, 3)`` BGR.

        Returns:
            Boxes in pixels of ``image``; the scores are not calibrated.
        """
        boxes = self._predictor(image)[0].boxes.cpu().numpy()
        labels, scores = boxes.cls.astype(np.int64), boxes.conf.astype(np.float32)
        return Detections.uncalibrated(boxes.xyxy.astype(np.float32), labels, scores)


class _SilentPredictor(DetectionPredictor):  # type: ignore[misc]
    """No integration is called, whatever this machine has installed."""

    def run_callbacks(self, event: str) -> None:
        """Do nothing."""
