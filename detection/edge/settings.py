"""The contract of what leaves a detector, in numbers. Standard library alone: an installer reads it too."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """The contract of what leaves the detector; the spec's section ``output`` decides it.

    Attributes:
        suppression_iou: of two boxes that overlap more than this the better stays; in (0, 1).
        score_floor: raw score at or below which a candidate is never looked at; in (0, 1).
        maximum_detections: of one frame, best raw scores first.
        suppression_across_classes: whether boxes of two classes suppress each other too, by their raw scores,
            among those that have stayed of their own class.
    """

    suppression_iou: float
    score_floor: float
    maximum_detections: int
    suppression_across_classes: bool = False
