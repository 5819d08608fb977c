"""What somebody sees before they sign: the version, the gate's verdict line by line, its costs, what it replaces."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from detection.outside import exits
from detection.rules.judging.gates.lines import Line, Verdict
from detection.rules.registry.refusals import Refusal
from detection.rules.registry.registered import Content, Metric, Version
from detection.rules.registry.situations import Compared, Surroundings
from detection.rules.registry.slots import Slot

STYLES = {"PASS": "green", "FAIL": "red", "NOT PROVEN": "yellow"}
SHOWN = 12
"""Characters of a digest that people compare."""


def show(console: Console, version: Version, slot: Slot, verdict: Verdict, live: Version | None) -> None:
    """The version, its verdict and its costs, beside what is live."""
    console.print(_facts(version, slot), _lines(verdict), _costs(version.content, live))
    if live is None:
        console.print(f"nothing is live in {slot}: there is nothing to compare with", markup=False)
        return
    console.print(_figures(version, live))
    for sentence in changes(live.content, version.content):
        console.print(f"  {_plain(sentence)}", soft_wrap=True, highlight=False)


def show_comparison(console: Console, compared: Compared | None, live: Version | None) -> None:
    """What ``detection compare`` said of it and of what is live."""
    if compared is not None:
        console.print(f"comparison: {compared.advice}: {_plain(compared.headline)}", soft_wrap=True, highlight=False)
    elif live is not None:
        console.print("comparison: none at hand; name one with --comparison", highlight=False)


def show_doubts(console: Console, doubts: Sequence[Refusal]) -> None:
    """Why an approval would not be kept."""
    console.print("this cannot be approved:", style="red")
    for one in doubts:
        console.print(f"  {one.why}: {_plain(one.words)}", soft_wrap=True, highlight=False)


def changes(before: Content, after: Content) -> Iterator[str]:
    """What it was made from that is not as of what is live, in words; nothing if all is the same."""
    named = (
        ("specification", before.spec_digest, after.spec_digest),
        ("parameters", before.params_digest, after.params_digest),
        ("environment", before.environment_digest, after.environment_digest),
        ("code", before.lineage.code, after.lineage.code),
    )
    for noun, old, new in named:
        if old != new:
            yield f"{noun}: changed, {old[:SHOWN]} to {new[:SHOWN]}"
    old_data = {one.name: one.sha256 for one in before.lineage.data}
    new_data = {one.name: one.sha256 for one in after.lineage.data}
    other = sorted(name for name in old_data.keys() | new_data.keys() if old_data.get(name) != new_data.get(name))
    if other:
        yield f"data: {len(other)} of {len(old_data.keys() | new_data.keys())} changed: {', '.join(other)}"


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


def _costs(content: Content, live: Version | None) -> Table:
    before = {one.variant: one for one in live.content.resources} if live else {}
    table = Table("variant", "p50 ms", "p95 ms", "memory MB", "model MB", "p95 ms live", title="Costs")
    for one in content.resources:
        old = before.get(one.variant)
        cells = (one.p50_ms, one.p95_ms, one.memory_mb, one.model_mb, old.p95_ms if old else None)
        table.add_row(_plain(one.variant), *map(_number, cells))
    return table


def _figures(version: Version, live: Version) -> Table:
    """Figures over all classes of both; those of each class stand in the report."""
    old = {_place(one): one.value for one in live.content.metrics}
    table = Table("figure", str(version.number), f"{live.number}, live", "change", title="Beside what is live")
    for one in version.content.metrics:
        if one.label != "every" or one.name == "f1":
            continue
        before = old.get(_place(one))
        change = "" if before is None else f"{one.value - before:+.3f}"
        what = _plain(f"{one.set} · {one.variant} · {one.name}")
        table.add_row(what, f"{one.value:.3f}", _number(before), change)
    return table


def _place(one: Metric) -> tuple[str, ...]:
    return one.set, one.variant, one.label, one.name


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
    return escape(exits.shown(text))
