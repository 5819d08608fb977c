"""Is every box a box, on its frame, of a class the spec knows? What is not is set aside and said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from detection.rules.labels.findings.drawn import Drawn, Mask, drawn, is_a_box
from detection.rules.labels.findings.duplicates import repeated_boxes
from detection.rules.labels.findings.finding import Finding, of_all, severity
from detection.rules.labels.intake.arrivals import Tables
from detection.rules.labels.intake.collection import Collection
from detection.rules.labels.samples import Annotations
from detection.rules.spec.labels import Labelling


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
    made = drawn(collected)
    corners, clipped = made.boxes.corners, made.clipped()
    degenerate = ~is_a_box(corners)
    outside = ~degenerate & ~is_a_box(clipped)
    over = ~degenerate & ~outside & (clipped != corners).any(axis=1)
    unknown = ~np.isin(made.label.number, [i for i, name in enumerate(made.label.names) if name in classes])
    repeated = repeated_boxes(made) & ~degenerate
    told = (
        ("degenerate-box", degenerate, "has no area or is not finite; set aside"),
        ("outside-box", outside, "lies wholly outside the frame; set aside"),
        ("outside-box", over, "reaches over the frame's border; clipped"),
        ("duplicate-box", repeated, "is drawn twice; one is kept"),
    )
    found = [f for kind, rows, why in told for f in made.findings(kind, labelling, np.flatnonzero(rows), [why])]
    found += _unknown_classes(made, unknown, classes, labelling)
    keep = ~(degenerate | outside | unknown | repeated)
    return Checked(replace(made.boxes, corners=clipped).take(keep), tuple(found))


def _unknown_classes(made: Drawn, unknown: Mask, classes: Sequence[str], labelling: Labelling) -> list[Finding]:
    known = ", ".join(classes)
    fix = (
        f"the spec knows {known}; declare it in the spec, map it with class_names of its source, "
        "or remove it from the labels"
    )
    counts = Counter(made.boxes.label[unknown].tolist())
    return [
        of_all("unknown-class", labelling, f"class {label!r} on {count} box(es); {fix}")
        for label, count in sorted(counts.items())
    ]
