"""The verdict for people: what was decided, by which lines, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping

from detection.rules.evidence.page import (
    Banner,
    Cell,
    Column,
    Fact,
    Span,
    Table,
    Tone,
    cut,
    digits,
    scale_start,
    text,
    thousands,
)
from detection.rules.judging.gates.lines import Line, Outcome, Verdict

TONES: Mapping[Outcome, Tone] = {"PASS": Tone.GOOD, "FAIL": Tone.BAD, "NOT PROVEN": Tone.UNSURE}
_URGENCY: Mapping[Outcome, int] = {"FAIL": 0, "NOT PROVEN": 1, "PASS": 2}

COLUMNS = (
    Column("Criterion"),
    Column("Variant"),
    Column("Observed"),
    Column("Bounds", number=True),
    Column("Needs", number=True),
    Column("n (groups)", number=True),
    Column("Verdict"),
)

Displays = Mapping[str, str]
"""Class id to the name people read."""


def banner(verdict: Verdict, displays: Displays, facts: tuple[Fact, ...]) -> Banner:
    """The page's first block.

    Args:
        verdict: the gate's decision.
        displays: names of the classes.
        facts: figures shown beside it.
    """
    rows = sorted(verdict.lines, key=lambda line: _URGENCY[line.verdict])
    start = scale_start([figure for line in rows for figure in (line.lower, line.at_least)])
    note = (
        f"The bar runs from {start:g} to 1: the band is where the true share lies, the tick what was observed, the "
        "dark line what is needed. A line passes when the whole band lies above its limit. Groups are independent of "
        "each other; frames of one group are not."
    )
    gate = Table(COLUMNS, tuple(_row(line, displays, start) for line in rows), title="Gate, line by line", note=note)
    tone = TONES[verdict.verdict]
    return Banner(verdict.verdict, tone, _sentence(verdict), _next_step(verdict), facts, gate)


def criterion(line: Line, displays: Displays) -> str:
    """A line's subject in words: ``Recall of Tube on golden, lighting dusk``."""
    if line.metric == "parity":
        return "Parity of training, export and device"
    subject = "all classes" if line.label == "every" else displays.get(line.label, line.label)
    where = "".join(f", {condition} {' or '.join(values)}" for condition, values in line.where.items())
    return f"{line.metric.capitalize()} of {subject} on {line.set}{where}"


def _row(line: Line, displays: Displays, start: float) -> tuple[Cell, ...]:
    tone = TONES[line.verdict]
    observed = Cell("–") if line.observed is None else Cell(digits(line.observed), span=_span(line, tone, start))
    bounds = "–" if line.lower is None else f"{cut(line.lower)}–{cut(line.upper)}"
    return (
        text(criterion(line, displays)),
        text(line.variant or "every"),
        observed,
        text(bounds),
        text(f"≥ {line.at_least:g}"),
        text(thousands(line.n) + (f" ({line.groups})" if line.groups else "")),
        Cell(line.verdict, tone, chip=True),
    )


def _span(line: Line, tone: Tone, start: float) -> Span | None:
    if line.observed is None or line.lower is None or line.upper is None:
        return None
    return Span(line.observed, line.lower, line.upper, line.at_least, start=start, tone=tone)


def _sentence(verdict: Verdict) -> str:
    total = len(verdict.lines)
    failed = sum(line.verdict == "FAIL" for line in verdict.lines)
    unproven = sum(line.verdict == "NOT PROVEN" for line in verdict.lines)
    if verdict.verdict == "PASS":
        return f"All {total} lines of the gate are proven, each on the bound and not on the observed figure."
    if not failed:
        return f"{unproven} of {total} lines cannot be proven with the frames there are; none is refuted."
    rest = f", {unproven} not proven" if unproven else ""
    return f"{failed} of {total} lines fail{'s' if failed == 1 else ''}{rest}. No bundle is made from this model."


def _next_step(verdict: Verdict) -> str:
    failing = [line for line in verdict.lines if line.verdict == "FAIL"]
    if failing:
        return (
            "Read the failing lines below, then the error pictures of those classes and conditions. Bring labelled "
            "frames that look like them or change params.yaml, and run dvc repro. "
            "A limit in specs/spec.yaml moves only with a reason in specs/changes.md."
        )
    wanting = [line for line in verdict.lines if line.verdict == "NOT PROVEN"]
    if not wanting:
        return ""
    needed = [line.needs_more for line in wanting if line.needs_more is not None]
    if not needed:
        return "No number of further frames would prove these lines at the observed rate: the model must get better."
    return (
        f"Label more of what the lines below name (up to {thousands(max(needed))} further observations at the observed "
        "rate) for the frozen sets, and run dvc repro."
    )
