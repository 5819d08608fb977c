"""Where the histograms of what is watched are cut: fixed by the specification, so that counts can be added for ever."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated

from pydantic import AfterValidator, Field

from detection.rules.document import Document


def _ascending(edges: list[float]) -> list[float]:
    if not all(low < high for low, high in pairwise(edges)):
        raise ValueError("edges must ascend, each above the one before it")
    return edges


Edges = Annotated[list[float], Field(min_length=1, max_length=64), AfterValidator(_ascending)]
"""Inner bin edges, ascending; the outer bins are open, bins are (lower, upper], NaN has one of its own."""


class SignalEdges(Document):
    """Edges of every signal; what each means is said in :mod:`detection.edge.telemetry`."""

    best_score: Edges
    """Best calibrated score of a frame, 0 to 1."""
    detections: Edges
    """Detections of a frame at or above their thresholds."""
    brightness: Edges
    """Mean grey of a frame, 0 to 255."""
    contrast: Edges
    """Standard deviation of grey."""
    sharpness: Edges
    """Variance of the Laplacian in the middle of the frame."""
    red_cast: Edges
    """log2 of mean red by mean green."""
    blue_cast: Edges
    """log2 of mean blue by mean green."""
    dark_share: Edges
    """Part of the pixels with a grey of 16 or less."""
    blown_share: Edges
    """Part of the pixels with a grey of 250 or more."""
    view: Edges
    """Correlation with the camera's own view, -1 to 1."""
    score: Edges
    """Calibrated score of a detection, also below its threshold; every class is counted by these."""
    box_size: Edges
    """Root of a box's share of the frame's area, 0 to 1."""
    box_aspect: Edges
    """log2 of a box's width by its height."""
