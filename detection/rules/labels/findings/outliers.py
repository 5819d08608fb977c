"""Boxes unlike all others of their class, and frames with far fewer boxes than usual. Robust: median and MAD."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detection.rules.labels.findings.drawn import Drawn, Mask, numbered, rows_of
from detection.rules.labels.findings.finding import Finding, severity
from detection.rules.labels.samples import Assignments
from detection.rules.spec.labels import Labelling

FEW_SAMPLES = 30
"""Boxes or answers of a class below which nothing is called unusual."""

FINEST = 0.05
"""Logarithm of the smallest usual deviation: hands draw no finer than a twentieth, however alike objects are."""

_NORMAL = 1.4826
"""Of normally distributed values, their standard deviation in median absolute deviations."""

Reals = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Usual:
    """The middle of many values, and how far they usually lie from it; 0 if more than half are the same."""

    middle: float
    deviation: float

    def away(self, values: Reals) -> Reals:
        """``(n,)`` how many usual deviations each lies above the middle; 0 throughout where nothing deviates."""
        return (values - self.middle) / self.deviation if self.deviation > 0 else np.zeros_like(values)


def usual(values: Reals, finest: float = 0.0) -> Usual:
    """Median, and median absolute deviation scaled to a standard deviation, at least ``finest``.

    Of few values nothing deviates.
    """
    if len(values) < FEW_SAMPLES:
        return Usual(0.0, 0.0)
    middle = float(np.median(values))
    return Usual(middle, max(finest, _NORMAL * float(np.median(np.abs(values - middle)))))


def unusual_boxes(made: Drawn, maximum: float, margin_px: int, labelling: Labelling) -> list[Finding]:
    """Boxes whose aspect or area lies beyond ``maximum`` usual deviations of their class, on a logarithmic scale.

    Boxes that the border cuts have any shape, and are passed over. Areas are shares of the frame, so that cameras of
    different size compare.
    """
    whole = np.flatnonzero(made.usable() & ~made.at_border(margin_px) & ~made.boxes.truncated)
    sides = (made.boxes.corners[whole, 2:] - made.boxes.corners[whole, :2]).astype(np.float64)
    frame = made.size()[whole, :2].astype(np.float64)
    shape = np.log(sides[:, 0] / sides[:, 1])
    area = np.log(np.prod(sides / np.maximum(frame, 1), axis=1))
    found = []
    for number in range(len(made.label.names)):
        rows = np.flatnonzero(made.label.number[whole] == number)
        for kind, what, values in (("unusual-shape", "width / height", shape), ("unusual-size", "area", area)):
            norm = usual(values[rows], FINEST)
            away = norm.away(values[rows])
            odd = np.flatnonzero(np.abs(away) > maximum)
            why = [
                f"has {what} {_figure(kind, values[rows[i]])}, {abs(away[i]):.1f} usual deviations from its class's "
                f"{_figure(kind, norm.middle)} (at most {maximum:g}); look whether it is one object"
                for i in odd
            ]
            found += made.findings(kind, labelling, whole[rows[odd]], why)
    return found


def _figure(kind: str, logarithm: float) -> str:
    value = float(np.exp(logarithm))
    return f"{value:.2f}" if kind == "unusual-shape" else f"{100 * value:.3g} % of the frame"


def few_boxes(made: Drawn, assignments: Assignments, maximum: float, labelling: Labelling) -> list[Finding]:
    """Answers with so few boxes of a class that the frame looks under-labelled.

    A count's spread grows with its size; its square root's does not, so roots are compared.
    """
    frame = rows_of(assignments.frame, made.frames.id.tolist())
    people = numbered(np.concatenate([assignments.annotator, made.boxes.annotator]))
    who, whose = people.number[: len(frame)], people.number[len(frame) :]
    places = {pair: row for row, pair in enumerate(zip(frame.tolist(), who.tolist(), strict=True))}
    answer = np.fromiter((places[pair] for pair in zip(made.row.tolist(), whose.tolist(), strict=True)), np.int64)
    told = _Few(made, assignments, frame, labelling)
    return [
        finding
        for number, name in enumerate(made.label.names)
        for finding in told.of_class(name, _counts(answer, made.label.number == number, len(frame)), maximum)
    ]


def _counts(answer: NDArray[np.int64], chosen: Mask, answers: int) -> NDArray[np.int64]:
    return np.bincount(answer[chosen], minlength=answers).astype(np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class _Few:
    """What is said of answers with few boxes; ``frame`` is each answer's frame row."""

    made: Drawn
    assignments: Assignments
    frame: NDArray[np.int64]
    labelling: Labelling

    def of_class(self, label: str, counts: NDArray[np.int64], maximum: float) -> list[Finding]:
        norm = usual(np.sqrt(counts))
        away = -norm.away(np.sqrt(counts))
        return [
            Finding(
                "few-boxes",
                severity(self.labelling, "few-boxes"),
                str(self.assignments.frame[row]),
                str(self.made.frames.name[self.frame[row]]),
                str(self.assignments.annotator[row]),
                f"{counts[row]} {label} box(es), {away[row]:.1f} usual deviations below the usual {norm.middle**2:.0f} "
                f"(at most {maximum:g}); look whether some are missing",
            )
            for row in np.flatnonzero(away > maximum)
        ]
