"""The parity certificate for people: do training, export and device see and say the same, and where not?"""

from __future__ import annotations

from detection.rules.evidence.judging.verdict import TONES
from detection.rules.evidence.page import Section
from detection.rules.evidence.tables import Cell, Column, Table, count, text
from detection.rules.judging.parity import LEVELS, Difference, Level, Measured, Note, ParityReport, ParityRow

_TITLES: dict[Level, str] = {
    "pixels": "Pixels: the decoded picture",
    "tensors": "Tensors: what the model is shown",
    "raw": "Raw output: what the model says",
    "detections": "Detections: what is reported",
}
_COMPARED = (
    Column("Compared"),
    Column("With"),
    Column("Variant or input"),
    Column("Pictures", number=True),
    Column("Detections", number=True),
    Column("Difference (at most allowed)"),
    Column("Verdict"),
)
_KNOWN = (Column("The trainer by itself"), Column("Pictures", number=True), Column("How much it makes"))


def section(report: ParityReport) -> Section:
    """Whether training, export and device see and say the same, level by level."""
    tables = [
        Table(_COMPARED, tuple(map(_row, chosen)), title=_TITLES[level])
        for level in LEVELS
        if (chosen := [row for row in report.rows if row.level == level])
    ]
    if report.notes:
        said = "Measured and named, held against nobody: the comparisons above set both sides to the same."
        known = tuple(map(_known, report.notes))
        tables.append(Table(_KNOWN, known, title="Known differences of the trainer", note=said))
    lead = (
        "The same pictures through the trainer, the export and the device's program, level by level: golden frames, "
        "and an exam of odd ones made of them: every camera's size, thin, turned, grey, of 16 bits, transparent, torn "
        "and huge. Variants in full precision are held to the trainer by the largest difference on any picture; the "
        "others on average, over golden frames alone. "
        f"Device program compared: runtime.pyz, SHA-256 {report.runtime_sha256}."
    )
    return Section("parity", "Parity certificate", lead, tuple(tables))


def _row(row: ParityRow) -> tuple[Cell, ...]:
    return (
        text(row.left),
        text(row.right),
        text(row.variant or "every file"),
        count(row.frames),
        count(row.detections) if row.level == "detections" else text("–"),
        text("; ".join(_difference(d) for d in row.differences)),
        Cell(row.verdict, TONES[row.verdict], chip=True),
    )


def _known(note: Note) -> tuple[Cell, ...]:
    measured = "; ".join(map(_measured, note.findings)) or "–"
    return Cell(note.name, note=note.sentence), count(note.frames) if note.frames else text("–"), text(measured)


def _measured(measured: Measured) -> str:
    observed, unit = measured.observed, f" {measured.unit}"
    if measured.unit == "share":
        observed, unit = 100 * observed, " %"
    return f"{measured.name} {observed:.3g}{unit.rstrip()}"


def _difference(difference: Difference) -> str:
    """``box corner 0.12 px (0.5)``; what lies far below its limit is not told digit by digit."""
    observed, limit, unit = difference.observed, difference.limit, f" {difference.unit}".rstrip()
    if difference.unit == "share":
        observed, limit, unit = 100 * observed, 100 * limit, " %"
    tiny = 0 < observed < limit / 1000
    shown = f"< {limit / 1000:.6f}".rstrip("0") if tiny else f"{observed:.3g}"
    return f"{difference.name} {shown}{unit} ({limit:g}{unit if unit == ' %' else ''})"
