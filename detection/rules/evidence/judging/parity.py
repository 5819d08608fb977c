"""Parity for people: whether training, export and device see and say the same."""

from __future__ import annotations

from detection.rules.evidence.judging.verdict import TONES
from detection.rules.evidence.page import Cell, Column, Section, Table, count, text
from detection.rules.judging.parity import Difference, ParityReport


def section(report: ParityReport) -> Section:
    """Whether training, export and device see and say the same."""
    columns = (
        Column("Compared"),
        Column("With"),
        Column("Variant"),
        Column("Frames", number=True),
        Column("Detections", number=True),
        Column("Largest difference, and what is allowed"),
        Column("Verdict"),
    )
    rows = tuple(
        (
            text(row.left),
            text(row.right),
            text(row.variant or "input"),
            count(row.frames),
            count(row.detections) if row.level == "detections" else text("–"),
            text("; ".join(_difference(d) for d in row.differences)),
            Cell(row.verdict, TONES[row.verdict], chip=True),
        )
        for row in report.rows
    )
    lead = (
        "The same frames, among them odd, thin, portrait and grey ones, through the trainer, the export and the device."
    )
    note = f"Device program compared: runtime.pyz, SHA-256 {report.runtime_sha256}"
    return Section("parity", "Parity", lead, (Table(columns, rows, note=note),))


def _difference(difference: Difference) -> str:
    """``box corner 0.12 px (0.5)``; what lies far below its limit is not told digit by digit."""
    observed, limit, unit = difference.observed, difference.limit, f" {difference.unit}"
    if difference.unit == "share":
        observed, limit, unit = 100 * observed, 100 * limit, " %"
    tiny = 0 < observed < limit / 1000
    shown = f"< {limit / 1000:.6f}".rstrip("0") if tiny else f"{observed:.3g}"
    return f"{difference.name} {shown}{unit.rstrip()} ({limit:g})"
