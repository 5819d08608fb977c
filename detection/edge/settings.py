"""The contract of what leaves a detector, in numbers. Standard library alone: an installer reads it too."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """The contract of what leaves the detector; the spec's section ``output`` decides it.

    Attributes:
        suppression_iou: of two boxes of one class that overlap more than this the better stays; in (0, 1).
        score_floor: raw score at or below which a candidate is never looked at; in (0, 1).
        maximum_detections: of one frame, best raw scores first.
    """

    suppression_iou: float
    score_floor: float
    maximum_detections: int
