"""How far the annotators agree, for people: a section of the report, and a page of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import zip_longest
from typing import TypeVar

from detection.rules.evidence.judging.verdict import Displays
from detection.rules.evidence.labels import annotators
from detection.rules.evidence.labels.annotators import bar, value
from detection.rules.evidence.numerals import thousands
from detection.rules.evidence.page import Fact, Facts, Note, Page, Picture, Pictures, Section
from detection.rules.evidence.tables import Cell, Column, Table, count, scale_start, share, text
from detection.rules.evidence.tone import Tone
from detection.rules.labels.agreement.floor import low_classes, whom
from detection.rules.labels.agreement.sheet import (
    EVERY,
    REASONS,
    Agreement,
    ClassAgreement,
    Compared,
    Review,
    WorstFrame,
)

P = TypeVar("P", bound=Compared)

MOST_PAIRS = 20
"""Pairs in the table, those that agree least."""
LISTED = 5
"""Worst frames of a class in the table."""

_FIGURES = (
    Column("Alpha", number=True), Column("Mean IoU", number=True), Column("Boxes", number=True),
    Column("Matched", number=True),
)  # fmt: skip


def agreement_section(agreement: Agreement, displays: Displays) -> Section:
    """How far people agree on what they see: no model can be asked for more."""
    lead = f"{agreement.statement[:1].upper()}{agreement.statement[1:]}."
    measured = agreement.every.boxes or any(c.boxes for c in agreement.classes)
    compared = (_classes(agreement, displays),) if measured else ()
    return Section("agreement", "Agreement of the labels", lead, (*compared, *_named(agreement)))


def page(name: str, agreement: Agreement, review: Review, displays: Displays, pictures: tuple[Picture, ...]) -> Page:
    """A page of its own, written also when the stage stops the run.

    Args:
        name: of the detector.
        agreement: what was measured.
        review: what people should look at again.
        displays: class id to the name people read.
        pictures: the frames of :func:`worst_frames` with everybody's boxes.
    """
    sections = (
        agreement_section(agreement, displays),
        _worst(agreement, displays, pictures),
        annotators.section(agreement),
        _parts(agreement, displays),
        annotators.confusion_section(agreement.confusion, displays),
        _review(review),
    )
    drawn = f"Intervals at {agreement.confidence:g} by drawing {thousands(agreement.groups)} groups of frames."
    subtitle = "Do the annotators agree enough to learn from?"
    shown = tuple(section for section in sections if section.blocks)
    return Page(name, subtitle, None, shown, f"{drawn} Made by the stage agreement.", kicker="Agreement")


def worst_frames(agreement: Agreement, most: int) -> tuple[WorstFrame, ...]:
    """Frames worth a picture, the worst of each class in turn: of the classes below the floor, or else of all."""
    chosen: Sequence[ClassAgreement] = low_classes(agreement) or agreement.classes
    turns = [frame for rank in zip_longest(*(c.worst_frames for c in chosen)) for frame in rank if frame is not None]
    seen: dict[str, WorstFrame] = {}
    for frame in turns:
        seen.setdefault(frame.id, frame)
    return tuple(seen.values())[:most]


def _classes(agreement: Agreement, displays: Displays) -> Table:
    columns = (Column("Class"), Column("F1 between annotators"), Column("Floor", number=True), *_FIGURES)
    start = scale_start(f for c in agreement.classes if c.f1 is not None for f in (c.f1.value, c.f1.lower))
    rows = [(text(displays.get(c.label, c.label)), *_row(c, agreement.floor, start)) for c in agreement.classes]
    if len(agreement.classes) > 1:
        rows.append((text("All together"), *_row(agreement.every, None, start)))
    note = (
        f"Boxes of one class that overlap by at least {agreement.iou:g} IoU are one object. F1 and IoU are of all "
        "pairs of annotators together. Alpha is Krippendorff's, 1 for full agreement, 0 for chance, a mean of frames: "
        "of a class over those in which anybody drew it, of all together over all frames."
    )
    return Table(columns, tuple(rows), note=note)


def _row(compared: Compared, floor: float | None, start: float) -> tuple[Cell, ...]:
    limit = text("") if floor is None else text(f"≥ {floor:g}")
    return (bar(compared.f1, floor, start), limit, *_rest(compared))


def _rest(compared: Compared) -> tuple[Cell, ...]:
    return (
        share(value(compared.alpha)), share(value(compared.mean_iou)), count(compared.boxes), count(compared.matched)
    )  # fmt: skip


def _named(agreement: Agreement) -> tuple[Note, ...]:
    """What to do now: classes below the floor, people below theirs, frames left out."""
    notes = []
    known = {a.name: a for a in agreement.annotators}
    for low in low_classes(agreement):
        notes.append(Note(f"Class {low.label}: {whom(low, known)}.", title="Below the floor", tone=Tone.BAD))
    bad = tuple(a.name for a in agreement.annotators if a.unreliable)
    if bad:
        said = f"F1 below {agreement.annotator_floor:g} against the expert, or else against what the others agree on:"
        notes.append(Note(said, title="Unreliable annotators", tone=Tone.BAD, chips=bad))
    if agreement.set_aside:
        said = f"{thousands(agreement.set_aside)} frames hold regions that nobody counted; nothing learns from them."
        notes.append(Note(said, title="Set aside"))
    return tuple(notes)


def _worst(agreement: Agreement, displays: Displays, pictures: tuple[Picture, ...]) -> Section:
    lead = "Everybody's boxes, each annotator in a colour; the expert's, where there is one, broken."
    listed = [
        (text(frame.name), text(displays.get(c.label, c.label)), count(frame.unmatched))
        for c in agreement.classes
        for frame in c.worst_frames[:LISTED]
    ]
    columns = (Column("Frame"), Column("Class"), Column("Boxes without a partner", number=True))
    blocks = (*((Pictures(pictures),) if pictures else ()), *((Table(columns, tuple(listed)),) if listed else ()))
    return Section("worst", "Frames that show the disagreement best", lead, blocks)


def _parts(agreement: Agreement, displays: Displays) -> Section:
    pairs = [p for p in agreement.pairs if p.f1 is not None and p.label == EVERY]
    pairs.sort(key=lambda p: value(p.f1) or 0.0)
    tables = [
        _table("Pairs", "Pair", [(f"{p.first} and {p.second}", p) for p in pairs[:MOST_PAIRS]], displays),
        _table(
            "Conditions",
            "Condition",
            [(f"{c.condition} {c.value}", c) for c in _shown(agreement.conditions, agreement)],
            displays,
        ),
        _table(
            "Versions of the guideline",
            "Version",
            [(g.version, g) for g in _shown(agreement.guidelines, agreement)],
            displays,
        ),
    ]
    lead = f"Pairs are the {MOST_PAIRS} that agree least." if len(pairs) > MOST_PAIRS else ""
    return Section("parts", "Where they agree, and where not", lead, tuple(t for t in tables if t.rows))


def _table(title: str, head: str, rows: Sequence[tuple[str, Compared]], displays: Displays) -> Table:
    columns = (
        Column(head), Column("Class"), Column("F1 between annotators"), Column("Frames", number=True), *_FIGURES
    )  # fmt: skip
    start = scale_start(f for _, c in rows if c.f1 is not None for f in (c.f1.value, c.f1.lower))
    cells = tuple(
        (
            text(name), text("all" if c.label == EVERY else displays.get(c.label, c.label)),
            bar(c.f1, None, start), count(c.frames), *_rest(c),
        )
        for name, c in rows
    )  # fmt: skip
    return Table(columns, cells, title=title)


def _shown(parts: Sequence[P], agreement: Agreement) -> list[P]:
    """All classes together, and each class where there are several to tell apart."""
    several = sum(1 for c in agreement.classes if c.boxes) > 1
    return [part for part in parts if several or part.label == EVERY]


def _review(review: Review) -> Section:
    counts = Counter(review.reason.tolist())
    meant = dict(zip(REASONS, ("is anything there?", "what is it?", "where does it end?"), strict=True))
    facts = tuple(Fact(reason, thousands(counts[reason]), meant[reason]) for reason in REASONS)
    lead = f"{thousands(len(review))} objects, listed worst first in review.parquet." if len(review) else ""
    return Section("review", "To look at again", lead, (Facts(facts),) if len(review) else ())
