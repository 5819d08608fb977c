"""The rehearsal for people: what was planted, who caught it, by how much; which lines were never seen to block."""

from __future__ import annotations

from collections.abc import Sequence

from detection.rules.evidence.numerals import thousands
from detection.rules.evidence.page import Block, Fact, Facts, Note, Page, Section
from detection.rules.evidence.tables import Cell, Column, Table, text
from detection.rules.evidence.tone import Tone
from detection.rules.judging.rehearsal import Check, Fault, RehearsalSheet, Rehearsed, degree_of

NAMES: dict[Fault, str] = {
    "swapped-channels": "Colour channels swapped",
    "stretched-input": "Input stretched, not letterboxed",
    "half-pixel-shift": "Shifted by half a pixel",
    "swapped-classes": "Classes swapped",
    "missing-labels": "Half the labels of a class removed",
    "leaked-split": "Leaked split",
    "wrong-thresholds": "Thresholds of the wrong variant",
    "dark-training": "Trained on dark frames only",
    "noise-calibration": "INT8 calibrated on noise",
}
"""What people call each fault."""

GUARDS = {
    "gate": "Gate line",
    "parity": "Parity row",
    "certificate": "Split certificate",
    "digest": "Refusal by a stage",
}
_TONES = {"PASS": Tone.GOOD, "NOT PROVEN": Tone.UNSURE, "FAIL": Tone.BAD, "REFUSED": Tone.BAD}


def page(sheet: RehearsalSheet, name: str) -> Page:
    """The rehearsal as a page of its own; ``name`` is the spec's."""
    lead = f"{_opened(sheet.sentence)}."
    sections = (_faults(sheet), _catches(sheet), _sound(sheet))
    made_of = ", ".join(f"{variant} {digest[:12]}" for variant, digest in sheet.model_digests.items())
    return Page(name, lead, None, sections, f"Models: {made_of}.", "Rehearsal of the gates")


def _faults(sheet: RehearsalSheet) -> Section:
    planted = [row for row in sheet.rows if not row.obstacle]
    caught = len(planted) - sum(row.missed for row in planted)
    facts = Facts(
        (
            Fact("Faults caught", f"{caught} of {len(planted)}", tone=Tone.BAD if caught < len(planted) else Tone.GOOD),
            Fact("Lines seen to block", thousands(len({check.name for row in planted for check in row.caught_by}))),
            Fact("Lines no fault turned red", thousands(len(sheet.idle))),
            Fact(
                "Lines red without a fault", thousands(len(sheet.blind)), tone=Tone.BAD if sheet.blind else Tone.PLAIN
            ),
        )
    )
    columns = (Column("Fault"), Column("Answer"), Column("Line that caught it"), Column("Margin"), Column("Planted"))
    note = (
        "Each fault was planted alone in a copy of the workspace, and the pipeline's own stages were run on it. A line "
        "catches a fault if it is green without the fault and not green with it. Of several, the firmest is shown."
    )
    blocks: list[Block] = [facts, Table(columns, tuple(_fault(row) for row in sheet.rows), "Faults", note)]
    blocks += [_missed(row) for row in sheet.rows if row.missed]
    return Section("faults", "Can the gates block?", "What was planted, and what stood in its way.", tuple(blocks))


def _fault(row: Rehearsed) -> tuple[Cell, ...]:
    name = text(NAMES[row.fault])
    if row.obstacle:
        return name, Cell("NOT PLANTED", Tone.QUIET, chip=True), text("–"), text("–"), text(_opened(row.obstacle))
    if row.missed:
        return name, Cell("NOT CAUGHT", Tone.BAD, chip=True), text("none"), text("–"), text(_opened(row.planted))
    first, *others = row.caught_by
    by = f"{GUARDS[first.guard]}: {first.name}" + (f", and {len(others)} more" if others else "")
    return (
        name,
        Cell("CAUGHT", Tone.GOOD, chip=True),
        text(by),
        text(degree_of(first)),
        text(_opened(row.planted)),
    )


def _missed(row: Rehearsed) -> Note:
    asked = len(row.missed_by)
    stayed = (
        f"Every line asked, {asked} in all, stayed green" if asked else "None of the lines asked is green without it"
    )
    told = f"{_opened(row.planted)}. {stayed}: add one that would see it, or tighten one, in specs/spec.yaml."
    return Note(told, f"Nobody caught: {NAMES[row.fault]}", Tone.BAD)


def _opened(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}"


def _catches(sheet: RehearsalSheet) -> Section:
    columns = (Column("Fault"), Column("Who"), Column("Line"), Column("Verdict"), Column("In its own words"))
    rows = tuple(
        (text(NAMES[row.fault]), text(GUARDS[c.guard]), text(c.name), _verdict(c), text(c.sentence))
        for row in sheet.rows
        for c in row.caught_by
    )
    lead = "Every line that turned red, with the fault that turned it."
    return Section("catches", "All catches", lead, (Table(columns, rows),))


def _sound(sheet: RehearsalSheet) -> Section:
    caught = _faults_by_line(sheet)
    columns = (Column("Who"), Column("Line"), Column("Without a fault"), Column("Faults it caught"))
    rows = tuple(
        (text(GUARDS[c.guard]), text(c.name), _verdict(c), text(", ".join(caught.get(c.name, ())) or "none"))
        for c in sheet.sound
    )
    blocks: list[Block] = [Table(columns, rows)]
    if sheet.blind:
        told = "They are red without any fault: whatever happens, nobody could tell it from them."
        blocks.insert(0, Note(told, "Lines that can catch nothing", Tone.BAD, sheet.blind))
    lead = "How the model stands as it is, judged anew by the same stages, and what each line caught."
    return Section("lines", "Line by line", lead, tuple(blocks))


def _faults_by_line(sheet: RehearsalSheet) -> dict[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    for row in sheet.rows:
        for check in row.caught_by:
            names = found.setdefault(check.name, [])
            names.extend([row.fault] * (row.fault not in names))
    return dict(found)


def _verdict(check: Check) -> Cell:
    return Cell(check.verdict, _TONES[check.verdict], chip=True)
