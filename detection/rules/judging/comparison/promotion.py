"""May the challenger replace the champion? Only if it is proven better, and nothing that matters is worse.

Every decision here is a function of figures that ``comparison.json`` holds, so that it can be made again from there. A
doubt keeps the champion: it is known, and it can always be replaced later.

Promotion asks for every line at once. A challenger that ought not to be promoted is stopped by at least one of them,
and passes that one by chance as rarely as its confidence says: many lines need no correction (an intersection-union
test).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from detection.rules.judging.comparison import words
from detection.rules.judging.comparison.sheet import (
    Advice,
    Benefit,
    ComparisonSheet,
    Gap,
    Guardrail,
    Harm,
    Outcome,
    Recommendation,
    Standing,
    Watch,
)

CAUSES: dict[Watch, str] = {
    "variants": "every variant of the champion been there",
    "cases": "the must-never cases been kept",
    "worst-condition": "recall in the worst condition been proven within its limit",
    "calibration": "the calibration error been proven within its limit",
    "latency": "the p95 latency been proven within its limit",
    "size": "the size been within its limit",
}
"""What would have had to be otherwise, for a sentence that begins with "had"."""


def standing(gap: Gap, margin: float) -> Standing:
    """Is the challenger's lead proven to exceed the margin, or is it proven to be behind?"""
    if gap.lower is not None and gap.lower > margin:
        return "BETTER"
    return "WORSE" if gap.upper is not None and gap.upper < 0 else "TIE"


def outcome(harm: Harm) -> Outcome:
    """Is a harm proven to be within its limit, or proven to be beyond?"""
    if harm.upper is not None and harm.upper <= harm.limit:
        return "PASS"
    return "FAIL" if harm.lower is not None and harm.lower > harm.limit else "NOT PROVEN"


def settled_benefit(benefit: Benefit) -> Benefit:
    """With the standing and the sentence that its figures deserve."""
    judged = replace(benefit, standing=standing(benefit.gap, benefit.margin))
    return replace(judged, sentence=words.of_benefit(judged))


def settled_guardrail(guardrail: Guardrail) -> Guardrail:
    """With the verdict and the sentence that its figures deserve."""
    judged = replace(guardrail, verdict=outcome(guardrail.harm))
    return replace(judged, sentence=words.of_guardrail(judged))


def recommend(benefit: Benefit, guardrails: Sequence[Guardrail]) -> Recommendation:
    """Promote if the lead is proven and every guardrail passes; a tie keeps the champion.

    Args:
        benefit: judged.
        guardrails: judged; none at all promises nothing and keeps the champion.
    """
    advice = _advice(benefit, guardrails)
    standing_out = [guardrail.sentence for guardrail in guardrails if guardrail.verdict != "PASS"]
    passed = len(guardrails) - len(standing_out)
    kept = f"{passed} of {len(guardrails)} guardrails pass" if standing_out else f"all {passed} guardrails pass"
    reasons = (benefit.sentence, *standing_out, kept if guardrails else "no guardrail was looked at")
    return Recommendation(advice, reasons, tuple(_counterfactuals(benefit, guardrails)))


def replay(sheet: ComparisonSheet) -> Recommendation:
    """Decide again from the stored figures alone, trusting no stored verdict."""
    return recommend(settled_benefit(sheet.benefit), [settled_guardrail(one) for one in sheet.guardrails])


def _advice(benefit: Benefit, guardrails: Sequence[Guardrail]) -> Advice:
    safe = bool(guardrails) and all(guardrail.verdict == "PASS" for guardrail in guardrails)
    return "PROMOTE" if benefit.standing == "BETTER" and safe else "KEEP"


def _counterfactuals(benefit: Benefit, guardrails: Sequence[Guardrail]) -> Iterator[str]:
    """What each single kind of finding decides: the recommendation without it, where that is another."""
    if _advice(benefit, guardrails) == "PROMOTE":
        return
    won = replace(benefit, standing="BETTER")
    if _advice(won, guardrails) == "PROMOTE":
        yield f"had a lead of more than {benefit.margin:g} been proven, the challenger would be promoted"
    for watch, had in CAUSES.items():
        mended: list[Guardrail] = [replace(g, verdict="PASS") if g.watch == watch else g for g in guardrails]
        if _advice(benefit, mended) == "PROMOTE":
            yield f"had {had}, the challenger would be promoted"
