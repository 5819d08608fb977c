"""Scores for people: every figure with its interval and its counts, by class, condition, crossing and size."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from detection.rules.evidence.judging.figures import (
    SETS,
    bar,
    class_name,
    counts,
    fact,
    figure,
    is_crossed,
    is_size,
    lowest,
    slice_name,
    unseen,
)
from detection.rules.evidence.judging.verdict import Displays
from detection.rules.evidence.judging.weakest import LEAST_OBJECTS, surely_below
from detection.rules.evidence.numerals import digits, size, thousands
from detection.rules.evidence.page import Block, Fact, Facts, Folded, Note, Pictures, Plain, Section
from detection.rules.evidence.tables import Cell, Column, Table, count, scale_start
from detection.rules.evidence.tone import Tone
from detection.rules.judging.scores.rows import ALL, EVERY, ScoreRow, ScoreSheet
from detection.rules.labels.splits.certificate import Certificate
from detection.rules.variants import Variants

_TITLES = {"golden": "what every release is held against", "challenge": "the hard frames"}
_COLUMNS = (
    Column("Precision"),
    Column("Recall"),
    Column("F1", number=True),
    Column("AP50", number=True),
    Column("AP50-95", number=True),
    Column("AR", number=True),
)
_HEAT_MAXIMUM = 12
"""Columns of a table of slices that still fits a page."""
_CLASSES_MAXIMUM = 12
"""Classes in that table, those with most mistakes; a longer list is folded."""
_VISIBLE = 0.05
"""F1 below the whole's that is marked although it may be chance."""


def headline(sheet: ScoreSheet, variants: Variants) -> tuple[Fact, ...]:
    """The figures asked for first: accuracy of the first variant on the test set, and what it weighs."""
    first = variants.variants[0]
    row = sheet.row(first.name, "test")
    if row is None:
        return ()
    known = row.intervals
    smallest = min(variants.variants, key=lambda v: v.bytes)
    return (
        fact("AP50, test", row.ap50, known.ap50),
        fact("AP50-95, test", row.ap50_95, known.ap50_95),
        fact("Precision, test", row.precision, known.precision, f"{row.correct} of {row.detections} detections"),
        fact("Recall, test", row.recall, known.recall, f"{row.correct} of {row.truths} objects"),
        Fact("Smallest model", size(smallest.bytes), smallest.name),
    )


def section(
    sheet: ScoreSheet, variants: Variants, displays: Displays, curves: Pictures, certificate: Certificate
) -> Section:
    """Scores per set, class and slice of the variant the others are compared with."""
    first = variants.variants[0].name
    blocks: list[Block] = []
    judged = [name for name in SETS if sheet.row(first, name)]
    said = {**_TITLES, "test": unseen(certificate)}
    for name in judged:
        rows = [row for row in sheet.rows if (row.variant, row.set) == (first, name)]
        title = ": ".join(filter(None, (name.capitalize(), said[name])))
        blocks += _of_set(rows, title, displays, name == judged[0])
    if empty := [name for name in SETS if name not in judged]:
        sets = f"The sets {' and '.join(empty)} hold" if len(empty) > 1 else f"The set {empty[0]} holds"
        blocks.append(Note(f"{sets} no frame."))
    blocks.append(Folded("Precision over recall", (curves,)))
    lead = (
        f"Variant {first}, as exported and run by the device's own code at the thresholds that ship. Every figure "
        "stands with its interval and what it was counted on; intervals come from how whole groups of frames differ, "
        "since frames of one group are not independent."
    )
    return Section("scores", "How good it is", lead, tuple(blocks))


def heat(rows: Sequence[ScoreRow], whole: ScoreRow, displays: Displays) -> Table:
    """F1 of every class in every slice, the low ones marked: which class fails where, at a glance.

    Args:
        rows: of one variant and set.
        whole: the row of all classes on all frames.
        displays: names of the classes.
    """
    most = sorted((row for row in rows if row.slice == ALL and row.label != EVERY), key=_mistakes, reverse=True)
    kept = {EVERY, *(row.label for row in most[:_CLASSES_MAXIMUM])}
    labels = [label for label in dict.fromkeys(row.label for row in rows) if label in kept]
    slices = list(dict.fromkeys(row.slice for row in rows if not is_crossed(row.slice)))[:_HEAT_MAXIMUM]
    known = {(row.label, row.slice): row for row in rows}
    columns = (Column("Class"), *(Column(slice_name(part), number=True) for part in slices))
    cells = tuple(
        (Cell(class_name(label, displays)), *(_warm(known.get((label, part)), whole) for part in slices))
        for label in labels
    )
    note = (
        "F1, and below it how many objects it was counted on. Red lies surely below F1 of all classes on all frames, "
        f"{digits(whole.f1)}; amber lies more than {_VISIBLE} below it, which may be chance; grey rests on fewer than "
        f"{LEAST_OBJECTS} objects and says nothing."
    )
    return Table(columns, cells, title=f"Which class fails where, {whole.set}", note=note)


