"""How often the detector is right where the truth is known: counts for precision and recall, whole and by slice."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detection.rules.judging.matching import Flags, Predictions, Truth, match


@dataclass(frozen=True, slots=True)
class Hits:
    """Counts over some frames.

    Attributes:
        correct: detections that found an object of their class at IoU 0.5.
        detections: all detections at or above their thresholds.
        truths: objects that the labelling rule asks for.
    """

    correct: int
    detections: int
    truths: int

    @property
    def precision(self) -> float:
        """``correct / detections``; NaN without any."""
        return self.correct / self.detections if self.detections else float("nan")

    @property
    def recall(self) -> float:
        """``correct / truths``; NaN without any."""
        return self.correct / self.truths if self.truths else float("nan")


def count(truth: Truth, predictions: Predictions, chosen: Flags) -> Hits:
    """Count over the frames chosen.

    Args:
        truth: objects of all frames.
        predictions: detections of all frames, at or above their thresholds.
        chosen: mask over frame numbers.
    """
    matches = match(truth, predictions).within(chosen)
    correct = int(np.count_nonzero(matches.partner[:, 0] >= 0))
    return Hits(correct, len(matches), len(matches.truth_frame))
