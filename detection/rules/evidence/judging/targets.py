"""The devices: what each may take and what was measured; the others are named as not measured here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from detection.rules.engines import BUILT_NOT_RUN
from detection.rules.evidence.judging.verdict import TONES
from detection.rules.evidence.page import Section
from detection.rules.evidence.tables import Cell, Column, Table, text
from detection.rules.evidence.tone import Tone
from detection.rules.judging.gates.lines import Line, Verdict, overall
from detection.rules.spec.targets import Target


def section(targets: Sequence[Target], verdict: Verdict) -> Section:
    """One row a target."""
    lead = (
        "What the detector may cost on each kind of device. Only what ran on such a machine can be held against it; "
        "the others prove themselves at installation, by self-test and watch. An engine that could only be built here "
        "is in no bundle."
    )
    columns = (
        Column("Target"),
        Column("Runs"),
        Column("p95, ms", number=True),
        Column("Memory, MB", number=True),
        Column("Bundle, MB", number=True),
        Column("Verdict"),
    )
    rows = tuple(_row(target, verdict) for target in targets)
    return Section("targets", "Targets", lead, (Table(columns, rows),))


def _lines(target: Target, verdict: Verdict) -> Mapping[str, Line]:
    return {line.metric: line for line in verdict.lines if (line.kind, line.set) == ("target", target.id)}


def _row(target: Target, verdict: Verdict) -> tuple[Cell, ...]:
    lines = _lines(target, verdict)
    runs = f"{target.engine}, {target.precision}, {target.machine}"
    if lines:
        outcome = overall(line.verdict for line in lines.values())
        answer = Cell(outcome, TONES[outcome], chip=True)
    else:
        ran = target.variant in verdict.model_digests
        answer = Cell("not measured here" if ran else BUILT_NOT_RUN, Tone.UNSURE, chip=True)
    return (
        Cell(target.id, note=target.hardware),
        Cell(target.variant, note=runs),
        _figure(lines.get("p95_ms"), target.p95_ms, 1),
        _figure(lines.get("memory_mb"), target.memory_mb, 0),
        text(f"≤ {target.bundle_mb:g}"),
        answer,
    )


def _figure(line: Line | None, limit: float, decimals: int) -> Cell:
    """What was measured, and below it what is allowed."""
    if line is None or line.observed is None:
        return Cell(f"≤ {limit:g}", Tone.QUIET)
    return Cell(f"{line.observed:.{decimals}f}", note=f"≤ {limit:g}")
