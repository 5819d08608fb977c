"""How many frames and objects we have of everything the spec names, and how many more are needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from detection.rules.labels.findings.brightness import Brightness
from detection.rules.labels.findings.drawn import Drawn, Integers, Mask, drawn, rows_of
from detection.rules.labels.intake.arrivals import Tables
from detection.rules.labels.samples import Assignments, Frames, Strings
from detection.rules.spec.labels import Condition, Crossing

CLASS = "class"
"""What stands for the classes in a crossing."""


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
    """Labels of one class.

    Attributes:
        label: class id.
        boxes: over all annotators.
        frames: that hold one, over all annotators.
        objects: boxes of one answer a frame: the expert's, or else the first annotator's by name; without crowds.
        minimum: of objects.
        needs_more: objects that are missing.
    """

    label: str
    boxes: int
    frames: int
    objects: int = 0
    minimum: int = 0
    needs_more: int = 0


@dataclass(frozen=True, slots=True)
class CrossingCount:
    """One combination of a declared crossing.

    Attributes:
        of: what is crossed: condition ids, ``class`` for the classes.
        values: one of each.
        counted: ``objects`` as in :class:`ClassCount`, or ``frames`` where no class is crossed.
        number: how many there are.
        minimum: how many there must be.
        needs_more: how many are missing.
    """

    of: tuple[str, ...]
    values: tuple[str, ...]
    counted: str
    number: int
    minimum: int
    needs_more: int


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
        crossings: in the spec's order, every combination.
        brightness: how scenes' light changes over time, the largest change first.
        without_pixels: frames of which only the labels are known.
    """

    frames: int
    labelled: int
    verified: int
    empty: int
    conditions: tuple[ConditionCount, ...]
    classes: tuple[ClassCount, ...]
    crossings: tuple[CrossingCount, ...] = ()
    brightness: tuple[Brightness, ...] = ()
    without_pixels: int = 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the spec wants covered."""

    conditions: Sequence[Condition]
    classes: Sequence[str]
    boxes_per_class: int = 0
    crossings: Sequence[Crossing] = ()


def count(accepted: Tables, wanted: Wanted, brightness: Sequence[Brightness] = ()) -> Coverage:
    """Count what was accepted against what the spec wants."""
    frames, boxes, assignments = accepted.frames, accepted.boxes, accepted.assignments
    looked_at = set(assignments.frame)
    made = drawn(accepted)
    settled = one_answer(made, assignments)
    return Coverage(
        frames=len(frames),
        labelled=len(looked_at),
        verified=len(set(assignments.frame[assignments.verified])),
        empty=len(looked_at - set(boxes.frame)),
        conditions=tuple(c for condition in wanted.conditions for c in _of_condition(frames, condition)),
        classes=tuple(_of_class(made, settled, label, wanted.boxes_per_class) for label in wanted.classes),
        crossings=tuple(c for crossing in wanted.crossings for c in _of_crossing(made, settled, crossing, wanted)),
        brightness=tuple(brightness),
        without_pixels=int(np.count_nonzero(frames.shard == "")),
    )


def one_answer(made: Drawn, assignments: Assignments) -> Mask:
    """``(m,)`` the boxes of one answer a frame, so that objects are counted once: the expert's, or else the first."""
    frame = rows_of(assignments.frame, made.frames.id.tolist())
    chosen = np.full(len(made.frames), "", object)
    for row in np.lexsort((assignments.annotator.astype(str), ~assignments.verified))[::-1]:
        chosen[frame[row]] = assignments.annotator[row]
    return np.asarray(made.boxes.annotator == chosen[made.row], bool) & ~made.boxes.crowd


def gaps(coverage: Coverage) -> list[str]:
    """One sentence for every value, class and combination that the data does not cover."""
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
    lines += [
        f"class {c.label}: {c.objects} objects (needs {c.minimum}); needs {c.needs_more} more"
        for c in coverage.classes
        if c.boxes and c.needs_more
    ]
    return lines + [
        f"{' x '.join(c.of)}, {' x '.join(c.values)}: {c.number} {c.counted} (needs {c.minimum}); "
        f"needs {c.needs_more} more"
        for c in coverage.crossings
        if c.needs_more
    ]


def _of_condition(frames: Frames, condition: Condition) -> list[ConditionCount]:
    column = _column(frames, condition.id)
    counts = []
    for value in (*condition.values, ""):
        present = int(np.count_nonzero(column == value))
        minimum = condition.minimum_frames if value else 0
        counts.append(ConditionCount(condition.id, value, present, minimum, max(0, minimum - present)))
    return counts


def _of_class(made: Drawn, settled: Mask, label: str, minimum: int) -> ClassCount:
    rows = made.boxes.label == label
    objects = int(np.count_nonzero(rows & settled))
    frames = len(np.unique(made.row[rows]))
    return ClassCount(label, int(np.count_nonzero(rows)), frames, objects, minimum, max(0, minimum - objects))


def _of_crossing(made: Drawn, settled: Mask, crossing: Crossing, wanted: Wanted) -> list[CrossingCount]:
    """Every combination: objects of the class in frames with the values, or frames with them."""
    values_of = {CLASS: tuple(wanted.classes)} | {c.id: tuple(c.values) for c in wanted.conditions}
    rows = made.row[settled] if CLASS in crossing.of else np.arange(len(made.frames), dtype=np.int64)
    columns = [_crossed(made, settled, name, rows) for name in crossing.of]
    counted = "objects" if CLASS in crossing.of else "frames"
    counts = []
    for values in product(*(values_of[name] for name in crossing.of)):
        present = np.ones(len(rows), bool)
        for column, value in zip(columns, values, strict=True):
            present &= column == value
        number = int(np.count_nonzero(present))
        more = max(0, crossing.minimum - number)
        counts.append(CrossingCount(tuple(crossing.of), values, counted, number, crossing.minimum, more))
    return counts


def _crossed(made: Drawn, settled: Mask, name: str, rows: Integers) -> Strings:
    return made.boxes.label[settled] if name == CLASS else _column(made.frames, name)[rows]


def _column(frames: Frames, condition: str) -> Strings:
    return frames.conditions.get(condition, np.full(len(frames), "", object))
