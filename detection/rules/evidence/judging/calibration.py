"""What a score means, for people: how far scores are off before and after their maps, on frames no map ever saw."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from detection.rules.evidence.charts import Chart, Series, Stroke
from detection.rules.evidence.judging.figures import SETS, class_name, figure, slice_name
from detection.rules.evidence.judging.verdict import Displays
from detection.rules.evidence.numerals import digits, thousands
from detection.rules.evidence.page import Block, Fact, Facts, Folded, Picture, Pictures, Section
from detection.rules.evidence.tables import Cell, Column, Table, count, share, text
from detection.rules.evidence.tone import Tone
from detection.rules.judging.calibration.reliability import Reliability, ReliabilityRow, ReliabilitySheet
from detection.rules.judging.scores.rows import ALL, EVERY

CLASSES_DRAWN = 8
"""Classes in one chart, those of most detections: as many as there are colours."""
LEAST_DRAWN = 10
"""Detections below which a bin is left out of a chart: its share says nothing."""

_COLUMNS = (
    Column("Class"),
    Column("Variant"),
    Column("Map"),
    Column("Error, raw", number=True),
    Column("Error, calibrated", number=True),
    Column("Noise", number=True),
    Column("Brier, raw", number=True),
    Column("Brier, calibrated", number=True),
    Column("Effect"),
)


def section(fitted: ReliabilitySheet, judged: ReliabilitySheet, displays: Displays, drawn: Pictures) -> Section:
    """Calibration error before and after.

    Args:
        fitted: on the frames that the maps were fitted on.
        judged: on the frozen sets.
        displays: names of the classes.
        drawn: the charts of :func:`diagrams`.
    """
    rows = _shown(judged)
    whole = [row for row in rows if row.slice == ALL]
    parts = [row for row in rows if row.slice != ALL and row.label == EVERY]
    blocks: list[Block] = [Facts(tuple(_fact(row) for row in whole if row.label == EVERY)), drawn]
    blocks.append(_by_class(whole, displays))
    if parts:
        blocks.append(Folded("By condition and size", (_by_slice(parts),)))
    blocks.append(Folded("On the frames that the maps were fitted on", (_fitted(fitted, displays),)))
    lead = (
        "A calibrated score of 0.7 should be right seven times in ten, on every variant. Each class of each variant "
        "has a map of its own, fitted on val alone and applied on the device, which gives the raw score beside it."
    )
    return Section("calibration", "Calibration", lead, tuple(blocks))


def diagrams(judged: ReliabilitySheet, displays: Displays) -> tuple[Chart, ...]:
    """Said and true: a chart per variant of all classes, raw and calibrated, and one of the classes, calibrated."""
    rows = [row for row in _shown(judged) if row.slice == ALL]
    drawn = []
    for variant in dict.fromkeys(row.variant for row in rows):
        own = [row for row in rows if row.variant == variant]
        both = [
            _series(one, name, colour, stroke)
            for row in own
            if row.label == EVERY
            for one, name, colour, stroke in (
                (row.raw, "raw", 1, Stroke.DASHED),
                (row.calibrated, "calibrated", 0, Stroke.SOLID),
            )
        ]
        classes = sorted((row for row in own if row.label != EVERY), key=lambda row: -row.detections)[:CLASSES_DRAWN]
        each = [_series(r.calibrated, class_name(r.label, displays), i, Stroke.SOLID) for i, r in enumerate(classes)]
        drawn += [_square(f"All classes, {variant}", both), _square(f"Each class calibrated, {variant}", each)]
    return tuple(drawn)


def drawn(charts: tuple[Picture, ...]) -> Pictures:
    """The charts of :func:`diagrams` as a block."""
    note = (
        "Dotted is perfect: above it scores say too little, below it too much. The larger a dot, the more detections; "
        f"bins of fewer than {LEAST_DRAWN} are left out."
    )
    return Pictures(charts, "Reliability: what scores say, and what comes true", note, charts=True)


def effect(row: ReliabilityRow) -> Cell:
    """What calibration did to the error on frames it was not fitted on, and whether chance could have done it."""
    before, after = row.raw.error, row.calibrated.error
    if before is None or after is None:
        return Cell("nothing detected", Tone.QUIET)
    if after <= before / 2:
        return Cell("halved or better", Tone.GOOD)
    noise = row.calibrated.noise
    if noise is None or after <= noise:
        return Cell("within noise", Tone.QUIET)
    if digits(after) == digits(before):
        return Cell("unchanged", Tone.QUIET)
    return Cell("lower", Tone.GOOD) if after < before else Cell("higher", Tone.BAD)


def _shown(judged: ReliabilitySheet) -> list[ReliabilityRow]:
    """Rows of the first set that was judged."""
    present = {row.set for row in judged.rows}
    name = next((name for name in SETS if name in present), "")
    return [row for row in judged.rows if row.set == name]


def _fact(row: ReliabilityRow) -> Fact:
    known = row.calibrated.error_interval
    reach = f"{known.confidence:.0%}: {digits(known.lower)}–{digits(known.upper)}, " if known else ""
    note = f"{reach}raw {digits(row.raw.error)}; {effect(row).text}"
    return Fact(f"Error on {row.set}, {row.variant}", digits(row.calibrated.error), note, effect(row).tone)


def _by_class(rows: Sequence[ReliabilityRow], displays: Displays) -> Table:
    cells = tuple(
        (
            Cell(class_name(row.label, displays), note=f"{thousands(row.detections)} detections"),
            text(row.variant),
            _map(row),
            *_errors(row),
            effect(row),
        )
        for row in rows
    )
    note = (
        "Error: mean distance of what scores say and what comes true, in bins of equal width, weighted by detections "
        "(expected calibration error); its interval by drawing groups. Noise: the error below which scores that mean "
        "exactly what they say would stay, by chance alone. Brier: mean squared distance of each score."
    )
    return Table(_COLUMNS, cells, title="Before and after, by class", note=note)


def _map(row: ReliabilityRow) -> Cell:
    if row.label == EVERY:
        return Cell("each class its own", Tone.QUIET)
    return Cell(row.map, Tone.UNSURE if row.warning else Tone.PLAIN, note=row.warning)


def _by_slice(rows: Sequence[ReliabilityRow]) -> Table:
    cells = tuple(
        (
            Cell(slice_name(row.slice), note=f"{thousands(row.detections)} detections"),
            text(row.variant),
            *_errors(row),
            effect(row),
        )
        for row in rows
    )
    columns = (Column("Slice"), Column("Variant"), *_COLUMNS[3:])
    return Table(columns, cells, note="Sizes are of the detection's own box.")


def _errors(row: ReliabilityRow) -> tuple[Cell, ...]:
    return (
        figure(row.raw.error, row.raw.error_interval),
        figure(row.calibrated.error, row.calibrated.error_interval),
        share(row.calibrated.noise),
        share(row.raw.brier),
        share(row.calibrated.brier),
    )


def _fitted(sheet: ReliabilitySheet, displays: Displays) -> Table:
    columns = (
        Column("Class"), Column("Variant"), Column("Detections on val", number=True),
        Column("Error, raw", number=True), Column("Error, calibrated", number=True),
    )  # fmt: skip
    rows = tuple(
        (
            text(class_name(row.label, displays)),
            text(row.variant),
            count(row.detections),
            share(row.raw.error),
            share(row.calibrated.error),
        )
        for row in sheet.rows
        if row.slice == ALL
    )
    return Table(columns, rows, note="Flattering: the maps were made on these very detections.")


def _series(one: Reliability, name: str, colour: int, stroke: Stroke) -> Series:
    filled = [(b.mean_score, b.share_correct, b.n) for b in one.bins if b.n >= LEAST_DRAWN]
    table = np.array(filled, np.float64).reshape(-1, 3)
    weight = table[:, 2] / max(1.0, table[:, 2].max(initial=0.0))
    return Series(name, table[:, 0], table[:, 1], colour, stroke, dots=True, weight=weight)


def _square(title: str, series: Sequence[Series]) -> Chart:
    return Chart(title, "score", "share that was right", tuple(series), unit_x=True, unit_y=True, diagonal=True)
