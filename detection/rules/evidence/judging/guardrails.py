"""What decided between champion and challenger, line by line: what must be gained, and what may not be lost."""

from __future__ import annotations

from collections.abc import Sequence

from detection.rules.evidence.numerals import digits
from detection.rules.evidence.tables import Cell, Column, Span, Table, text
from detection.rules.evidence.tone import Tone
from detection.rules.judging.comparison import words
from detection.rules.judging.comparison.sheet import Benefit, ComparisonSheet, Gap, Guardrail, Outcome, Standing

TONES: dict[Outcome, Tone] = {"PASS": Tone.GOOD, "FAIL": Tone.BAD, "NOT PROVEN": Tone.UNSURE}
STANDINGS: dict[Standing, Tone] = {"BETTER": Tone.GOOD, "WORSE": Tone.BAD, "TIE": Tone.UNSURE}
_URGENCY: dict[Outcome, int] = {"FAIL": 0, "NOT PROVEN": 1, "PASS": 2}

DECIDED = (
    Column("What"), Column("Champion", number=True), Column("Challenger", number=True), Column("Change"),
    Column("Asked", number=True), Column("Verdict"),
)  # fmt: skip


def decided(sheet: ComparisonSheet) -> Table:
    """The benefit, then every guardrail, those that keep the champion first."""
    rails = sorted(sheet.guardrails, key=lambda one: _URGENCY[one.verdict])
    rows = (_benefit_row(sheet.benefit), *(_guardrail_row(one) for one in rails))
    note = (
        "The first row is what must be gained, the others what may not be lost. A row is judged on its bound, not on "
        "what was observed: the lead passes when its lower bound exceeds the margin, a harm when its upper bound is "
        "within what is allowed. Groups of frames were drawn for both models at once. In each bar the thin line is "
        "the limit, the tick what was observed, the band where the truth lies."
    )
    return Table(DECIDED, rows, title="What decided", note=note)


def _benefit_row(benefit: Benefit) -> tuple[Cell, ...]:
    gap, tone = benefit.gap, STANDINGS[benefit.standing]
    lead = (
        "–"
        if gap.difference is None
        else f"{'better' if gap.difference >= 0 else 'worse'} by {abs(gap.difference):.3f}"
    )
    bar = gap_span(gap, reach_of([gap], benefit.margin), benefit.margin, tone)
    return (
        Cell(f"{words.figure_name(benefit.metric)} of {benefit.variant}", note=f"on {benefit.set}"),
        text(digits(gap.champion)),
        text(digits(gap.challenger)),
        Cell(lead, span=bar, note="" if gap.lower is None else f"lead {bounds(gap.lower, gap.upper)}"),
        text(f"> {benefit.margin:.3f}"),
        Cell(benefit.standing, tone, chip=True),
    )


def _guardrail_row(one: Guardrail) -> tuple[Cell, ...]:
    harm, tone = one.harm, TONES[one.verdict]
    condition = one.watch == "worst-condition"
    name = one.subject if condition else words.WATCHED[one.watch]
    counted = one.watch in ("cases", "variants")
    unknown = harm.observed is None or harm.lower is None
    bounded = harm.confidence is not None and not unknown
    return (
        Cell(
            name[:1].upper() + name[1:] + (f" of {one.variant}" if one.variant else ""),
            note="" if condition else one.subject,
        ),
        text(_figure(one, one.champion)),
        text(_figure(one, one.challenger)),
        Cell(
            "–" if harm.observed is None or counted else words.way(harm),
            span=_harm_span(one, tone),
            note=f"harm {words.reach(harm).replace(' and ', ' to ')}" if bounded else "",
        ),
        text("–" if counted else f"≤ {words.part(harm, harm.limit)}"),
        Cell(one.verdict, tone, chip=True),
    )


def _figure(one: Guardrail, value: float | None) -> str:
    if one.watch in ("cases", "variants"):
        return "–" if value is None else f"{value:g}"
    return words.measure(value, one.unit)


def _harm_span(one: Guardrail, tone: Tone) -> Span | None:
    harm = one.harm
    if harm.observed is None or harm.lower is None or harm.upper is None or harm.confidence is None:
        return None
    reach = 1.15 * max(abs(value) for value in (harm.lower, harm.upper, harm.limit))
    return _on_scale(Span(harm.observed, harm.lower, harm.upper, harm.limit, tone=tone), reach)


def gap_span(gap: Gap, reach: float, limit: float, tone: Tone) -> Span | None:
    """A difference as a bar from ``-reach`` to ``reach``; None where its bounds are unknown."""
    if gap.difference is None or gap.lower is None or gap.upper is None:
        return None
    return _on_scale(Span(gap.difference, gap.lower, gap.upper, limit, tone=tone), reach)


def reach_of(gaps: Sequence[Gap], limit: float) -> float:
    """Half the width of a scale on which every bound of ``gaps`` has room."""
    ends = [abs(end) for gap in gaps for end in (gap.lower, gap.upper) if end is not None]
    return 1.15 * max([limit, *ends, 1e-9])


def bounds(lower: float | None, upper: float | None) -> str:
    """Both ends, each rounded away from what is proven; a dash where they are unknown."""
    return "–" if lower is None else f"{words.lower_bound(lower)} to {words.upper_bound(upper)}"


def signed(value: float | None) -> str:
    """Three digits with a sign; a dash for what is unknown."""
    return "–" if value is None else f"{value:+.3f}"


def _on_scale(bar: Span, reach: float) -> Span:
    """The same bar on a scale whose middle is no difference."""
    observed, lower, upper, limit = (
        (value + reach) / (2 * reach) for value in (bar.observed, bar.lower, bar.upper, bar.limit or 0.0)
    )
    return Span(observed, lower, upper, limit, tone=bar.tone)
