"""The detector: frame in, detections out. What is judged here is what ships."""

from __future__ import annotations

import time
from typing import NamedTuple

import cv2

from detection.edge.boxes import Detections
from detection.edge.engines.session import Session
from detection.edge.settings import Settings
from detection.edge.vision.calibration import Calibration
from detection.edge.vision.decode import Decoder, Raw
from detection.edge.vision.frames import Image
from detection.edge.vision.preprocess import Preprocessor, Tensor


class Steps(NamedTuple):
    """What the last frame took, milliseconds: the tensor, the model, boxes and calibration."""

    prepare_ms: float = 0.0
    infer_ms: float = 0.0
    finish_ms: float = 0.0

    @property
    def total_ms(self) -> float:
        """From the decoded frame to its detections."""
        return self.prepare_ms + self.infer_ms + self.finish_ms


class Detector:
    """One model with its preprocessing, suppression and calibration. Keeps buffers: one frame at a time."""

    def __init__(self, session: Session, settings: Settings, calibration: Calibration) -> None:
        # OpenCV's threads save less on one frame than waking them costs, and they stand in the way of the engine's.
        cv2.setNumThreads(1)
        self._session = session
        self._decoder = Decoder(settings)
        self._calibration = calibration
        self._preprocessor = Preprocessor(session.tensor)
        self.steps = Steps()

    def detect(self, image: Image) -> Detections:
        """Everything above the raw score floor, calibrated, best first; thresholds are not applied.

        Args:
            image: ``(h, w, 3)`` uint8 blue, green, red; of any size.
        """
        began = time.perf_counter()
        where = self._preprocessor.place(image)
        placed = time.perf_counter()
        raw = self._session.run()
        ran = time.perf_counter()
        found = self._calibration.apply(self._decoder.decode(raw, where))
        self.steps = Steps((placed - began) * 1e3, (ran - placed) * 1e3, (time.perf_counter() - ran) * 1e3)
        return found

    @property
    def unsound(self) -> int:
        """Frames so far of which the model said what no sound model says; such values never leave."""
        return self._decoder.unsound

    def tensor(self, image: Image) -> Tensor:
        """A copy of what the model sees of a frame."""
        self._preprocessor.place(image)
        return self._session.tensor.copy()

    def raw(self, image: Image) -> Raw:
        """A copy of what the model itself says of a frame, ``(1, 4 + classes, anchors)``."""
        self._preprocessor.place(image)
        return self._session.run().copy()
