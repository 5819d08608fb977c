"""How much scores mean what they say: expected calibration error, Brier score and diagrams, raw and calibrated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from detection.rules.judging.calibration.maps import ReliabilityBin
from detection.rules.judging.intervals import Interval

MapKind = Literal["isotonic", "platt", "identity"]


@dataclass(frozen=True, slots=True)
class Reliability:
    """How much the scores of some detections mean what they say; None where nothing was detected.

    Attributes:
        error: detection ECE: distance of mean score and share correct in each bin, averaged over detections.
        error_interval: of it, by resampling groups; None below two groups.
        brier: mean squared distance of score and truth.
        bins: of equal width, (lower, upper].
        groups: that hold a detection.
    """

    error: float | None
    error_interval: Interval | None
    brier: float | None
    bins: tuple[ReliabilityBin, ...]
    groups: int


@dataclass(frozen=True, slots=True)
class ReliabilityRow:
    """One class, or ``every``, of one variant in one slice of one set.

    Attributes:
        variant: the variant's name.
        set: ``val``, on which maps are fitted (flattering), or ``test``, ``golden``, ``challenge``.
        label: class id, or ``every``.
        slice: ``all``, ``<condition>=<value>`` or ``size=small|medium|large`` by the detection's own box.
        detections: above the score floor.
        map: the map of the class; of ``every``, the least of its classes' maps: identity, Platt, isotonic.
        warning: what a reader should know; ``""`` if nothing.
        raw: what the model itself says.
        calibrated: what leaves the runtime.
    """

    variant: str
    set: str
    label: str
    slice: str
    detections: int
    map: MapKind
    warning: str
    raw: Reliability
    calibrated: Reliability


@dataclass(frozen=True, slots=True)
class ReliabilitySheet:
    """``data/calibrate/reliability.json`` (set val) and ``data/evaluate/reliability.json`` (the sets that judge).

    Attributes:
        rows: by variant, set, class and slice.
        iou: overlap from which a detection is correct.
        resamples: draws of groups behind each interval.
        confidence: two-sided level of the intervals.
        seed: of the draws.
    """

    rows: tuple[ReliabilityRow, ...]
    iou: float
    resamples: int
    confidence: float
    seed: int
