"""Where each class is cut, for people: the curve, the chosen point, and what a change would cost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from detection.rules.evidence.charts import Chart, Mark, Reals, Series, Stroke
from detection.rules.evidence.judging.figures import class_name, slice_name
from detection.rules.evidence.judging.verdict import Displays
from detection.rules.evidence.numerals import digits, thousands
from detection.rules.evidence.page import Block, Folded, Pictures, Section
from detection.rules.evidence.tables import Cell, Column, Table, count, share, text
from detection.rules.evidence.tone import Tone
from detection.rules.judging.operating.points import Neighbour, OperatingRow, OperatingSheet

CLASSES_DRAWN = 6
"""Charts of one variant, of the classes that miss and mistake most."""

_POINTS = (
    Column("Class"),
    Column("Cut", number=True),
    Column("Precision", number=True),
    Column("Recall", number=True),
    Column("F1", number=True),
    Column("False", number=True),
    Column("Missed", number=True),
    Column("Promise"),
)


@dataclass(frozen=True, slots=True, eq=False)
class OperatingCurve:
    """What every cut of one class gives on the frames it was chosen on; ``(k,)`` each, by rising cut.

    Attributes:
        variant: the variant's name.
        label: class id.
        threshold: cuts.
        figures: name to values: precision, recall, f1; cost where a policy has one. NaN leaves a gap.
    """

    variant: str
    label: str
    threshold: Reals
    figures: Mapping[str, Reals]


def section(sheet: OperatingSheet, displays: Displays, drawn: Mapping[str, Pictures]) -> Section:
    """The chosen points of every variant, the first one's open and the others' folded.

    Args:
        sheet: what was chosen.
        displays: names of the classes.
        drawn: variant to the charts of :func:`charts`.
    """
    lead = (
        "Where a score begins to count, per variant and class, chosen on val and never on a set that judges. The "
        "figures here are of val: those of the frozen sets stand above."
    )
    blocks: list[Block] = []
    for number, variant in enumerate(dict.fromkeys(row.variant for row in sheet.rows)):
        rows = [row for row in sheet.rows if row.variant == variant]
        curves = (drawn[variant],) if variant in drawn else ()
        shown = (_points(rows, displays), *curves, _changes(rows, displays))
        blocks += shown if number == 0 else [Folded(f"Variant {variant}", shown)]
    return Section("operating", "Operating points", lead, tuple(blocks))


def charts(curves: Sequence[OperatingCurve], sheet: OperatingSheet, displays: Displays) -> dict[str, tuple[Chart, ...]]:
    """By variant: precision, recall and F1 over the cut of each class, the chosen cut marked, and what it costs."""
    drawn: dict[str, tuple[Chart, ...]] = {}
    for variant in dict.fromkeys(curve.variant for curve in curves):
        wrong = {row.label: row.missed + row.false_detections for row in sheet.rows if row.variant == variant}
        own = sorted((c for c in curves if c.variant == variant), key=lambda c: -wrong.get(c.label, 0))
        drawn[variant] = tuple(
            chart
            for curve in own[:CLASSES_DRAWN]
            for chart in _of_curve(curve, _marks(curve, sheet), class_name(curve.label, displays))
        )
    return drawn


def _of_curve(curve: OperatingCurve, marks: tuple[Mark, ...], name: str) -> list[Chart]:
    title = f"{name}, {curve.variant}"
    shares = {key: values for key, values in curve.figures.items() if key != "cost"}
    strokes = list(Stroke)
    lines = tuple(
        Series(key, curve.threshold, values, number, strokes[number % len(strokes)])
        for number, (key, values) in enumerate(shares.items())
    )
    made = [Chart(title, "cut (calibrated score)", "share on val", lines, unit_x=True, unit_y=True, marks=marks)]
    cost = curve.figures.get("cost")
    if cost is not None and np.isfinite(cost).any():
        line = (Series("cost", curve.threshold, cost, 4),)
        made.append(Chart(f"{title}: cost", "cut", "cost of a frame", line, unit_x=True, zero=True, marks=marks))
    return made


def _marks(curve: OperatingCurve, sheet: OperatingSheet) -> tuple[Mark, ...]:
    rows = [row for row in sheet.rows if (row.variant, row.label) == (curve.variant, curve.label)]
    return tuple(
        Mark(f"ships{', ' + slice_name(row.by) if row.by else ''}: {row.cut:.2f}", row.cut, 3 + number)
        for number, row in enumerate(rows)
    )


def _points(rows: Sequence[OperatingRow], displays: Displays) -> Table:
    cells = tuple(
        (
            Cell(_whose(row, displays), note=row.policy),
            Cell(digits(row.cut), note=f"{thousands(row.n)} frames, {row.groups} groups"),
            share(row.precision),
            share(row.recall),
            share(row.f1),
            count(row.false_detections),
            count(row.missed),
            _promise(row),
        )
        for row in rows
    )
    return Table(_POINTS, cells, title=f"Chosen points, {rows[0].variant}")


def _promise(row: OperatingRow) -> Cell:
    if row.warning:
        return Cell(row.warning, Tone.UNSURE)
    if row.bound is not None and row.confidence is not None:
        return text(f"risk at most {digits(row.bound)} at {row.confidence:.0%}")
    if row.expected_cost is not None:
        return text(f"costs {row.expected_cost:.3g} a frame")
    return Cell("none", Tone.QUIET)


def _changes(rows: Sequence[OperatingRow], displays: Displays) -> Table:
    """One row a point: what lower cuts and higher ones would bring, the nearest beside the middle."""
    lower = [[n for n in row.neighbours if n.cut < row.cut] for row in rows]
    higher = [[n for n in row.neighbours if n.cut >= row.cut] for row in rows]
    below, above = max(map(len, lower), default=0), max(map(len, higher), default=0)
    heads = ("Class", *(f"Lower{' still' * (below - i > 1)}" for i in range(below)))
    heads += tuple(f"Higher{' still' * (i > 0)}" for i in range(above))
    cells = tuple(
        (
            Cell(_whose(row, displays), note=f"cut at {digits(row.cut)}"),
            *(_none() for _ in range(below - len(low))),
            *(_change(neighbour) for neighbour in (*low, *high)),
            *(_none() for _ in range(above - len(high))),
        )
        for row, low, high in zip(rows, lower, higher, strict=True)
    )
    note = "Counted on val, against the chosen cut: false detections and missed objects more (+) or fewer (-)."
    return Table(tuple(Column(head) for head in heads), cells, title="What another cut would change", note=note)


def _change(neighbour: Neighbour) -> Cell:
    cost = neighbour.cost_change
    told = f"{_signed(neighbour.false_change)} false, {_signed(neighbour.missed_change)} missed"
    priced = "" if cost is None else f", cost of a frame {cost:+.3g}"
    tone = Tone.PLAIN if not cost else Tone.BAD if cost > 0 else Tone.GOOD
    return Cell(told, tone, note=f"at {digits(neighbour.cut)}{priced}")


def _signed(change: int) -> str:
    return f"{change:+,}" if change else "0"


def _none() -> Cell:
    return Cell("–", Tone.QUIET)


def _whose(row: OperatingRow, displays: Displays) -> str:
    return class_name(row.label, displays) + (f", {slice_name(row.by)}" if row.by else "")