def _mistakes(row: ScoreRow) -> int:
    return row.truths + row.detections - 2 * row.correct


def _warm(row: ScoreRow | None, whole: ScoreRow) -> Cell:
    if row is None or row.f1 is None or whole.f1 is None:
        return Cell("–", Tone.QUIET)
    if row.truths < LEAST_OBJECTS:
        return Cell(digits(row.f1), Tone.QUIET, note=thousands(row.truths))
    low = Tone.UNSURE if row.f1 < whole.f1 - _VISIBLE else Tone.PLAIN
    tone = Tone.BAD if surely_below(row, whole.f1) else low
    return Cell(digits(row.f1), tone, note=thousands(row.truths), washed=tone is not Tone.PLAIN)


def _of_set(rows: Sequence[ScoreRow], title: str, displays: Displays, opened: bool) -> list[Block]:
    whole = next(row for row in rows if (row.label, row.slice) == (EVERY, ALL))
    name = whole.set
    head = Facts(
        (
            fact("AP50", whole.ap50, whole.intervals.ap50),
            fact("AP50-95", whole.ap50_95, whole.intervals.ap50_95),
            fact("AR", whole.average_recall, whole.intervals.average_recall),
            Fact("Frames", thousands(whole.frames), f"in {whole.groups} groups"),
            Fact("Objects", thousands(whole.truths)),
        ),
        title=title,
    )
    by_class = _table("Class", [row for row in rows if row.slice == ALL], lambda r: class_name(r.label, displays))
    warm, more = heat(rows, whole, displays), _more(rows, displays)
    if len(by_class.rows) > _CLASSES_MAXIMUM + 1:
        first = [head, warm] if opened else [head]
        return [*first, Folded(f"More of {name}", (by_class, *more))]
    if opened:
        return [head, warm, by_class, Folded(f"More of {name}", more)]
    return [head, by_class, Folded(f"More of {name}", (warm, *more))]


def _more(rows: Sequence[ScoreRow], displays: Displays) -> tuple[Plain, ...]:
    """By condition, crossing and size for all classes together, and what is shown where nothing is."""
    slices = [row for row in rows if row.label == EVERY and row.slice != ALL]
    parted = {
        "Condition": [row for row in slices if not is_crossed(row.slice) and not is_size(row.slice)],
        "Crossing": [row for row in slices if is_crossed(row.slice)],
        "Size": [row for row in slices if is_size(row.slice)],
    }
    tables = [_table(title, found, lambda r: slice_name(r.slice)) for title, found in parted.items() if found]
    return (*tables, _background([row for row in rows if row.slice == ALL], displays))


def _table(title: str, rows: Sequence[ScoreRow], name: Callable[[ScoreRow], str]) -> Table:
    start = scale_start(figure for row in rows for figure in lowest(row))
    cells = tuple((Cell(name(row), note=counts(row)), *_cells(row, start)) for row in rows)
    legend = f"Bars run from {start:g} to 1: the band is the interval, the tick what was observed."
    return Table((Column(title), *_COLUMNS), cells, title=f"By {title.lower()}", legend=legend)


def _cells(row: ScoreRow, start: float) -> tuple[Cell, ...]:
    known = row.intervals
    return (
        bar(row.precision, known.precision, f"{thousands(row.correct)} of {thousands(row.detections)}", start),
        bar(row.recall, known.recall, f"{thousands(row.correct)} of {thousands(row.truths)}", start),
        figure(row.f1, known.f1),
        figure(row.ap50, known.ap50),
        figure(row.ap50_95, known.ap50_95),
        figure(row.average_recall, known.average_recall),
    )


def _background(rows: Sequence[ScoreRow], displays: Displays) -> Table:
    columns = (
        Column("Class"), Column("Frames without it", number=True), Column("False detections there", number=True),
        Column("Per frame", number=True),
    )  # fmt: skip
    cells = tuple(
        (
            Cell(class_name(row.label, displays)),
            count(row.background_frames),
            count(row.background_detections),
            figure(row.false_per_background_frame, row.intervals.false_per_background_frame),
        )
        for row in rows
    )
    note = "Frames without an object of the class; for all classes together, frames without any object."
    return Table(columns, cells, title="False detections where nothing is", note=note)
