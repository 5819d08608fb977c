"""What the model is for: the spec in short, and what it declares without anything checking it yet."""

from __future__ import annotations

from collections.abc import Sequence

from detection.rules.evidence.page import Column, Note, Section, Table, text
from detection.rules.spec import Condition, ObjectClass, Output, declared_only


def section(classes: Sequence[ObjectClass], conditions: Sequence[Condition], output: Output) -> Section:
    """The spec's classes, conditions and output contract."""
    return Section(
        "purpose",
        "What it is for",
        "The specification in short: what is found, under which conditions, and what leaves the detector.",
        (_classes(classes), _conditions(conditions), _contract(output), _declared()),
    )


def _classes(classes: Sequence[ObjectClass]) -> Table:
    columns = (
        Column("Class"),
        Column("Counts as one"),
        Column("Does not count"),
        Column("Smallest side", number=True),
        Column("Least visible", number=True),
    )
    rows = tuple(
        (
            text(c.display),
            text(c.include),
            text(c.exclude),
            text(f"{c.minimum_size_px:g} px"),
            text(f"{100 * c.minimum_visible_share:g} %"),
        )
        for c in classes
    )
    return Table(columns, rows, title="Classes")


def _conditions(conditions: Sequence[Condition]) -> Table:
    columns = (Column("Condition"), Column("Values"), Column("Taken from"))
    rows = tuple((text(c.id), text(", ".join(c.values)), text(c.derived_from)) for c in conditions)
    return Table(columns, rows, title="Operating conditions")


def _contract(output: Output) -> Table:
    rows = (
        ("Coordinates", output.coordinates.replace("-", " ")),
        ("Scores", output.scores),
        ("Boxes of one class that overlap by more than", f"{output.suppression_iou:g} IoU keep the better one"),
        ("Detections in a frame", f"at most {output.maximum_detections}"),
        ("Thresholds", f"per class and variant, {output.threshold_policy.replace('-', ' ')}"),
    )
    return Table((Column("Output"), Column("Contract")), tuple((text(a), text(b)) for a, b in rows))


def _declared() -> Note:
    names = tuple(name.replace("_", " ") for name in declared_only())
    said = "These sections of the specification are read and checked for form; no stage enforces them in this release."
    return Note(said, title="Declared, not yet enforced", chips=names)
