"""A line of the gate in words. Bounds are cut off, never rounded over the limit."""

from __future__ import annotations

import math

from detection.rules.judging.gates.lines import Line
from detection.rules.judging.scores.rows import EVERY
from detection.rules.spec.judging import LOWER_IS_BETTER

WORDS = {
    "ap50": "AP50", "ap50_95": "AP50-95", "average_recall": "average recall", "f1": "F1",
    "false_per_background_frame": "false detections per background frame", "calibration_error": "calibration error",
    "ap50_95_loss": "loss of AP50-95", "p95_ms": "p95 latency in ms", "memory_mb": "memory in MB",
}  # fmt: skip
"""Metrics that people call otherwise than the spec."""
COUNTED = {"precision": "detection", "recall": "object", "average_recall": "object"}
"""What is counted for a metric; observations for the others."""


def sentence(line: Line) -> str:
    """A criterion's line: what was observed, what is proven of it, what was asked, and what to do."""
    subject = f"{line.set}{where(line)} · {line.variant} · {WORDS.get(line.metric, line.metric)}{of(line)}"
    asked = asked_for(line)
    if line.observed is None:
        return f"{subject}: {_nothing(line)}: {line.verdict}"
    digits = max(2, len(f"{asked:g}".partition(".")[2]))
    independent = f", worth {math.floor(line.effective_n or 0)}" if (line.design_effect or 1) >= 1.1 else ""
    return (
        f"{subject} {line.observed:.{digits}f}, {_proven(line, digits)} (needs {_sign(line)}{asked:.{digits}f}), "
        f"n {line.n}{independent} in {line.groups} group{'s' * (line.groups != 1)}: {line.verdict}{_advice(line)}"
        f"{_luck(line)}"
    )


def asked_for(line: Line) -> float:
    """The one of the two bounds that is given."""
    asked = line.at_least if line.at_least is not None else line.at_most
    if asked is None:
        raise ValueError(f"a line without a bound was let through: {line}")
    return asked


def where(line: Line) -> str:
    """The slice: `` at lighting=dim|dusk``; nothing for a whole set."""
    parts = [f"{condition}={'|'.join(values)}" for condition, values in sorted(line.where.items())]
    return f" at {', '.join(parts)}" if parts else ""


def of(line: Line) -> str:
    """The class: `` of box``; nothing for all together."""
    return f" of {line.label}" if line.label != EVERY else ""


def cut_off(value: float, digits: int) -> str:
    """Rounded down: a lower bound is not shown higher than it is."""
    return f"{math.floor(value * 10**digits + 1e-9) / 10**digits:.{digits}f}"


def raised(value: float, digits: int) -> str:
    """Rounded up: an upper bound is not shown lower than it is."""
    return f"{math.ceil(value * 10**digits - 1e-9) / 10**digits:.{digits}f}"


def _proven(line: Line, digits: int) -> str:
    wants_low = line.at_least is None
    if line.verdict == "FAIL":
        ends = ("at least", line.lower) if wants_low else ("at best", line.upper)
    else:
        ends = ("proven at most", line.upper) if wants_low else ("proven", line.lower)
    words, value = ends
    if value is None:
        return "without a known limit"
    return f"{words} {raised(value, digits) if wants_low and line.verdict != 'FAIL' else cut_off(value, digits)}"


def _sign(line: Line) -> str:
    return "at most " if line.at_least is None else ""


def _nothing(line: Line) -> str:
    place = f"{line.set}{where(line)}"
    if line.metric == "precision":
        return f"nothing was detected{' as ' + line.label if of(line) else ''} in {place}"
    if line.metric in LOWER_IS_BETTER:
        return f"there is nothing to count{of(line)} in {place}"
    return f"there is no image{of(line)} in {place}" if of(line) else f"there is no object in {place}"


def _advice(line: Line) -> str:
    if line.verdict != "NOT PROVEN":
        return ""
    if line.groups == 1:
        return "; one group says nothing of others: judge on frames of further groups"
    if line.needs_images is None or line.needs_more is None:
        figure = "share" if line.metric in COUNTED else "figure"
        way = "fall" if line.at_least is None else "rise"
        return f"; more of the same would not prove it: the observed {figure} must {way}"
    counted = COUNTED.get(line.metric, "observation")
    return (
        f"; needs about {line.needs_images} more image{'s' * (line.needs_images != 1)}{of(line)}{where(line)} "
        f"from further groups ({line.needs_more} {counted}s)"
    )


def _luck(line: Line) -> str:
    if line.false_pass is None:
        return ""
    return f"; passes by luck {100 * line.false_pass:.1f} times in 100 at its bound"
