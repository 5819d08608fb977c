"""The verdict for people: what was decided, by which lines, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping

from detection.rules.evidence.judging.cases import Case, cases
from detection.rules.evidence.numerals import digits, thousands
from detection.rules.evidence.page import Banner, Fact
from detection.rules.evidence.tables import Cell, Column, Span, Table, scale_start, text
from detection.rules.evidence.tone import Tone
from detection.rules.judging.gates.lines import Line, Outcome, Verdict
from detection.rules.judging.gates.sentences import WORDS, cut_off, raised

TONES: Mapping[Outcome, Tone] = {"PASS": Tone.GOOD, "FAIL": Tone.BAD, "NOT PROVEN": Tone.UNSURE}
_URGENCY: Mapping[Outcome, int] = {"FAIL": 0, "NOT PROVEN": 1, "PASS": 2}

COLUMNS = (
    Column("Criterion"),
    Column("Variant"),
    Column("Observed"),
    Column("Needs", number=True),
    Column("n", number=True),
    Column("False pass", number=True),
    Column("Verdict"),
)

_NONE = Cell("–", Tone.QUIET)

Displays = Mapping[str, str]
"""Class id to the name people read."""


def banner(verdict: Verdict, displays: Displays, facts: tuple[Fact, ...]) -> Banner:
    """The page's first block.

    Args:
        verdict: the gate's decision.
        displays: names of the classes.
        facts: figures shown beside it.
    """
    lines = [line for line in verdict.lines if line.kind != "case"]
    drawn = [line for line in lines if line.at_least is not None]
    start = scale_start([figure for line in drawn for figure in (line.lower, line.at_least)])
    rows = [(_URGENCY[line.verdict], _row(line, displays, start)) for line in lines]
    rows += [(_URGENCY[case.verdict], _case(case, displays)) for case in cases(verdict.lines)]
    ordered = tuple(row for _, row in sorted(rows, key=lambda one: one[0]))
    legend = (
        f"Bars run from {start:g} to 1: the band is where the true figure lies, the tick what was observed, the thin "
        "line what is needed. A line passes when its whole band lies on the right side of its limit."
    )
    gate = Table(COLUMNS, ordered, title="Gate, line by line", note=_note(verdict), legend=legend)
    tone = TONES[verdict.verdict]
    return Banner(verdict.verdict, tone, _sentence(verdict), _next_step(verdict), facts, gate)


def criterion(line: Line, displays: Displays) -> str:
    """A line's subject in words: ``Recall of Tube on golden, lighting dusk``."""
    if line.kind == "parity":
        return "Parity of training, export and device"
    subject = "all classes" if line.label == "every" else displays.get(line.label, line.label)
    metric = WORDS.get(line.metric, line.metric)
    if line.kind in ("target", "loss"):
        return f"{metric[0].upper()}{metric[1:]} on {line.set}"
    if line.kind == "subgroup":
        worst = "".join(f"{condition} {values[0]}" for condition, values in line.where.items()) or "the worst value"
        return f"{metric.capitalize()} of {subject} on {line.set}: {worst} below the mean"
    where = "".join(f", {condition} {' or '.join(values)}" for condition, values in line.where.items())
    return f"{metric[0].upper()}{metric[1:]} of {subject} on {line.set}{where}"


def _note(verdict: Verdict) -> str:
    return (
        "Frames of one group are alike, so n observations are worth fewer independent ones. False pass: how often a "
        "model that stands exactly at the limit would pass this line by luck, simulated with its own groups. "
        f"{verdict.family.sentence} {' '.join(f'{said}.' for said in verdict.unmeasured)}"
    ).strip()


def _row(line: Line, displays: Displays, start: float) -> tuple[Cell, ...]:
    tone = TONES[line.verdict]
    observed = _NONE
    if line.observed is not None:
        observed = Cell(digits(line.observed), span=_span(line, tone, start), note=_bounds(line))
    n, note = Cell(thousands(line.n), note=_worth(line)), ""
    if line.kind == "target" and line.observed is not None:
        observed = Cell(f"{line.observed:.1f}", note=_bounds(line, 1) if line.lower != line.upper else "")
        n = Cell(thousands(line.n), note=f"frame{'s' * (line.n != 1)}")
    if line.kind == "parity":
        observed = text(f"{round((line.observed or 0) * line.n)} of {line.n} comparisons agree")
        n, note = _NONE, line.sentence.partition(" · ")[2].rpartition(": ")[0] if line.verdict == "FAIL" else ""
    return (
        Cell(criterion(line, displays), note=note),
        text(line.variant or "all"),
        observed,
        text("all") if line.kind == "parity" else text(_asked(line)),
        n,
        _NONE if line.false_pass is None else text(f"{100 * line.false_pass:.1f} %"),
        Cell(line.verdict, tone, chip=True),
    )


def _case(case: Case, displays: Displays) -> tuple[Cell, ...]:
    """One row for all variants: a case has no figure to prove."""
    return (
        Cell(case.demand(displays), note=case.where()),
        text(", ".join(case.said)),
        text(case.outcome()),
        _NONE,
        _NONE,
        _NONE,
        Cell(case.verdict, TONES[case.verdict], chip=True),
    )


def _bounds(line: Line, decimals: int = 3) -> str:
    """Cut off and raised, never rounded inwards; what is below 0 is kept apart from the dash."""
    if line.lower is None and line.upper is None:
        return ""
    lower = "–" if line.lower is None else cut_off(line.lower, decimals)
    dash = " to " if line.kind == "loss" else "–"
    return f"{lower}{dash}{'∞' if line.upper is None else raised(line.upper, decimals)}"


def _asked(line: Line) -> str:
    return f"≥ {line.at_least:g}" if line.at_least is not None else f"≤ {line.at_most:g}"


def _worth(line: Line) -> str:
    if not line.groups:
        return ""
    groups = f"in {line.groups} group{'s' * (line.groups != 1)}"
    worth = f"worth {thousands(int(line.effective_n))}, " if line.effective_n is not None else ""
    return worth + groups


def _span(line: Line, tone: Tone, start: float) -> Span | None:
    """A bar for figures that shall be high; those that shall be low have scales of their own."""
    if line.observed is None or line.lower is None or line.upper is None or line.at_least is None:
        return None
    return Span(line.observed, line.lower, line.upper, line.at_least, start=start, tone=tone)


def _sentence(verdict: Verdict) -> str:
    total = len(verdict.lines)
    failed = sum(line.verdict == "FAIL" for line in verdict.lines)
    unproven = sum(line.verdict == "NOT PROVEN" for line in verdict.lines)
    if verdict.verdict == "PASS":
        return f"All {total} lines of the gate are proven: each by its bound, not only by the observed figure."
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
    needed = [line.needs_images or line.needs_more for line in wanting if line.needs_more is not None]
    if not needed:
        return "No number of further frames would prove these lines at the observed figures: the model must get better."
    counted = "images" if any(line.needs_images for line in wanting) else "observations"
    return (
        f"Label more of what the lines below name, from further groups (up to {thousands(max(filter(None, needed)))} "
        f"{counted} at the observed figures), for the frozen sets, and run dvc repro."
    )
