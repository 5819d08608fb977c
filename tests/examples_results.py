"""What judging left, as typed documents: small, plausible, made by hand. Tubes are weak at dusk, and mostly missed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detection.rules.evidence.judging.operating import OperatingCurve
from detection.rules.judging.calibration.reliability import (
    Reliability,
    ReliabilityBin,
    ReliabilityRow,
    ReliabilitySheet,
)
from detection.rules.judging.errors.confusion import BACKGROUND, Confusion, ConfusionSheet
from detection.rules.judging.errors.sheet import Advice, ErrorRow, ErrorSheet
from detection.rules.judging.errors.taxonomy import KINDS, ErrorKind
from detection.rules.judging.intervals import Interval
from detection.rules.judging.operating.points import Neighbour, OperatingRow, OperatingSheet
from detection.rules.judging.scores.rows import ALL, EVERY, Intervals, ScoreRow, ScoreSheet

CLASSES = ("box", "polybag", "tube")
ERRORS: tuple[ErrorKind, ...] = (*KINDS, "false positives", "false negatives")
VARIANTS = ("fp32", "int8")
SETS = {"test": 620, "golden": 470, "challenge": 330}
LIGHT = {"bright": 0.30, "normal": 0.35, "dim": 0.20, "dusk": 0.15}
CROWD = {"sparse": 0.45, "crowded": 0.55}
BOXES = {"small": 0.25, "medium": 0.6, "large": 0.15}
THRESHOLDS = {
    "fp32": {"box": 0.41, "polybag": 0.38, "tube": 0.44},
    "int8": {"box": 0.39, "polybag": 0.40, "tube": 0.37},
}
CUTS = THRESHOLDS["fp32"]


@dataclass(frozen=True, slots=True)
class Place:
    """What a row is about, how many objects there are, and the part of them that is found."""

    variant: str
    set: str
    label: str
    part: str
    objects: int
    recall: float


def score_sheet() -> ScoreSheet:
    """Three sets, two variants, classes, conditions, a crossing and sizes."""
    rows = [score(place) for variant in VARIANTS for name in SETS for place in _places(variant, name)]
    return ScoreSheet(tuple(rows), 1000, 0, set_digests={name: f"{i}a" * 32 for i, name in enumerate(SETS)})


def score(place: Place) -> ScoreRow:
    """A row whose figures follow from how much is found."""
    n, correct = place.objects, round(place.recall * place.objects)
    shown = correct + round(0.05 * n)
    precision, recall = (correct / shown, correct / n) if n and shown else (None, None)
    ap = 0.97 * place.recall
    f1 = 2 * correct / (n + shown) if n + shown else None
    empty, groups = max(n // 20, 1), 9
    return ScoreRow(
        variant=place.variant, set=place.set, label=place.label, slice=place.part, frames=n // 4, truths=n,
        detections=shown, correct=correct, ap50=ap, ap50_95=ap - 0.2, average_recall=ap - 0.12, precision=precision,
        recall=recall, f1=f1, threshold=CUTS.get(place.label), background_frames=empty, background_detections=n // 60,
        false_per_background_frame=(n // 60) / empty, groups=groups,
        intervals=Intervals(
            ap50=_around(ap, n), ap50_95=_around(ap - 0.2, n), average_recall=_around(ap - 0.12, n),
            precision=_around(precision, shown), recall=_around(recall, n), f1=_around(f1, n),
            false_per_background_frame=Interval(0.0, 0.8, 0.95, groups),
        ),
    )  # fmt: skip


def error_sheet() -> ErrorSheet:
    """Every kind on every set, for all frames and at dusk; most are missed tubes."""
    rows = [
        error(variant, name, label, part, kind)
        for variant in VARIANTS
        for name in SETS
        for label in (EVERY, *CLASSES)
        for part in (ALL, "lighting=dusk", "crowding=crowded")
        for kind in ERRORS
    ]
    advice = tuple(
        Advice(
            variant, name, "missed", "tube", "lighting=dusk", "data",
            "Bring labelled frames of tubes at dusk: the model has hardly seen any.",
            "61 of 1,203 tubes to learn from stand at dusk, 5 % against 15 % here.",
        )
        for variant in VARIANTS
        for name in SETS
    )  # fmt: skip
    general = tuple(
        Advice(v, "test", "duplicate", EVERY, ALL, "suppression", "Lower suppression_iou.", "Half overlap by over 0.5.")
        for v in VARIANTS
    )
    return ErrorSheet(tuple(rows), (*advice, *general), 0.5, 0.1)


def error(variant: str, name: str, label: str, part: str, kind: ErrorKind) -> ErrorRow:
    """Tubes are missed, others are found twice."""
    usual = "missed" if label in ("tube", EVERY) else "duplicate"
    shown = {usual: 17, "background": 6, "localisation": 4}.get(kind, 1)
    return ErrorRow(variant, name, label, part, kind, 3 * shown, shown, shown / 250, shown / 400, shown / 200)


def confusion_sheet() -> ConfusionSheet:
    """One table for each set and variant."""
    cells = ((190, 3, 0, 8), (4, 180, 0, 11), (0, 1, 160, 40), (9, 12, 6, 0))
    return ConfusionSheet(tuple(Confusion(v, n, ALL, (*CLASSES, BACKGROUND), cells) for v in VARIANTS for n in SETS))


def suspicions() -> dict[str, NDArray[np.generic]]:
    """Two labels that look wrong."""
    words = {
        "kind": ["overlooked", "swapped"], "frame": ["0" * 64, "1" * 64], "name": ["cam-00/a.jpg", "cam-00/b.jpg"],
        "set": ["golden", "test"], "label": ["", "box"], "suggested": ["tube", "polybag"],
    }  # fmt: skip
    columns: dict[str, NDArray[np.generic]] = {name: np.array(column, object) for name, column in words.items()}
    return columns | {"score": np.array([0.97, 0.91]), "quality": np.array([0.03, 0.2])}


def reliability_sheet(*names: str) -> ReliabilitySheet:
    """Raw scores that say too much, calibrated ones that nearly do not."""
    rows = [
        ReliabilityRow(
            v, name, label, part, 900, "platt" if label == "tube" else "isotonic",
            "fitted on 61 detections" if label == "tube" else "", _reliability(0.11, 0.4), _reliability(0.02, 0.06),
        )
        for v in VARIANTS
        for name in names
        for label in (EVERY, *CLASSES)
        for part in (ALL, "lighting=dusk", "size=small")
    ]  # fmt: skip
    return ReliabilitySheet(tuple(rows), 0.5, 500, 0.95, 0)


def operating_sheet() -> OperatingSheet:
    """Boxes by best F1, polybags by cost, tubes by a bound on what is missed, cut anew at dusk."""
    return OperatingSheet(tuple(row for variant in VARIANTS for row in _points(variant)))


def operating_curves() -> tuple[OperatingCurve, ...]:
    """Precision rises with the cut, recall falls; polybags have a cost."""
    cut = np.linspace(0, 1, 51)
    precision, recall = 0.6 + 0.39 * cut**0.5, 1 - 0.75 * cut**3
    f1 = 2 * precision * recall / (precision + recall)
    cost = 0.4 + 2 * (cut - 0.38) ** 2
    return tuple(
        OperatingCurve(v, c, cut, {"precision": precision, "recall": recall, "f1": f1,
                                   "cost": cost if c == "polybag" else np.full(51, np.nan)})
        for v in VARIANTS
        for c in CLASSES
    )  # fmt: skip


def _places(variant: str, name: str) -> list[Place]:
    loss = 0.008 * (variant == "int8") + 0.03 * (name == "challenge")
    parts = {ALL: 1.0} | {f"lighting={v}": p for v, p in LIGHT.items()} | {f"crowding={v}": p for v, p in CROWD.items()}
    parts |= {f"lighting={a},crowding={b}": p * q for a, p in LIGHT.items() for b, q in CROWD.items()}
    parts |= {f"size={v}": p for v, p in BOXES.items()}
    places = []
    for part, share in parts.items():
        for label, own in ((EVERY, 1.0), ("box", 0.4), ("polybag", 0.35), ("tube", 0.25)):
            weak = 0.3 * (label == "tube" and "dusk" in part) + 0.06 * (label == "tube") + 0.03 * ("crowded" in part)
            places.append(Place(variant, name, label, part, round(SETS[name] * share * own), 0.96 - loss - weak))
    return places


def _points(variant: str) -> list[OperatingRow]:
    near = (Neighbour(0.31, 9, -4, -0.02), Neighbour(0.51, -5, 6, 0.04))
    plain = tuple(Neighbour(n.cut, n.false_change, n.missed_change, None) for n in near)
    bound = "risk bound: missed share at most 0.10 at 95 %"
    warning = "no cut keeps the bound in 31 frames of 3 groups: the lowest is used"
    best, cost = "best F1", "least cost: false 1, missed 3"
    return [
        OperatingRow(variant, "box", "", best, 0.41, 0.94, 0.93, 0.93, 12, 15, None, None, None, 210, 5, "", plain),
        OperatingRow(
            variant, "polybag", "", cost, 0.38, 0.9, 0.95, 0.924, 21, 9, 0.41, None, None, 210,
            5, "", near,
        ),
        OperatingRow(variant, "tube", "", bound, 0.29, 0.84, 0.93, 0.88, 18, 7, None, 0.094, 0.95, 210, 5, "", plain),
        OperatingRow(
            variant, "tube", "lighting=dusk", bound, 0.01, 0.5, 0.9, 0.64, 9, 1, None, None, 0.95, 31, 3, warning, plain
        ),
    ]  # fmt: skip


def _around(value: float | None, n: int) -> Interval | None:
    if value is None:
        return None
    half = 1.2 / max(n, 1) ** 0.5
    return Interval(max(0.0, value - half), min(1.0, value + 0.8 * half), 0.95, 9)


def _reliability(error: float, bend: float) -> Reliability:
    counts = (300, 60, 30, 20, 15, 20, 30, 60, 150, 215)
    bins = tuple(
        ReliabilityBin(float(end - 0.1), float(end), n, float(end - 0.05), _bent(end - 0.05, bend))
        for end, n in zip(np.arange(1, 11) / 10, counts, strict=True)
    )
    return Reliability(error, Interval(0.6 * error, 1.5 * error, 0.95, 9), error / 2, bins, 9, 0.03)


def _bent(score: float, bend: float) -> float:
    return float(np.clip(score - bend * score * (1 - score), 0, 1))
