"""What is watched of a frame. Written once: the reference is built and the field is counted by the same lines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.edge.boxes import Detections
from detection.edge.telemetry import histogram
from detection.edge.telemetry.histogram import Edges, Histogram
from detection.edge.vision.frames import Image

SIGNALS = ("best_score", "brightness", "score")
"""Names of the signals, as they stand in documents."""

_GREY = (0.114, 0.587, 0.299)
"""Weights of blue, green and red (ITU-R BT.601)."""


@dataclass(frozen=True, slots=True, eq=False)
class SignalValues:
    """The signals of one frame.

    Attributes:
        best_score: ``(1,)`` the best calibrated score; NaN if nothing was found.
        brightness: ``(1,)`` mean grey, 0 to 255.
        score: ``(n,)`` calibrated scores of all detections above the floor, those below their threshold too.
    """

    best_score: NDArray[np.float64]
    brightness: NDArray[np.float64]
    score: NDArray[np.float64]


def signals_of(image: Image, detections: Detections) -> SignalValues:
    """The signals of one frame.

    Args:
        image: ``(h, w, 3)`` the frame.
        detections: everything the detector found in it, calibrated, before thresholds.
    """
    scores = detections.scores.astype(np.float64)
    best = scores.max() if len(scores) else np.nan
    brightness = sum(weight * mean for weight, mean in zip(_GREY, cv2.mean(image), strict=False))
    return SignalValues(np.array([best]), np.array([brightness]), scores)


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """Signals of some frames, counted.

    Attributes:
        frames: how many frames.
        signals: one histogram for each of :data:`SIGNALS`.
    """

    frames: int
    signals: Mapping[str, Histogram]

    def add(self, values: SignalValues) -> Tally:
        """With one frame more."""
        return Tally(self.frames + 1, {name: h.add(getattr(values, name)) for name, h in self.signals.items()})

    def merge(self, other: Tally) -> Tally:
        """Both together.

        Raises:
            TelemetryError: the edges differ.
        """
        signals = {name: self.signals[name].merge(other.signals[name]) for name in SIGNALS}
        return Tally(self.frames + other.frames, signals)


def nothing(edges: Mapping[str, Edges]) -> Tally:
    """No frame yet; ``edges`` for each of :data:`SIGNALS`."""
    return Tally(0, {name: histogram.empty(edges[name]) for name in SIGNALS})
