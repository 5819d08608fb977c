"""How far the annotators agree, for people."""

from __future__ import annotations

from detection.rules.evidence.page import (
    Cell,
    Column,
    Section,
    Span,
    Table,
    Tone,
    count,
    digits,
    share,
    text,
)
from detection.rules.evidence.verdict import Displays
from detection.rules.labels.agreement.pairs import Agreement, ClassAgreement


def agreement_section(agreement: Agreement, displays: Displays) -> Section:
    """How far people agree on what they see: no model can be asked for more."""
    columns = (
        Column("Class"),
        Column("F1 between annotators"),
        Column("Floor", number=True),
        Column("Mean IoU", number=True),
        Column("Boxes", number=True),
        Column("Matched", number=True),
    )
    rows = tuple(_agreed(c, agreement.floor, displays) for c in agreement.classes)
    who = ", ".join(agreement.annotators) or "nobody"
    note = f"Boxes of one class that overlap by at least {agreement.iou:g} IoU are one object. Annotators: {who}."
    lead = f"{agreement.statement[:1].upper()}{agreement.statement[1:]}."
    return Section("agreement", "Agreement of the labels", lead, (Table(columns, rows, note=note),))


def _agreed(c: ClassAgreement, floor: float, displays: Displays) -> tuple[Cell, ...]:
    tone = Tone.GOOD if c.f1 is not None and c.f1 >= floor else Tone.BAD
    f1 = Cell("–", Tone.QUIET)
    if c.f1 is not None:
        f1 = Cell(digits(c.f1), span=Span(c.f1, 0.0, c.f1, floor, tone=tone))
    name = text(displays.get(c.label, c.label))
    return name, f1, text(f"≥ {floor:g}"), share(c.mean_iou), count(c.boxes), count(c.matched)
