"""Ultralytics' own preprocessing and predictor, as the other side of the parity comparison. Nothing here ships."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from ultralytics.data.augment import LetterBox
from ultralytics.models.yolo.detect import DetectionPredictor

from detection.edge.boxes import Detections
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


def letterbox(image: NDArray[np.uint8], size: int) -> NDArray[np.float32]:
    """The tensor Ultralytics would give its square model for ``image``.

    Args:
        image: ``(h, w, 3)`` BGR.
        size: side of the square input, pixels.

    Returns:
        ``(1, 3, size, size)`` RGB in [0, 1].
    """
    padded = LetterBox((size, size), auto=False)(image=image)
    planes = torch.from_numpy(padded).unsqueeze(0).permute(0, 3, 1, 2).contiguous().flip(1)
    tensor: NDArray[np.float32] = planes.float().div_(255).numpy()
    return tensor


class Predictor:
    """The trainer's own predictor on the trained weights: square input, raw scores."""

    def __init__(self, weights: Path, size: int, settings: Settings) -> None:
        """Load ``weights``.

        Args:
            weights: ``weights.pt`` of stage train.
            size: side of the square input, pixels.
            settings: floor, suppression and limit.

        Raises:
            ModelError: the file is not what stage train wrote.
        """
        self._module = weights_file.module(weights_file.read(weights))
        self._predictor = _SilentPredictor(
            overrides={
                "imgsz": size,
                "rect": False,
                "conf": settings.score_floor,
                "iou": settings.suppression_iou,
                "max_det": settings.maximum_detections,
                "device": "cpu",
                "save": False,
                "verbose": False,
                "project": tempfile.gettempdir(),
            }
        )
        self._predictor.setup_model(self._module, verbose=False)

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
