"""The variants side by side: what each loses, takes and weighs, and what is decided of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from detection.rules.engines import BuiltEngine, Engines
from detection.rules.evidence.judging.figures import SETS
from detection.rules.evidence.judging.verdict import TONES, Displays
from detection.rules.evidence.numerals import digits, size
from detection.rules.evidence.page import Block, Folded, Section
from detection.rules.evidence.tables import Cell, Column, Table, code, share, text
from detection.rules.evidence.tone import Tone
from detection.rules.judging.costs import Cost, CostSheet
from detection.rules.judging.gates.lines import Line, Verdict, overall
from detection.rules.judging.gates.sentences import raised
from detection.rules.judging.scores.rows import ScoreRow, ScoreSheet
from detection.rules.quantisation import Quantisation
from detection.rules.variants import Variant, Variants

Thresholds = Mapping[str, Mapping[str, float]]
"""Variant to class id to the score from which a detection counts, whatever the conditions."""

_FIGURES = {
    "ap50": "AP50", "ap50_95": "AP50-95", "average_recall": "AR", "precision": "Precision", "recall": "Recall",
    "f1": "F1", "false_per_background_frame": "False per empty frame",
}  # fmt: skip
_JUDGED_ON = ("golden", "challenge", "test")
_NONE = Cell("–", Tone.QUIET)


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """What is known of the variants.

    Attributes:
        variants: that run here, the reference first.
        sheet: how good each is.
        thresholds: where each is cut.
        costs: what each takes here.
        verdict: of the gate.
        engines: that were built and not run.
        quantisation: how those in eight bits were made.
    """

    variants: Variants
    sheet: ScoreSheet
    thresholds: Thresholds
    costs: CostSheet
    verdict: Verdict
    engines: Engines
    quantisation: Quantisation


def section(of: Compared, displays: Displays) -> Section:
    """The variants side by side."""
    lead = (
        "Each variant has thresholds and a calibration of its own, and is judged anew on the frozen sets. Accuracy is "
        "compared over the same groups of frames, time frame by frame in turn with the reference."
    )
    blocks: list[Block] = [_together(of), Folded("All figures", _figures(of))]
    if of.quantisation.variants:
        blocks.append(Folded("What stays in float", (_kept(of.quantisation),)))
    blocks += [_cuts(of, displays), _files(of)]
    return Section("variants", "Variants side by side", lead, tuple(blocks))


def _together(of: Compared) -> Table:
    """One row a variant: accuracy, time, memory and size against the reference, and the verdict."""
    judged = [name for name in _JUDGED_ON if of.sheet.row(of.variants.variants[0].name, name)][:2]
    columns = (
        Column("Variant"),
        *(Column(f"AP50-95, {name}", number=True) for name in judged),
        Column("p95, ms", number=True),
        Column("Time, times the reference's", number=True),
        Column("Memory", number=True),
        Column("Size", number=True),
        Column("Why"),
        Column("Verdict on loss"),
    )
    rows = [_row(variant, judged, of) for variant in of.variants.variants]
    rows += [_elsewhere(built, len(judged)) for built in of.engines.engines]
    threads = of.costs.threads[0] if of.costs.threads else 1
    plural = "s" * (threads != 1)
    note = (
        f"Time and memory on {of.costs.processor}, {of.costs.cores} cores, with {threads} thread{plural}: decoded "
        "frame in, boxes out, in a process of its own. A variant that is slower here may be the fastest on its device; "
        "one that loses more than the specification allows is not released."
    )
    return Table(columns, tuple(rows), title="Accuracy, time, memory and size", note=note)


def _row(variant: Variant, judged: Sequence[str], of: Compared) -> tuple[Cell, ...]:
    losses = {line.set: line for line in of.verdict.lines if (line.kind, line.variant) == ("loss", variant.name)}
    row = of.costs.row(variant.name, of.costs.threads[0]) if of.costs.threads else None
    shape = f"{variant.engine}, {variant.precision}, {variant.width} × {variant.height} px"
    return (
        Cell(variant.name, note=shape),
        *(_accuracy(of.sheet.row(variant.name, name), losses.get(name)) for name in judged),
        *_costs(row),
        text(size(variant.bytes)),
        *_verdict(variant.name, of, row),
    )


def _accuracy(row: ScoreRow | None, loss: Line | None) -> Cell:
    """The figure, and below it what is proven of its loss."""
    value = None if row is None else row.ap50_95
    if loss is None:
        return share(value)
    proven = "loss has no known limit" if loss.upper is None else f"loses at most {raised(max(loss.upper, 0.0), 3)}"
    return Cell(digits(value), TONES[loss.verdict] if loss.verdict != "PASS" else Tone.PLAIN, note=proven)


def _costs(row: Cost | None) -> tuple[Cell, ...]:
    if row is None:
        return _NONE, _NONE, _NONE
    ends = f"{row.p95_at_least_ms:.1f}–{row.p95_at_most_ms:.1f}"
    slow = Tone.UNSURE if row.slower_than_reference else Tone.PLAIN
    where = "bare environment" if row.bare else "workstation"
    return (
        Cell(f"{row.p95_ms:.1f}", note=ends),
        Cell(f"{row.times_reference:.2f}", slow),
        Cell(f"{row.memory_mb:.0f} MB", note=where),
    )


def _verdict(name: str, of: Compared, row: Cost | None) -> tuple[Cell, ...]:
    """Whether it is worth it here, whether it loses too much, and what else of it the gate did not pass."""
    own = [line for line in of.verdict.lines if line.variant == name]
    losses = [line for line in own if line.kind == "loss"]
    open_lines = sum(line.verdict != "PASS" for line in own) - sum(line.verdict != "PASS" for line in losses)
    more = [f"{open_lines} other line{'s' * (open_lines != 1)} not passed"] if open_lines else []
    if name == of.variants.variants[0].name:
        return text("; ".join(["others are compared with it", *more])), Cell("reference", Tone.QUIET, chip=True)
    outcome = overall(line.verdict for line in losses)
    loss = {"PASS": "keeps its accuracy", "FAIL": "loses more than the spec allows", "NOT PROVEN": "loss not proven"}
    notes = [loss[outcome] if losses else "loss not judged"]
    if row is not None and row.slower_than_reference is not None:
        notes.append("slower than the reference here" if row.slower_than_reference else "faster here")
    elif row is not None:
        notes.append("as fast as the reference here")
    return text("; ".join(notes + more)), Cell(outcome, TONES[outcome], chip=True)


def _elsewhere(built: BuiltEngine, judged: int) -> tuple[Cell, ...]:
    """An engine that nobody could run here: no figure, and no release."""
    recipe = built.recipe
    shape = f"{recipe.engine}, {recipe.precision}, {recipe.width} × {recipe.height} px"
    contract = (
        f"for card {recipe.compute_capability}: {built.takes} to {built.gives}, in {built.seconds:.1f} s; "
        "not in the bundle"
    )
    nothing = (_NONE,) * (judged + 3)
    verdict = Cell(built.verdict, Tone.UNSURE, chip=True)
    return Cell(recipe.variant, note=shape), *nothing, text(size(built.bytes)), text(contract), verdict


def _figures(of: Compared) -> tuple[Table, ...]:
    """Every figure of every variant, a table for each set; then the times with other numbers of threads."""
    names = [variant.name for variant in of.variants.variants]
    columns = (Column("Figure"), *(Column(name, number=True) for name in names))
    judged = [name for name in SETS if any(of.sheet.row(one, name) for one in names)]
    tables = [
        Table(columns, _rows([of.sheet.row(one, name) for one in names]), title=f"Accuracy, {name}") for name in judged
    ]
    return *tables, _times(of.costs)


def _rows(found: Sequence[ScoreRow | None]) -> tuple[tuple[Cell, ...], ...]:
    return tuple((text(title), *(share(_of(row, key)) for row in found)) for key, title in _FIGURES.items())


def _of(row: ScoreRow | None, key: str) -> float | None:
    figure: float | None = getattr(row, key, None)
    return figure


def _times(costs: CostSheet) -> Table:
    heads = ("Threads", "p50, ms", "p95, ms", "p99, ms", "Time, times the reference's", "Load, ms", "Memory, MB")
    rows = tuple(
        (
            text(row.variant),
            text(str(row.threads)),
            *(text(f"{value:.1f}") for value in (row.p50_ms, row.p95_ms, row.p99_ms)),
            text(f"{row.times_reference:.2f}"),
            *(text(f"{value:.0f}") for value in (row.load_ms, row.memory_mb)),
        )
        for row in costs.rows
    )
    return Table((Column("Variant"), *(Column(head, number=True) for head in heads)), rows, title="Time and memory")


def _kept(quantisation: Quantisation) -> Table:
    heads = ("Error, all in eight bits", "Error, as shipped", "Work in float", "Blocks in float")
    rows = tuple(
        (
            text(one.variant),
            *(share(value) for value in (one.error, one.error_kept)),
            text(f"{100 * one.share_kept:.1f} %"),
            Cell(f"{len(one.kept)} of {len(one.blocks)}", note=", ".join(one.kept)),
        )
        for one in quantisation.variants
    )
    columns = (Column("Variant"), *(Column(head, number=True) for head in heads[:3]), Column(heads[3]))
    note = "Measured on train frames: change of score and box of what the full-precision model is surest of; 0 is none."
    return Table(columns, rows, note=note)


def _cuts(of: Compared, displays: Displays) -> Table:
    classes = of.variants.classes
    columns = (Column("Variant"), *(Column(displays.get(c, c), number=True) for c in classes))
    rows = tuple(
        (text(v.name), *(share(of.thresholds.get(v.name, {}).get(c)) for c in classes)) for v in of.variants.variants
    )
    return Table(columns, rows, title="Thresholds", note="Calibrated score from which a detection counts.")


def _files(of: Compared) -> Table:
    columns = (Column("Variant"), Column("File"), Column("SHA-256"))
    rows = tuple((text(v.name), code(v.file), code(v.sha256)) for v in of.variants.variants)
    return Table(columns, rows, title="Files")
