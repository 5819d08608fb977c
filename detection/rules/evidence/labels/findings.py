"""What validation found and what the spec still lacks, for people: on the stage's own page and in the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detection.rules.evidence.charts import Chart, Series
from detection.rules.evidence.numerals import digits, thousands
from detection.rules.evidence.page import Block, Fact, Facts, Pictures, Section
from detection.rules.evidence.tables import Cell, Column, Table, count, text
from detection.rules.evidence.tone import Tone
from detection.rules.labels.findings.brightness import QUARTERS, Brightness
from detection.rules.labels.findings.coverage import ConditionCount, Coverage, CrossingCount
from detection.rules.labels.findings.finding import Finding
from detection.rules.labels.findings.kinds import KINDS
from detection.rules.labels.splits.certificate import Certificate

SCENES_SHOWN = 8
"""Scenes whose brightness is charted: those that change most."""

_TONES = {"blocking": Tone.BAD, "warning": Tone.UNSURE}


@dataclass(frozen=True, slots=True)
class FindingKind:
    """All findings of one kind."""

    finding: str
    severity: str
    number: int
    example: str


def kinds_of(findings: Sequence[Finding]) -> tuple[FindingKind, ...]:
    """Findings by kind: those that block first, then the most frequent; the first of each is its example."""
    numbers = Counter((f.finding, f.severity) for f in findings)
    examples: dict[tuple[str, str], str] = {}
    for f in findings:
        examples.setdefault((f.finding, f.severity), " ".join(filter(None, (f.name, f.detail))))
    kinds = [FindingKind(*kind, number, examples[kind]) for kind, number in numbers.items()]
    return tuple(sorted(kinds, key=lambda k: (k.severity != "blocking", -k.number, k.finding)))


def findings_section(coverage: Coverage, findings: Sequence[FindingKind]) -> Section:
    """How much came through, and what was found by kind."""
    blocking = sum(f.number for f in findings if f.severity == "blocking")
    facts = Facts(
        (
            Fact("Frames accepted", thousands(coverage.frames)),
            Fact("Labelled", thousands(coverage.labelled), f"{thousands(coverage.empty)} of them empty"),
            Fact("Nobody looked at", thousands(coverage.frames - coverage.labelled)),
            Fact("Without pixels", thousands(coverage.without_pixels)),
            Fact("Blocking findings", thousands(blocking), tone=Tone.BAD if blocking else Tone.GOOD),
            Fact("Warnings", thousands(sum(f.number for f in findings) - blocking)),
        )
    )
    lead = "What is wrong with frames and labels, weighed by the spec. A blocking finding stops the pipeline."
    return Section("findings", "Findings", lead, (facts, _findings(findings)))


def examples_section(examples: Sequence[Pictures]) -> Section:
    """A few pictures of each kind of finding."""
    lead = "A few of each kind. Red is what the finding is about, green what else the same annotator drew."
    return Section("examples", "Examples", lead, tuple(examples))


def coverage_section(coverage: Coverage, certificate: Certificate | None, findings: Sequence[FindingKind]) -> Section:
    """Frames and objects against the spec's minima, and what validation found.

    Args:
        coverage: of stage validate.
        certificate: of the split, for frames in each set; none before there is one.
        findings: none leaves their table out.
    """
    sets = ", in all and in each set" if certificate is not None else ""
    lead = f"Frames per condition and objects per class{sets}. What there is little of is known little about."
    blocks: list[Block] = [_conditions(coverage, certificate)] if coverage.conditions else []
    blocks += [_classes(coverage), *_crossings(coverage)]
    if findings:
        blocks.append(_findings(findings))
    return Section("coverage", "Coverage", lead, tuple(blocks))


def brightness_section(told: Sequence[Brightness], charts: Pictures) -> Section:
    """How scenes' light changes while they are filmed."""
    names = ("First", "Second", "Third", "Last")
    columns = (
        Column("Camera and scene"),
        Column("Frames", number=True),
        *(Column(f"{name} quarter", number=True) for name in names[:QUARTERS]),
        Column("Change", number=True),
    )
    rows = tuple(
        (text(_scene(b)), count(b.frames), *(text(f"{u8:.0f}") for u8 in b.quarters_u8), text(f"{b.change_u8():+.0f}"))
        for b in told[: 5 * SCENES_SHOWN]
    )
    lead = "Mean grey over the quarters of a scene's frames in order of time, the largest change first."
    note = "Light that falls while a scene is filmed is a drift inside the data: what is learned early meets it late."
    return Section("brightness", "Brightness over time", lead, (charts, Table(columns, rows, note=note)))


