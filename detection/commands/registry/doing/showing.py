"""What somebody sees before they sign: the version, the gate's verdict line by line, its costs, what it replaces."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.table import Column, Table

from detection.commands.registry.asking import terminal
from detection.rules.evidence.registry import compared
from detection.rules.judging.gates.lines import Line, Verdict
from detection.rules.registry.refusals import Refusal
from detection.rules.registry.registered import Content, Version
from detection.rules.registry.situations import Compared, Surroundings
from detection.rules.registry.slots import Slot
from detection.rules.registry.versions import comparing

STYLES = {"PASS": "green", "FAIL": "red", "NOT PROVEN": "yellow"}


def show(console: Console, version: Version, slot: Slot, verdict: Verdict) -> None:
    """The version and its verdict."""
    console.print(_facts(version, slot), _lines(verdict))


def show_beside(console: Console, version: Version, live: Version | None, sheet: Compared | None) -> None:
    """Its costs and what is different, beside what is live; as ``detection registry compare`` has it.

    Args:
        console: of whoever asks.
        version: that somebody is asked about.
        live: in the slot; None for nothing.
        sheet: what ``detection compare`` said of the two, if that is at hand.
    """
    if live is None:
        console.print(_costs(version.content))
        console.print("nothing is live there: there is nothing to compare with", markup=False)
        return
    for section in compared.sections(comparing.compared(live, version, sheet)):
        terminal.section(section, console)
    if sheet is None:
        console.print("comparison: none at hand; name one with --comparison", highlight=False)


def show_doubts(console: Console, doubts: Sequence[Refusal]) -> None:
    """Why an approval would not be kept."""
    console.print("this cannot be approved:", style="red")
    for one in doubts:
        console.print(f"  {one.why}: {_plain(one.words)}", soft_wrap=True, highlight=False)


def shown_surroundings(slot: Slot, now: Surroundings) -> str:
    """What is asked of this slot, in one line."""
    asked = now.governance.guards.production.of(slot.environment)
    return f"{slot} asks before Production: {', '.join(asked) or 'nothing'}"


def _facts(version: Version, slot: Slot) -> Table:
    content, lineage = version.content, version.content.lineage
    table = Table(
        "fact", Column("value", overflow="fold"), title=_plain(f"{content.model} {version.number} for {slot}")
    )
    dirty = ", with changes that were not committed" if lineage.changed else ""
    rows = (
        ("digest", content.digest),
        ("number", version.reason),
        ("registered", f"by {version.submitter}, {version.registered_at:%Y-%m-%d %H:%M} UTC"),
        ("risk tier, owner", f"{content.risk_tier}, {content.owner}"),
        ("verdict", content.verdict),
        ("parity", "holds" if content.parity else "does not hold"),
        ("targets", ", ".join(content.targets)),
        ("commit", f"{lineage.commit or 'none'}{dirty}"),
        ("specification", content.spec_digest),
        ("deprecated", f"{version.deprecated} (ends {version.end_of_life})" if version.deprecated else "no"),
    )
    for noun, value in rows:
        table.add_row(noun, _plain(value))
    return table


def _lines(verdict: Verdict) -> Table:
    table = Table(
        Column("what the gate asked", overflow="fold"), Column("found", justify="right"),
        Column("proven", justify="right"), Column("needs", justify="right"), "verdict", title="Verdict",
    )  # fmt: skip
    for line in verdict.lines:
        where = ", ".join(f"{name} {'/'.join(values)}" for name, values in line.where.items())
        metric = f"{line.metric} below the mean" if line.kind == "subgroup" else line.metric
        what = " · ".join(part for part in (line.set, line.variant, line.label, where, metric) if part)
        style = STYLES.get(line.verdict, "dim")
        table.add_row(_plain(what), _number(line.observed), _proven(line), _needs(line), f"[{style}]{line.verdict}[/]")
    return table


def _costs(content: Content) -> Table:
    table = Table("variant", "p50 ms", "p95 ms", "memory MB", "model MB", title="Costs")
    for one in content.resources:
        cells = (one.p50_ms, one.p95_ms, one.memory_mb, one.model_mb)
        table.add_row(_plain(one.variant), *map(_number, cells))
    return table


def _proven(line: Line) -> str:
    return _number(line.lower if line.at_most is None else line.upper)


def _needs(line: Line) -> str:
    if line.at_least is not None:
        return f"≥ {line.at_least:.3g}"
    return "" if line.at_most is None else f"≤ {line.at_most:.3g}"


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}"


def _plain(text: str) -> str:
    """``text`` as a terminal may have it."""
    return terminal.plain(text)
