"""Scores, variants and parity for people: every share with its interval and its counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from detection.rules.evidence.judging.verdict import TONES, Displays
from detection.rules.evidence.page import (
    Block,
    Cell,
    Column,
    Fact,
    Facts,
    Note,
    Pictures,
    Section,
    Span,
    Table,
    Tone,
    code,
    count,
    digits,
    scale_start,
    share,
    size,
    text,
)
from detection.rules.judging.intervals import Interval, wilson_lower, wilson_upper
from detection.rules.judging.parity import Difference, ParityReport
from detection.rules.judging.scores.rows import ScoreRow, ScoreSheet
from detection.rules.variants import Variants

ONE_SIDED = 0.95
SETS = ("test", "golden", "challenge")
_TITLES = {
    "test": "Test: cameras that training never saw",
    "golden": "Golden: the frozen set that the gate judges by",
    "challenge": "Challenge: the hard frames, frozen",
}

_FIGURES = {"ap50": "AP50", "ap50_95": "AP50-95", "precision": "Precision", "recall": "Recall"}

Thresholds = Mapping[str, Mapping[str, float]]
"""Variant to class id to the score from which a detection counts."""


def headline(sheet: ScoreSheet, variants: Variants) -> tuple[Fact, ...]:
    """The figures asked for first: accuracy of the first variant on the test set, and what it weighs."""
    first = variants.variants[0]
    row = sheet.row(first.name, "test")
    if row is None:
        return ()
    return (
        Fact("AP50, test", digits(row.ap50), _reach(row.ap50_interval)),
        Fact("AP50-95, test", digits(row.ap50_95), _reach(row.ap50_95_interval)),
        Fact("Precision, test", digits(row.precision), f"{row.correct} of {row.detections} detections"),
        Fact("Recall, test", digits(row.recall), f"{row.correct} of {row.truths} objects"),
        Fact("Smallest model", size(min(v.bytes for v in variants.variants)), _named_smallest(variants)),
    )


def section(sheet: ScoreSheet, variants: Variants, displays: Displays, curves: Pictures) -> Section:
    """Scores per set, class and condition of the variant the others are compared with."""
    first = variants.variants[0].name
    blocks: list[Block] = []
    for name in SETS:
        blocks += _of_set(sheet, first, name, displays)
    blocks.append(curves)
    lead = (
        f"Variant {first}, as exported and run by the device's own code at the thresholds that ship. Bands are "
        f"one-sided {ONE_SIDED:.0%} bounds on either side; average precision is resampled by group of frames."
    )
    return Section("scores", "How good it is", lead, tuple(blocks))


def comparison(sheet: ScoreSheet, variants: Variants, thresholds: Thresholds, displays: Displays) -> Section:
    """The variants side by side."""
    columns = (Column("Figure"), *(Column(v.name, number=True) for v in variants.variants))
    rows = [
        (text("Size"), *(text(size(v.bytes)) for v in variants.variants)),
        (text("Input, pixels"), *(text(f"{v.width} × {v.height}") for v in variants.variants)),
    ]
    for name in SETS:
        found = [sheet.row(v.name, name) for v in variants.variants]
        rows += [(text(f"{title}, {name}"), *(share(_of(r, key)) for r in found)) for key, title in _FIGURES.items()]
    lead = (
        "Each variant has thresholds and a calibration of its own; what changes with the number format is shown here."
    )
    accuracy = Table(columns, tuple(rows), title="Accuracy and size")
    files = Table(
        (Column("Variant"), Column("File"), Column("SHA-256")),
        tuple((text(v.name), code(v.file), code(v.sha256)) for v in variants.variants),
        title="Files",
    )
    return Section("variants", "Variants side by side", lead, (accuracy, _cuts(variants, thresholds, displays), files))


def parity(report: ParityReport) -> Section:
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


def rates(row: ScoreRow, start: float) -> tuple[Cell, Cell]:
    """Precision and recall, each with its bounds as a bar that begins at ``start``."""
    return _rate(row.correct, row.detections, start), _rate(row.correct, row.truths, start)


def _of_set(sheet: ScoreSheet, variant: str, name: str, displays: Displays) -> list[Block]:
    rows = [row for row in sheet.rows if row.variant == variant and row.set == name]
    whole = sheet.row(variant, name)
    if whole is None:
        return [Note(f"The set {name} holds no frame.", title=name.capitalize(), tone=Tone.UNSURE)]
    head = Facts(
        (
            Fact("AP50", digits(whole.ap50), _reach(whole.ap50_interval)),
            Fact("AP50-95", digits(whole.ap50_95), _reach(whole.ap50_95_interval)),
            Fact("Frames", str(whole.frames)),
            Fact("Objects", str(whole.truths)),
        ),
        title=_TITLES[name],
    )
    classes = [row for row in rows if row.slice == "all"]
    slices = [row for row in rows if row.label == "every" and row.slice != "all"]
    by_class = _table("By class", classes, lambda r: _class_name(r.label, displays))
    if not slices:
        return [head, by_class]
    by_slice = _table("By condition", slices, lambda r: r.slice.replace("=", " "))
    return [head, by_class, by_slice]


def _table(title: str, rows: Sequence[ScoreRow], name: Callable[[ScoreRow], str]) -> Table:
    columns = (
        Column(title.rpartition(" ")[2].capitalize()),
        Column("Precision"),
        Column("Recall"),
        Column("F1", number=True),
        Column("AP50", number=True),
        Column("AP50-95", number=True),
        Column("Objects", number=True),
        Column("Detections", number=True),
    )
    start = scale_start([lower for row in rows for lower in _lowest(row)])
    cells = tuple(
        (
            text(name(row)),
            *rates(row, start),
            share(row.f1),
            share(row.ap50),
            share(row.ap50_95),
            count(row.truths),
            count(row.detections),
        )
        for row in rows
    )
    return Table(columns, cells, title=title)


def _of(row: ScoreRow | None, key: str) -> float | None:
    figure: float | None = getattr(row, key, None)
    return figure


def _class_name(label: str, displays: Displays) -> str:
    return "All classes" if label == "every" else displays.get(label, label)


def _rate(successes: int, n: int, start: float) -> Cell:
    if not n:
        return Cell("–", Tone.QUIET)
    lower, upper = wilson_lower(successes, n, ONE_SIDED), wilson_upper(successes, n, ONE_SIDED)
    return Cell(digits(successes / n), span=Span(successes / n, lower, upper, start=start))


def _lowest(row: ScoreRow) -> list[float]:
    return [wilson_lower(row.correct, n, ONE_SIDED) for n in (row.detections, row.truths) if n]


def _reach(interval: Interval | None) -> str:
    if interval is None:
        return ""
    return f"{interval.confidence:.0%}: {digits(interval.lower)} to {digits(interval.upper)}"


def _named_smallest(variants: Variants) -> str:
    return min(variants.variants, key=lambda v: v.bytes).name


def _cuts(variants: Variants, thresholds: Thresholds, displays: Displays) -> Table:
    columns = (Column("Variant"), *(Column(displays.get(c, c), number=True) for c in variants.classes))
    rows = tuple(
        (text(v.name), *(share(thresholds.get(v.name, {}).get(c)) for c in variants.classes)) for v in variants.variants
    )
    return Table(columns, rows, title="Thresholds", note="Calibrated score from which a detection counts.")


def _difference(difference: Difference) -> str:
    unit = f" {difference.unit}" if difference.unit not in ("", "share") else ""
    return f"{difference.name} {difference.observed:.3g}{unit} ({difference.limit:g})"
