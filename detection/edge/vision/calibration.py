"""What a score means: one monotone map per class from raw to calibrated, and where each class is cut.

The maps are fitted on the validation frames, per variant, and ship with the model: 0.7 means the same on every variant.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detection.edge import checked
from detection.edge.boxes import Detections
from detection.errors import BundleError

Scores = NDArray[np.float32]
"""``(n,)`` in [0, 1]."""


class _Points(NamedTuple):
    """A map's corners as plain numbers: for the few scores of a frame they are quicker than arrays."""

    raw: list[float]
    calibrated: list[float]


@dataclass(frozen=True, slots=True, eq=False)
class ScoreMap:
    """A monotone, piecewise linear map; beyond its ends it is flat.

    Attributes:
        raw: ``(k,)`` float64 in [0, 1], strictly ascending, at least one.
        calibrated: ``(k,)`` float64 in [0, 1], never falling.
    """

    raw: NDArray[np.float64]
    calibrated: NDArray[np.float64]
    _points: _Points = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_points", _Points(self.raw.tolist(), self.calibrated.tolist()))

    def apply(self, scores: Scores) -> Scores:
        """``(n,)`` raw scores to calibrated ones."""
        return np.array([self.at(score) for score in scores.tolist()], np.float32)

    def at(self, score: float) -> float:
        """One raw score's calibrated one, before it is rounded to float32; what ``np.interp`` gives."""
        raw, calibrated = self._points
        right = bisect_right(raw, score)
        if right in (0, len(raw)):
            return calibrated[max(right - 1, 0)]
        (x0, x1), (y0, y1) = raw[right - 1 : right + 1], calibrated[right - 1 : right + 1]
        return y0 if score == x0 else (y1 - y0) / (x1 - x0) * (score - x0) + y0

    @classmethod
    def from_json(cls, value: object, where: str) -> ScoreMap:
        """Read ``{"raw": [...], "calibrated": [...]}``.

        Raises:
            BundleError: lengths differ, a value outside [0, 1], or not monotone.
        """
        fields = checked.Fields(value, where, ("raw", "calibrated"))
        raw = np.array(checked.ascending(fields.numbers("raw"), f"{where}: raw"), np.float64)
        calibrated = np.array(fields.numbers("calibrated"), np.float64)
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
        """The same detections with their raw scores calibrated, best first (maps of two classes may change places)."""
        labels, raws = detections.labels.tolist(), detections.raw.tolist()
        exact = [self.maps[label].at(score) for label, score in zip(labels, raws, strict=True)]
        scores: Scores = np.array(exact, np.float32)
        calibrated = Detections(detections.boxes, detections.labels, scores, detections.raw)
        if all(better >= worse for better, worse in pairwise(exact)):
            return calibrated
        return calibrated.take((-scores).argsort(kind="stable"))

    @classmethod
    def from_json(cls, value: object, classes: Sequence[str], where: str = "calibration.json") -> Calibration:
        """Read one variant's maps, ``{"<class>": map}``, one for each class and no other."""
        fields = checked.Fields(value, where, classes)
        return cls(tuple(ScoreMap.from_json(fields.any(name), f"{where}: {name}") for name in classes))

    def to_json(self, classes: Sequence[str]) -> dict[str, dict[str, list[float]]]:
        """The same as plain values."""
        return {name: score_map.to_json() for name, score_map in zip(classes, self.maps, strict=True)}


@dataclass(frozen=True, slots=True)
class ConditionCut:
    """Where one class is cut while a condition has a value.

    Attributes:
        label: number of the class.
        condition: such as ``lighting``; a class has cuts by one condition at most.
        value: such as ``dusk``.
        cut: calibrated score in [0, 1].
    """

    label: int
    condition: str
    value: str
    cut: float


