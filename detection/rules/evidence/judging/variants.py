"""The variants side by side: what changes with the number format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from detection.rules.evidence.judging.figures import SETS
from detection.rules.evidence.judging.verdict import Displays
from detection.rules.evidence.page import Cell, Column, Folded, Section, Table, code, share, size, text
from detection.rules.judging.scores.rows import ScoreRow, ScoreSheet
from detection.rules.variants import Variants

Thresholds = Mapping[str, Mapping[str, float]]
"""Variant to class id to the score from which a detection counts, whatever the conditions."""

_FIGURES = {
    "ap50": "AP50", "ap50_95": "AP50-95", "average_recall": "AR", "precision": "Precision", "recall": "Recall",
    "f1": "F1", "false_per_background_frame": "False per empty frame",
}  # fmt: skip


def section(sheet: ScoreSheet, variants: Variants, thresholds: Thresholds, displays: Displays) -> Section:
    """The variants side by side."""
    columns = (Column("Figure"), *(Column(v.name, number=True) for v in variants.variants))
    rows = [
        (text("Size"), *(text(size(v.bytes)) for v in variants.variants)),
        (text("Input, pixels"), *(text(f"{v.width} × {v.height}") for v in variants.variants)),
    ]
    judged = [name for name in SETS if any(sheet.row(v.name, name) for v in variants.variants)]
    by_set = [_figures([sheet.row(v.name, name) for v in variants.variants], name) for name in judged]
    rows += by_set[0] if by_set else ()
    lead = (
        "Each variant has thresholds and a calibration of its own; what changes with the number format is shown here."
    )
    accuracy = Table(columns, tuple(rows), title="Accuracy and size")
    more = [Folded(" and ".join(judged[1:]).capitalize(), tuple(Table(columns, one) for one in by_set[1:]))]
    files = Table(
        (Column("Variant"), Column("File"), Column("SHA-256")),
        tuple((text(v.name), code(v.file), code(v.sha256)) for v in variants.variants),
        title="Files",
    )
    return Section(
        "variants",
        "Variants side by side",
        lead,
        (accuracy, *more[: len(by_set) - 1], _cuts(variants, thresholds, displays), files),
    )


def _figures(found: Sequence[ScoreRow | None], name: str) -> tuple[tuple[Cell, ...], ...]:
    return tuple((text(f"{title}, {name}"), *(share(_of(r, key)) for r in found)) for key, title in _FIGURES.items())


def _of(row: ScoreRow | None, key: str) -> float | None:
    figure: float | None = getattr(row, key, None)
    return figure


def _cuts(variants: Variants, thresholds: Thresholds, displays: Displays) -> Table:
    columns = (Column("Variant"), *(Column(displays.get(c, c), number=True) for c in variants.classes))
    rows = tuple(
        (text(v.name), *(share(thresholds.get(v.name, {}).get(c)) for c in variants.classes)) for v in variants.variants
    )
    return Table(columns, rows, title="Thresholds", note="Calibrated score from which a detection counts.")
