"""What a score means: one monotone map per class from raw to calibrated, and where each class is cut.

The maps are fitted on the validation frames, per variant, and ship with the model: 0.7 means the same on every variant.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detection.edge import checked
from detection.edge.boxes import Detections

Scores = NDArray[np.float32]
"""``(n,)`` in [0, 1]."""


@dataclass(frozen=True, slots=True, eq=False)
class ScoreMap:
    """A monotone, piecewise linear map; beyond its ends it is flat.

    Attributes:
        raw: ``(k,)`` float64 in [0, 1], strictly ascending, at least one.
        calibrated: ``(k,)`` float64 in [0, 1], never falling.
    """

    raw: NDArray[np.float64]
    calibrated: NDArray[np.float64]

    def apply(self, scores: Scores) -> Scores:
        """``(n,)`` raw scores to calibrated ones."""
        return np.interp(scores, self.raw, self.calibrated).astype(np.float32)

    @classmethod
    def from_json(cls, value: object, where: str) -> ScoreMap:
        """Read ``{"raw": [...], "calibrated": [...]}``.

        Raises:
            BundleError: lengths differ, a value outside [0, 1], or not monotone.
        """
        fields = checked.Fields(value, where, ("raw", "calibrated"))
        raw = checked.ascending(fields.numbers("raw"), f"{where}: raw")
        calibrated = fields.numbers("calibrated")
        if len(raw) != len(calibrated) or len(raw) == 0:
            checked.fault(where, "two lists of one length, not empty", (len(raw), len(calibrated)))
        both = np.concatenate((raw, calibrated))
        if both.min() < 0 or both.max() > 1 or np.any(np.diff(calibrated) < 0):
            checked.fault(where, "scores from 0 to 1 that never fall", calibrated.tolist())
        return cls(raw, calibrated)

    def to_json(self) -> dict[str, list[float]]:
        """The same as plain values."""
        return {"raw": self.raw.tolist(), "calibrated": self.calibrated.tolist()}


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """One map per class, in the order of the class list."""

    maps: tuple[ScoreMap, ...]

    def apply(self, detections: Detections) -> Detections:
        """The same detections with calibrated scores, best first (maps of two classes may change places)."""
        scores = detections.scores.copy()
        for label, score_map in enumerate(self.maps):
            of_class = detections.labels == label
            scores[of_class] = score_map.apply(detections.scores[of_class])
        order = np.argsort(-scores, kind="stable")
        return Detections(detections.boxes, detections.labels, scores).take(order)

    @classmethod
    def from_json(cls, value: object, classes: Sequence[str], where: str = "calibration.json") -> Calibration:
        """Read one variant's maps, ``{"<class>": map}``, one for each class and no other."""
        fields = checked.Fields(value, where, classes)
        return cls(tuple(ScoreMap.from_json(fields.any(name), f"{where}: {name}") for name in classes))

    def to_json(self, classes: Sequence[str]) -> dict[str, dict[str, list[float]]]:
        """The same as plain values."""
        return {name: score_map.to_json() for name, score_map in zip(classes, self.maps, strict=True)}


@dataclass(frozen=True, slots=True, eq=False)
class Thresholds:
    """Where each class is cut.

    Attributes:
        per_class: ``(c,)`` float32 calibrated scores in [0, 1].
    """

    per_class: Scores

    def keep(self, detections: Detections) -> Detections:
        """Those at or above their class's threshold."""
        return detections.take(detections.scores >= self.per_class[detections.labels])

    @classmethod
    def from_json(cls, value: object, classes: Sequence[str], where: str = "thresholds.json") -> Thresholds:
        """Read one variant's thresholds, ``{"<class>": 0.41}``, one for each class and no other."""
        fields = checked.Fields(value, where, classes)
        return cls(np.array([fields.number(name, 0, 1) for name in classes], np.float32))

    def to_json(self, classes: Sequence[str]) -> dict[str, float]:
        """The same as plain values; reading them back gives the same float32."""
        return {name: float(str(cut)) for name, cut in zip(classes, self.per_class, strict=True)}


def identity(n_classes: int) -> Calibration:
    """The maps that change nothing."""
    ends = np.array([0.0, 1.0])
    return Calibration((ScoreMap(ends, ends),) * n_classes)


def read_calibrations(value: object, classes: Sequence[str]) -> Mapping[str, Calibration]:
    """``calibration.json``: the maps of every variant by its name."""
    variants = checked.entries(value, "calibration.json")
    return {name: Calibration.from_json(v, classes, f"calibration.json: {name}") for name, v in variants.items()}


def read_thresholds(value: object, classes: Sequence[str]) -> Mapping[str, Thresholds]:
    """``thresholds.json``: the thresholds of every variant by its name."""
    variants = checked.entries(value, "thresholds.json")
    return {name: Thresholds.from_json(v, classes, f"thresholds.json: {name}") for name, v in variants.items()}
