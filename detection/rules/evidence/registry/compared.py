"""Two versions side by side, for people: what to do and why, figures, costs, what was changed."""

from __future__ import annotations

from detection.rules.evidence.page import Banner, Block, Fact, Folded, Note, Page, Section
from detection.rules.evidence.registry.words import SHORT, moment, name_of
from detection.rules.evidence.tables import Cell, Column, Table, text
from detection.rules.evidence.tone import Tone
from detection.rules.registry.versions.comparing import Change, Comparison, Figure

TONES = {
    "better": Tone.GOOD, "worse": Tone.BAD, "same": Tone.QUIET, "within noise": Tone.QUIET, "unknown": Tone.UNSURE,
}  # fmt: skip
ADVICE = {"PROMOTE": Tone.GOOD, "KEEP": Tone.BAD, "COMPARE FIRST": Tone.UNSURE}


def sections(said: Comparison) -> tuple[Section, ...]:
    """Advice, figures, costs, changes."""
    metrics = [one for one in said.figures if one.group == "metrics"]
    whole = [one for one in metrics if " of " not in one.name]
    classes = [one for one in metrics if " of " in one.name]
    costs = [one for one in said.figures if one.group != "metrics"]
    judged: list[Block] = [_figures(whole, said)]
    judged += [Folded("Class by class", (_figures(classes, said),))] if classes else []
    apart = "Measured apart: better and worse only where the bounds of the two do not touch."
    return (
        Section("advice", "What to do", "", (_reasons(said),)),
        Section("figures", "Figures", apart, tuple(judged)),
        Section("costs", "Costs", "On the machines that measured them; a tenth is noise.", (_figures(costs, said),)),
        Section("changes", "What was changed", "What went into one and not into the other.", (_changes(said),)),
    )


def page(said: Comparison) -> Page:
    """The whole page."""
    sides = f"{name_of(said.before)} → {said.after.number}"
    facts = (
        Fact("First", str(said.before.number), moment(said.before.registered_at)),
        Fact("Second", str(said.after.number), moment(said.after.registered_at)),
        Fact("Changed", str(len(said.changes)), "things that went into them"),
    )
    banner = Banner(said.advice, ADVICE[said.advice], f"{said.reasons[0]}.", "", facts)
    colophon = f"Versions {said.before.content.digest[:SHORT]} and {said.after.content.digest[:SHORT]}."
    return Page(sides, "Two registered versions side by side.", banner, sections(said), colophon, "Comparison")


def _reasons(said: Comparison) -> Note:
    return Note("; ".join(said.reasons), title=said.advice, tone=ADVICE[said.advice])


def _figures(figures: list[Figure], said: Comparison) -> Table:
    columns = (
        Column("Variant"), Column("Figure"), Column(str(said.before.number), number=True),
        Column(str(said.after.number), number=True), Column("Difference", number=True), Column("The second is"),
    )  # fmt: skip
    rows = tuple(
        (
            text(one.variant or "all"),
            text(f"{one.name}, {one.unit}" if one.unit else one.name),
            text(_number(one.before, one.unit)),
            text(_number(one.after, one.unit)),
            text(_number(one.difference, one.unit, sign="+")),
            Cell(one.says, TONES[one.says]),
        )
        for one in figures
    )
    return Table(columns, rows)


def _changes(said: Comparison) -> Block:
    if not said.changes:
        return Note("Nothing: both were made of the same.")
    columns = (Column("What"), Column("Name"), Column(str(said.before.number)), Column(str(said.after.number)))
    return Table(columns, tuple(_change(one) for one in said.changes))


def _change(one: Change) -> tuple[Cell, ...]:
    sides = (
        Cell(_cut(value), code=len(value) >= 40) if value else Cell("–", Tone.QUIET)
        for value in (one.before, one.after)
    )
    return (text(one.kind), text(one.name), *sides)


def _cut(value: str) -> str:
    return value[:SHORT] if len(value) >= 40 and " " not in value else value


def _number(value: float | None, unit: str, sign: str = "") -> str:
    if value is None:
        return "–"
    return f"{value:{sign}.1f}" if unit else f"{value:{sign}.3f}"
