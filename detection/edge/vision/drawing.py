"""Detections drawn on their frame, for people."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from detection.edge.boxes import Detections
from detection.edge.vision.frames import Image

_COLOURS = ((60, 180, 255), (255, 140, 60), (90, 220, 90), (220, 90, 220), (60, 230, 230), (90, 90, 255))
"""Blue, green, red; by class, in turns."""

_INK = (16, 16, 16)


def draw(image: Image, detections: Detections, classes: Sequence[str]) -> Image:
    """A copy of the frame with a box, the class and the score of each detection."""
    picture = image.copy()
    line = max(1, round(min(image.shape[:2]) / 300))
    for box, label, score in zip(detections.boxes, detections.labels, detections.scores, strict=True):
        colour = _COLOURS[label % len(_COLOURS)]
        x1, y1, x2, y2 = (round(float(corner)) for corner in box)
        cv2.rectangle(picture, (x1, y1), (x2, y2), colour, line)
        _caption(picture, f"{classes[label]} {score:.2f}", (x1, y1), colour)
    return picture


def encode(image: Image) -> bytes:
    """The picture as a JPEG file's bytes."""
    _, encoded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 90])
    return np.asarray(encoded, np.uint8).tobytes()


def _caption(picture: Image, text: str, at: tuple[int, int], colour: tuple[int, int, int]) -> None:
    scale = max(0.35, min(picture.shape[:2]) / 1200)
    (width, height), below = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, scale, 1)
    x, y = min(at[0], max(picture.shape[1] - width, 0)), max(at[1], height + below)
    cv2.rectangle(picture, (x, y - height - below), (x + width, y), colour, cv2.FILLED)
    cv2.putText(picture, text, (x, y - below // 2), cv2.FONT_HERSHEY_SIMPLEX, scale, _INK, 1, cv2.LINE_AA)