def brightness_chart(told: Sequence[Brightness]) -> Chart:
    """Mean grey over quarters, a line each for the scenes that change most."""
    quarters = np.arange(1.0, QUARTERS + 1)
    series = tuple(
        Series(_scene(b), quarters, np.array(b.quarters_u8), colour, dots=True)
        for colour, b in enumerate(told[:SCENES_SHOWN])
    )
    return Chart("Mean grey over time", "quarter of the frames, by time", "mean grey, 0 to 255", series, zero=True)


def _scene(told: Brightness) -> str:
    return " · ".join(dict.fromkeys(filter(None, (told.camera, told.scene)))) or "unknown camera"


def _conditions(coverage: Coverage, certificate: Certificate | None) -> Table:
    judged = certificate.sets if certificate is not None else ()
    frames = {(s.set, c.condition, c.value): c.frames for s in judged for c in s.conditions}
    columns = (
        Column("Condition"),
        Column("Frames", number=True),
        Column("Needs", number=True),
        *(Column(s.set.capitalize(), number=True) for s in judged),
        Column("Covered"),
    )
    rows = tuple(
        (
            text(f"{c.condition} {c.value or 'unknown'}"),
            count(c.frames),
            text(thousands(c.minimum) if c.minimum else "–"),
            *(count(frames.get((s.set, c.condition, c.value), 0)) for s in judged),
            _covered(c),
        )
        for c in coverage.conditions
        if c.value or c.frames
    )
    return Table(columns, rows, title="Conditions")


def _classes(coverage: Coverage) -> Table:
    fair = sum(c.objects for c in coverage.classes) / max(1, len(coverage.classes))
    columns = (
        Column("Class"),
        *(Column(name, number=True) for name in ("Boxes", "Frames", "Objects", "Of its fair share", "Needs")),
        Column("Covered"),
    )
    rows = tuple(
        (
            text(c.label),
            count(c.boxes),
            count(c.frames),
            count(c.objects),
            text(digits(c.objects / fair if fair else None)),
            text(thousands(c.minimum) if c.minimum else "–"),
            _enough(c.needs_more),
        )
        for c in coverage.classes
    )
    note = "Boxes and frames are of all annotators; objects of one answer a frame, the expert's if there is one."
    return Table(columns, rows, title="Classes", note=note)


def _crossings(coverage: Coverage) -> list[Table]:
    """A table a crossing: the last of what is crossed across, all others down."""
    tables = []
    for of in dict.fromkeys(c.of for c in coverage.crossings):
        counted = [c for c in coverage.crossings if c.of == of]
        across = list(dict.fromkeys(c.values[-1] for c in counted))
        cells = {(c.values[:-1], c.values[-1]): _crossed(c) for c in counted}
        columns = (Column(" x ".join(of[:-1])), *(Column(value, number=True) for value in across))
        rows = tuple(
            (text(" x ".join(down)), *(cells[down, value] for value in across))
            for down in dict.fromkeys(c.values[:-1] for c in counted)
        )
        note = f"{counted[0].counted.capitalize()} of each combination; the spec asks for {counted[0].minimum}."
        tables.append(Table(columns, rows, title=" x ".join(of), note=note))
    return tables


def _crossed(counted: CrossingCount) -> Cell:
    if not counted.needs_more:
        return count(counted.number)
    return Cell(f"{thousands(counted.number)}, needs {thousands(counted.needs_more)} more", Tone.UNSURE)


def _covered(counted: ConditionCount) -> Cell:
    if not counted.value:
        return Cell("unknown", Tone.UNSURE, chip=True)
    return _enough(counted.needs_more)


def _enough(needs_more: int) -> Cell:
    if needs_more:
        return Cell(f"needs {thousands(needs_more)} more", Tone.UNSURE, chip=True)
    return Cell("yes", Tone.GOOD, chip=True)


def _findings(findings: Sequence[FindingKind]) -> Table:
    columns = (
        Column("Finding"), Column("Severity"), Column("Number", number=True), Column("What it means"),
        Column("For example"),
    )  # fmt: skip
    rows = tuple(
        (
            text(f.finding),
            Cell(f.severity, _TONES.get(f.severity, Tone.PLAIN), chip=True),
            count(f.number),
            text(KINDS.get(f.finding, "")),
            text(f.example),
        )
        for f in findings
    )
    return Table(columns, rows, title="What validation found")
