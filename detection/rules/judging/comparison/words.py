"""What was found, in one sentence each; a bound is never rounded to the better side."""

from __future__ import annotations

import math

from detection.rules.judging.comparison.sheet import Benefit, Gap, Guardrail, Harm

NAMES = {
    "ap50": "AP50", "ap50_95": "AP50-95", "average_recall": "average recall", "f1": "F1",
    "false_per_background_frame": "false detections per background frame", "calibration_error": "calibration error",
}  # fmt: skip
"""How people write the figures whose names are not words."""
WATCHED = {
    "variants": "variants", "cases": "must-never cases", "worst-condition": "worst condition",
    "calibration": "calibration", "latency": "p95 latency", "size": "size of what ships",
}  # fmt: skip
"""What guardrails look at, for people."""

_STANDINGS = {
    "BETTER": "the lead is proven",
    "WORSE": "the challenger is proven worse",
    "TIE": "a tie, which keeps the champion",
}


def figure_name(metric: str) -> str:
    """A metric as people write it."""
    return NAMES.get(metric, metric)


def of_benefit(benefit: Benefit) -> str:
    """``AP50-95 of fp32 on test: 0.612 against 0.590, lead 0.022, proven 0.013 (needs more than 0.01): ...``."""
    gap = benefit.gap
    subject = f"{figure_name(benefit.metric)} of {benefit.variant} on {benefit.set}"
    if gap.difference is None:
        return f"{subject}: nothing could be counted in {gap.frames} frames; a tie, which keeps the champion"
    return (
        f"{subject}: {number(gap.challenger)} against {number(gap.champion)}, {_lead(gap)} (needs more than "
        f"{benefit.margin:g}), {gap.frames} frames in {counted(gap.groups, 'group')}: {_STANDINGS[benefit.standing]}"
    )


def of_guardrail(guardrail: Guardrail) -> str:
    """``size of what ships: 12.4 MB against 12.3 MB, +0.5 % (allowed +10 %): PASS``."""
    subject = f"{WATCHED[guardrail.watch]}{' of ' + guardrail.variant if guardrail.variant else ''}"
    if guardrail.watch in ("variants", "cases"):
        return f"{subject}: {guardrail.subject}: {guardrail.verdict}"
    if guardrail.harm.observed is None:
        return f"{subject}: {guardrail.subject}: nothing could be compared: {guardrail.verdict}"
    figures = f"{measure(guardrail.challenger, guardrail.unit)} against {measure(guardrail.champion, guardrail.unit)}"
    return f"{subject}: {guardrail.subject} {figures}, {of_harm(guardrail.harm)}: {guardrail.verdict}"


def of_harm(harm: Harm) -> str:
    """``worse by 0.004, between -0.003 and +0.012 (allowed 0.020)``; a negative harm is called better."""
    said = f"{way(harm)}{', between ' + reach(harm) if harm.confidence is not None else ''}"
    return f"{said} (allowed {part(harm, harm.limit)})"


def way(harm: Harm) -> str:
    """``worse by 0.004``, ``better by 1.2 %`` or ``unchanged``."""
    observed = 0.0 if harm.observed is None else harm.observed
    if observed == 0:
        return "unchanged"
    return f"{'worse' if observed >= 0 else 'better'} by {part(harm, abs(observed))}"


def reach(harm: Harm) -> str:
    """``-0.003 and +0.012``, each end rounded away from what is proven."""
    if harm.lower is None or harm.upper is None:
        return "what nobody can say"
    if harm.relative:
        return f"{math.floor(harm.lower * 1000) / 10:+.1f} % and {math.ceil(harm.upper * 1000) / 10:+.1f} %"
    return f"{lower_bound(harm.lower)} and {upper_bound(harm.upper)}"


def part(harm: Harm, value: float) -> str:
    """A harm as a part of the champion's figure, or in the figure's own unit."""
    return f"{100 * value:.1f} %" if harm.relative else f"{value:.3f}"


def number(value: float | None) -> str:
    """Three digits; a dash for what is unknown."""
    return "-" if value is None else f"{value:.3f}"


def measure(value: float | None, unit: str) -> str:
    """A figure with its unit."""
    if value is None:
        return "-"
    if unit == "bytes":
        return f"{value / 1e6:.2f} MB" if value >= 100_000 else f"{value / 1e3:.1f} kB"
    return f"{value:.2f} {unit}" if unit else number(value)


def lower_bound(value: float | None) -> str:
    """Three digits, cut off downwards: never more than is proven."""
    return "-" if value is None else f"{math.floor(value * 1000 + 1e-9) / 1000:+.3f}"


def upper_bound(value: float | None) -> str:
    """Three digits, cut off upwards: never less than is possible."""
    return "-" if value is None else f"{math.ceil(value * 1000 - 1e-9) / 1000:+.3f}"


def counted(n: int, noun: str) -> str:
    """``1 group``, ``2 groups``."""
    return f"{n:,} {noun}{'s' * (n != 1)}"


def _lead(gap: Gap) -> str:
    said = f"difference {0.0 if gap.difference is None else gap.difference:+.3f}"
    if gap.lower is None:
        return f"{said}, of which nothing can be proven"
    return f"{said}, between {lower_bound(gap.lower)} and {upper_bound(gap.upper)}"
