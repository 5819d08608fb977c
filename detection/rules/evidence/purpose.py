"""What the model is for: the spec in short, and what it declares without anything checking it yet."""

from __future__ import annotations

from collections.abc import Sequence

from detection.rules.evidence.page import Note, Section
from detection.rules.evidence.tables import Column, Table, text
from detection.rules.evidence.tone import Tone
from detection.rules.spec.detector import Output
from detection.rules.spec.labels import Condition, ObjectClass
from detection.rules.spec.spec import declared_only


def section(classes: Sequence[ObjectClass], conditions: Sequence[Condition], output: Output) -> Section:
    """The spec's classes, conditions and output contract."""
    return Section(
        "purpose",
        "What it is for",
        "The specification in short: what is found, under which conditions, and what leaves the detector.",
        (_classes(classes), *_conditions(conditions), _contract(output), _declared()),
    )


def limits(conditions: Sequence[Condition], practice: bool) -> Section:
    """What the figures do not say; ``practice`` says that the frames were drawn."""
    shown = ", ".join(f"{c.id} ({', '.join(c.values)})" for c in conditions)
    held = f"Figures hold for the conditions that were judged: {shown}. Others were never seen."
    if not conditions:
        held = (
            "The specification declares none: nothing is known of light, place or season, and figures hold on average."
        )
    notes = [
        Note(
            "Nothing but the classes above is reported, and what looks like one of them may be taken for it.",
            title="Unknown objects",
        ),
        Note(held, title="Conditions"),
        Note(
            "Scores mean what they say only while the field looks like the validation frames; the command "
            "detection monitor compares the two and says when it no longer does.",
            title="Change",
        ),
    ]
    if practice:
        drawn = (
            "All frames were drawn by a program. The figures prove that the pipeline works, not that it works for you."
        )
        notes.insert(0, Note(drawn, title="A practice world", tone=Tone.UNSURE))
    return Section("limits", "Limits", "What these figures do not say.", tuple(notes))


def licence() -> Section:
    """Under what terms the parts stand."""
    ours = "The pipeline and the device's runtime are under Apache-2.0; the runtime contains no code of the trainer."
    theirs = (
        "The weights were trained with Ultralytics, which is under AGPL-3.0 and is also sold under an enterprise "
        "licence. Ultralytics considers models trained with its code to fall under its licence too; whether weights "
        "are a derived work is not settled. Who ships them to others, or serves them over a network, should read those "
        "terms first."
    )
    return Section("licence", "Licence", ours, (Note(theirs, title="Trained with Ultralytics"),))


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


def _conditions(conditions: Sequence[Condition]) -> tuple[Table, ...]:
    if not conditions:
        return ()
    columns = (Column("Condition"), Column("Values"), Column("Taken from"))
    rows = tuple((text(c.id), text(", ".join(c.values)), text(c.derived_from)) for c in conditions)
    return (Table(columns, rows, title="Operating conditions"),)


def _contract(output: Output) -> Table:
    boxes = "Boxes of any two classes" if output.suppression_across_classes else "Boxes of one class"
    rows = (
        ("Coordinates", "corners of boxes, in pixels of the original frame"),
        ("Scores", output.scores),
        (f"{boxes} that overlap by more than", f"{output.suppression_iou:g} IoU keep the better one"),
        ("Detections in a frame", f"at most {output.maximum_detections}"),
        ("Thresholds", "per class and variant, chosen on frames that never judge"),
    )
    return Table((Column("Output"), Column("Contract")), tuple((text(a), text(b)) for a, b in rows))


def _declared() -> Note:
    names = tuple(name.replace("_", " ") for name in declared_only())
    said = "These sections of the specification are read and checked for form; no stage enforces them in this release."
    return Note(said, title="Declared, not yet enforced", chips=names)
