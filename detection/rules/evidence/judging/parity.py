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
        Column("Largest differences (allowed)"),
        Column("Verdict"),
    )
    rows = tuple(
        (
            text(row.left),
            text(row.right),
            text(row.variant or "–"),
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
    unit = f" {difference.unit}" if difference.unit not in ("", "share") else ""
    return f"{difference.name} {difference.observed:.3g}{unit} ({difference.limit:g})"
