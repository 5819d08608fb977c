"""How many frames and boxes we have of everything the spec names, and how many more are needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detection.rules.labels.samples import Annotations, Assignments, Frames
from detection.rules.spec.labels import Condition


@dataclass(frozen=True, slots=True)
class ConditionCount:
    """Frames of one value of one condition; the value ``""`` counts frames of which nothing is known."""

    condition: str
    value: str
    frames: int
    minimum: int
    needs_more: int


@dataclass(frozen=True, slots=True)
class ClassCount:
    """Labels of one class: boxes and frames that hold one, over all annotators."""

    label: str
    boxes: int
    frames: int


@dataclass(frozen=True, slots=True)
class Coverage:
    """``data/validate/coverage.json``.

    Attributes:
        frames: accepted frames.
        labelled: frames at which somebody looked.
        verified: frames at which the expert looked.
        empty: labelled frames in which nobody found anything.
        conditions: in the spec's order.
        classes: in the spec's order.
    """

    frames: int
    labelled: int
    verified: int
    empty: int
    conditions: tuple[ConditionCount, ...]
    classes: tuple[ClassCount, ...]


def count(
    frames: Frames,
    boxes: Annotations,
    assignments: Assignments,
    conditions: Sequence[Condition],
    classes: Sequence[str],
) -> Coverage:
    """Count what was accepted against what the spec wants."""
    looked_at = set(assignments.frame)
    return Coverage(
        frames=len(frames),
        labelled=len(looked_at),
        verified=len(set(assignments.frame[assignments.verified])),
        empty=len(looked_at - set(boxes.frame)),
        conditions=tuple(c for condition in conditions for c in _of_condition(frames, condition)),
        classes=tuple(_of_class(boxes, label) for label in classes),
    )


def gaps(coverage: Coverage) -> list[str]:
    """One sentence for every value and class that the data does not cover."""
    lines = [
        f"{c.condition} {c.value}: {c.frames} frames (needs {c.minimum}); needs {c.needs_more} more"
        for c in coverage.conditions
        if c.needs_more
    ]
    lines += [
        f"{c.condition}: unknown for {c.frames} frames; say where the value comes from, or drop the condition"
        for c in coverage.conditions
        if not c.value and c.frames
    ]
    lines += [f"class {c.label}: no box at all; label some, or drop the class" for c in coverage.classes if not c.boxes]
    return lines


def _of_condition(frames: Frames, condition: Condition) -> list[ConditionCount]:
    column = frames.conditions.get(condition.id, np.full(len(frames), "", object))
    counts = []
    for value in (*condition.values, ""):
        present = int(np.count_nonzero(column == value))
        minimum = condition.minimum_frames if value else 0
        counts.append(ConditionCount(condition.id, value, present, minimum, max(0, minimum - present)))
    return counts


def _of_class(boxes: Annotations, label: str) -> ClassCount:
    rows = boxes.label == label
    return ClassCount(label, int(np.count_nonzero(rows)), len(set(boxes.frame[rows])))
