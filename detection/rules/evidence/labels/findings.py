"""What validation found and what the spec's conditions still lack, for people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from detection.rules.evidence.page import (
    Cell,
    Column,
    Section,
    Table,
    Tone,
    count,
    text,
    thousands,
)
from detection.rules.labels.findings.coverage import ConditionCount, Coverage
from detection.rules.labels.splits.certificate import Certificate


@dataclass(frozen=True, slots=True)
class FindingKind:
    """All findings of one kind."""

    finding: str
    severity: str
    number: int
    example: str


def coverage_section(coverage: Coverage, certificate: Certificate, findings: Sequence[FindingKind]) -> Section:
    """Frames per condition against the spec's minimum, and what validation found."""
    sets = [s.set for s in certificate.sets]
    frames = {(s.set, c.condition, c.value): c.frames for s in certificate.sets for c in s.conditions}
    columns = (
        Column("Condition"),
        Column("Frames", number=True),
        Column("Needs", number=True),
        *(Column(name.capitalize(), number=True) for name in sets),
        Column("Covered"),
    )
    rows = tuple(
        (
            text(f"{c.condition} {c.value or 'unknown'}"),
            count(c.frames),
            text(thousands(c.minimum) if c.minimum else "–"),
            *(count(frames.get((name, c.condition, c.value), 0)) for name in sets),
            _covered(c),
        )
        for c in coverage.conditions
        if c.value or c.frames
    )
    lead = "Frames per condition, in all and in each set. A condition with few frames is known little about."
    return Section("coverage", "Coverage", lead, (Table(columns, rows, title="Conditions"), _findings(findings)))


def _covered(counted: ConditionCount) -> Cell:
    if not counted.value:
        return Cell("unknown", Tone.UNSURE, chip=True)
    if counted.needs_more:
        return Cell(f"{thousands(counted.needs_more)} more", Tone.UNSURE, chip=True)
    return Cell("yes", Tone.GOOD, chip=True)


def _findings(findings: Sequence[FindingKind]) -> Table:
    columns = (Column("Finding"), Column("Severity"), Column("Number", number=True), Column("For example"))
    tones = {"blocking": Tone.BAD, "warning": Tone.UNSURE}
    rows = tuple(
        (
            text(f.finding),
            Cell(f.severity, tones.get(f.severity, Tone.PLAIN), chip=True),
            count(f.number),
            text(f.example),
        )
        for f in findings
    )
    return Table(columns, rows, title="What validation found")
