"""Ultralytics' own reading, preprocessing and predictor: the other side of parity. Nothing here ships.

What is asked here is its own code throughout: its reader of files, its predictor's steps one by one.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torchvision.ops import nms
from ultralytics.models.yolo.detect import DetectionPredictor
from ultralytics.utils.patches import imread

from detection.edge.boxes import Detections
from detection.edge.vision.headers import PictureSize
from detection.outside.ultralytics import weights as weights_file
from detection.rules.judging.parity_rows import Look


class Settings(Protocol):
    """What suppression needs to know; the runtime's own settings fit."""

    @property
    def score_floor(self) -> float:
        """Raw score below which a candidate is never looked at."""

    @property
    def suppression_iou(self) -> float:
        """Of two boxes that overlap more than this the better stays."""

    @property
    def suppression_across_classes(self) -> bool:
        """Whether boxes of two classes suppress each other too."""

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
        with _quiet():
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
        if settings is not None and settings.suppression_across_classes:
            self._predictor.across = settings.suppression_iou
        # As the exports run; and two threads that wait for each other crawl where others work beside them.
        torch.set_num_threads(1)
        self._predictor.setup_model(weights_file.module(weights_file.read(weights)), verbose=False)

    def look(self, image: NDArray[np.uint8]) -> Look:
        """What the predictor makes of one frame, each step as it passed by.

        Args:
            image: ``(h, w, 3)`` BGR.

        Returns:
            Boxes in pixels of ``image``, best score first.
        """
        boxes = self._predictor(image)[0].boxes.cpu().numpy()
        labels, scores = boxes.cls.astype(np.int64), boxes.conf.astype(np.float32)
        found = Detections.uncalibrated(boxes.xyxy.astype(np.float32), labels, scores)
        return Look(self._predictor.shown.numpy(), self._predictor.said.numpy(), found)


@contextmanager
def _quiet() -> Iterator[None]:
    """Decoders complain of torn files on the process' own stderr, past Python; torn files are meant here."""
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
        os.close(nowhere)


class _SilentPredictor(DetectionPredictor):  # type: ignore[misc]
    """Keeps what passes by. No integration is called, whatever this machine has installed."""

    shown: torch.Tensor
    said: torch.Tensor
    across: float | None = None
    """Overlap beyond which boxes of two classes suppress each other; its own switch would mix the two comparisons."""

    def run_callbacks(self, event: str) -> None:
        """Do nothing."""

    def postprocess(self, preds: Any, img: torch.Tensor, orig_imgs: Any, **kwargs: Any) -> Any:
        """Suppress, after a copy was kept: suppression writes into what it is given."""
        self.shown, self.said = img.clone(), (preds if isinstance(preds, torch.Tensor) else preds[0]).clone()
        return super().postprocess(preds, img, orig_imgs, **kwargs)

    def construct_results(self, preds: Any, img: torch.Tensor, orig_imgs: Any) -> Any:
        """Compare what has stayed regardless of class, before boxes are moved to the frame and cut off at its edge."""
        if self.across is not None:
            preds = [one[nms(one[:, :4], one[:, 4], self.across)] for one in preds]
        return super().construct_results(preds, img, orig_imgs)
