"""Is every box a box, on its frame, of a class the spec knows? What is not is set aside and said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from detection.edge.boxes import Boxes
from detection.rules.labels.findings.duplicates import repeated_boxes
from detection.rules.labels.findings.finding import Finding, severity
from detection.rules.labels.intake.arrivals import Tables
from detection.rules.labels.intake.collection import Collection
from detection.rules.labels.samples import Annotations
from detection.rules.spec.labels import Labelling

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Checked:
    """The boxes that may be used, corners clipped to their frames, and everything that was found on the way."""

    boxes: Annotations
    findings: tuple[Finding, ...]


def of_collection(collection: Collection, labelling: Labelling) -> list[Finding]:
    """What ``collect`` set aside, as findings."""
    return [Finding(r.finding, severity(labelling, r.finding), "", r.name, "", r.reason) for r in collection.rejected]


def check(collected: Tables, classes: Sequence[str], labelling: Labelling) -> Checked:
    """Set aside degenerate, outside and repeated boxes and those of unknown classes; clip those partly outside."""
    boxes = collected.boxes
    size = _frame_sizes(collected)
    degenerate = ~_is_a_box(boxes.corners)
    clipped = _clipped(boxes.corners, size)
    outside = ~degenerate & ~_is_a_box(clipped)
    over = ~degenerate & ~outside & (clipped != boxes.corners).any(axis=1)
    unknown = ~np.isin(boxes.label, list(classes))
    repeated = repeated_boxes(boxes) & ~degenerate
    names = _frame_names(collected)
    told = (
        ("degenerate-box", degenerate, "has no area or is not finite; rejected"),
        ("outside-box", outside, "lies wholly outside the frame; rejected"),
        ("outside-box", over, "reaches over the frame's border; clipped"),
        ("duplicate-box", repeated, "is drawn twice; one is kept"),
    )
    found = [f for kind, rows, why in told for f in _box_findings(kind, rows, why, boxes, names, labelling)]
    found += _unknown_classes(boxes, unknown, classes, labelling)
    keep = ~(degenerate | outside | unknown | repeated)
    return Checked(replace(boxes, corners=clipped).take(keep), tuple(found))


def _is_a_box(corners: Boxes) -> Mask:
    """``(m,)``: finite, and with an area."""
    with np.errstate(invalid="ignore"):
        sides = corners[:, 2:] - corners[:, :2]
    return np.asarray((np.isfinite(corners).all(axis=1)) & (sides > 0).all(axis=1), bool)


def _frame_rows(collected: Tables) -> NDArray[np.int64]:
    """``(m,)`` the frame row of every box."""
    row_of = {frame: row for row, frame in enumerate(collected.frames.id)}
    return np.array([row_of[frame] for frame in collected.boxes.frame], np.int64)


def _frame_sizes(collected: Tables) -> Boxes:
    rows = _frame_rows(collected)
    width, height = collected.frames.width[rows], collected.frames.height[rows]
    return np.stack([width, height, width, height], axis=1).astype(np.float32)


def _frame_names(collected: Tables) -> Sequence[str]:
    return [str(name) for name in collected.frames.name[_frame_rows(collected)]]


def _clipped(corners: Boxes, size: Boxes) -> Boxes:
    """Corners inside the frame; a box wholly outside comes out without area."""
    return np.clip(corners, 0, size)


def _box_findings(
    kind: str, rows: Mask, why: str, boxes: Annotations, names: Sequence[str], labelling: Labelling
) -> list[Finding]:
    weight = severity(labelling, kind)
    return [
        Finding(kind, weight, boxes.frame[row], names[row], boxes.annotator[row], f"{_words(boxes, row)} {why}")
        for row in np.flatnonzero(rows).tolist()
    ]


def _words(boxes: Annotations, row: int) -> str:
    x1, y1, x2, y2 = (f"{value:g}" for value in boxes.corners[row].tolist())
    return f"{boxes.label[row]} box ({x1}, {y1}) to ({x2}, {y2})"


def _unknown_classes(boxes: Annotations, unknown: Mask, classes: Sequence[str], labelling: Labelling) -> list[Finding]:
    known = ", ".join(classes)
    fix = (
        f"the spec knows {known}; declare it in the spec, map it with collect.class_names, or remove it from the labels"
    )
    weight = severity(labelling, "unknown-class")
    counts = Counter(boxes.label[unknown].tolist())
    return [
        Finding("unknown-class", weight, "", "", "", f"class {label!r} on {count} box(es); {fix}")
        for label, count in sorted(counts.items())
    ]
