"""Boxes that stand twice. Frames that stand twice have one id and are collapsed when they are collected."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detection.rules.labels.samples import Annotations


def repeated_boxes(boxes: Annotations) -> NDArray[np.bool_]:
    """``(m,)``: an earlier row has the same frame, annotator, class and corners to the last bit."""
    seen: set[tuple[str, str, str, bytes]] = set()
    repeated = np.zeros(len(boxes), bool)
    corners = np.ascontiguousarray(boxes.corners, np.float32)
    for row in range(len(boxes)):
        key = (boxes.frame[row], boxes.annotator[row], boxes.label[row], corners[row].tobytes())
        repeated[row] = key in seen
        seen.add(key)
    return repeated