@dataclass(frozen=True, slots=True, eq=False)
class Thresholds:
    """Where each class is cut.

    Attributes:
        per_class: ``(c,)`` float32 calibrated scores in [0, 1]: the common cuts.
        by_condition: cuts that take the common one's place where the condition is known to have the value.
    """

    per_class: Scores
    by_condition: tuple[ConditionCut, ...] = ()

    def keep(self, detections: Detections) -> Detections:
        """Those at or above their class's common threshold."""
        return detections.take(detections.scores >= self.per_class[detections.labels])

    def under(self, conditions: Mapping[str, str]) -> Thresholds:
        """The cuts while ``conditions`` hold, by name; where none is given or known, the common cut stays."""
        cuts = self.per_class.copy()
        for one in self.by_condition:
            if conditions.get(one.condition) == one.value:
                cuts[one.label] = one.cut
        return Thresholds(cuts)

    @classmethod
    def from_json(cls, value: object, classes: Sequence[str], where: str = "thresholds.json") -> Thresholds:
        """Read one variant's cuts, ``{"<class>": {"cut": 0.41, "by": {...}}}``, one for each class and no other.

        Raises:
            BundleError: a class missing or unknown, a cut outside [0, 1], or one class cut by two conditions.
        """
        fields = checked.Fields(value, where, classes)
        common, special = [], []
        for number, name in enumerate(classes):
            place = f"{where}: {name}"
            entry = checked.Fields(fields.any(name), place, ("cut", "by"))
            common.append(entry.number("cut", 0, 1))
            special += _condition_cuts(number, entry.any("by"), f"{place}: by")
        return cls(np.array(common, np.float32), tuple(special))

    def to_json(self, classes: Sequence[str]) -> dict[str, object]:
        """The same as plain values; reading them back gives the same float32."""
        by: list[dict[str, dict[str, float]]] = [{} for _ in classes]
        for one in self.by_condition:
            by[one.label].setdefault(one.condition, {})[one.value] = one.cut
        common = self.common(classes)
        return {name: {"cut": common[name], "by": special} for name, special in zip(classes, by, strict=True)}

    def common(self, classes: Sequence[str]) -> dict[str, float]:
        """The common cuts by class id, in their shortest spelling."""
        return {name: float(str(cut)) for name, cut in zip(classes, self.per_class, strict=True)}


def identity(n_classes: int) -> Calibration:
    """The maps that change nothing."""
    ends = np.array([0.0, 1.0])
    return Calibration((ScoreMap(ends, ends),) * n_classes)


def read_calibrations(value: object, classes: Sequence[str]) -> Mapping[str, Calibration]:
    """``calibration.json``: the maps of every variant by its name."""
    variants = checked.entries(value, "calibration.json")
    return {name: Calibration.from_json(v, classes, f"calibration.json: {name}") for name, v in variants.items()}


def read_thresholds(value: object, classes: Sequence[str], models: Mapping[str, str]) -> Mapping[str, Thresholds]:
    """``thresholds.json``: the thresholds of every variant by its name, chosen for these very models.

    Args:
        value: parsed, still hostile.
        classes: the class list.
        models: SHA-256 of each variant's model file; the document must name these variants and no other.

    Raises:
        BundleError: malformed, other variants, or chosen for another model.
    """
    document = "thresholds.json"
    variants = checked.Fields(value, document, models)
    result = {}
    for name, digest in models.items():
        where = f"{document}: {name}"
        entry = checked.Fields(variants.any(name), where, ("model_sha256", "cuts"))
        chosen_for = entry.text("model_sha256", "[0-9a-f]{64}")
        if chosen_for != digest:
            raise BundleError(
                f"{where}: was chosen for the model {chosen_for[:12]}..., expected {digest[:12]}...; scores of another "
                "model mean something else; run stage calibrate for this one, or fetch the bundle again"
            )
        result[name] = Thresholds.from_json(entry.any("cuts"), classes, f"{where}: cuts")
    return result


def spell_thresholds(
    cuts: Mapping[str, Thresholds], classes: Sequence[str], models: Mapping[str, str]
) -> dict[str, object]:
    """``thresholds.json`` as plain values: what :func:`read_thresholds` reads."""
    return {name: {"model_sha256": models[name], "cuts": one.to_json(classes)} for name, one in cuts.items()}


def _condition_cuts(label: int, value: object, where: str) -> list[ConditionCut]:
    conditions = checked.entries(value, where)
    if len(conditions) > 1:
        checked.fault(where, "one condition at most", sorted(conditions))
    return [
        ConditionCut(label, condition, str(name), checked.number(cut, f"{where}: {condition}: {name}", 0, 1))
        for condition, values in conditions.items()
        for name, cut in checked.entries(values, f"{where}: {condition}").items()
    ]
