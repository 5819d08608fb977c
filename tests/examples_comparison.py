"""Benefits and guardrails as a comparison finds them: a clear win, and what can be in its way."""

from __future__ import annotations

from detection.rules.judging.comparison.promotion import settled_benefit, settled_guardrail
from detection.rules.judging.comparison.sheet import Benefit, Gap, Guardrail, Harm, Watch


def gap(champion: float = 0.590, lead: float = 0.030, reach: float = 0.012) -> Gap:
    """The challenger leads by ``lead``, give or take ``reach``."""
    return Gap(champion, champion + lead, lead, lead - reach, lead + reach, 0.95, 360, 24)


def benefit(found: Gap | None = None, margin: float = 0.01) -> Benefit:
    """Judged on ``found``, or on a clear win."""
    return settled_benefit(Benefit("fp32", "test", "ap50_95", found or gap(), margin, 1400, 0.026))


def guardrail(watch: Watch = "calibration", harm: float = 0.0, reach: float = 0.005, limit: float = 0.02) -> Guardrail:
    """A figure that got worse by ``harm``, give or take ``reach``."""
    measured = Harm(harm, harm - reach, harm + reach, limit, relative=False, confidence=0.95)
    subject = "expected calibration error"
    return settled_guardrail(Guardrail(watch, "fp32", subject, 0.04, 0.04 + harm, "", measured, 1400))


def latency(champion_ms: float, challenger_ms: float, limit: float = 0.10) -> Guardrail:
    """The p95 of both, with 1 % of noise."""
    harm = challenger_ms / champion_ms - 1
    measured = Harm(harm, harm - 0.01, harm + 0.01, limit, relative=True, confidence=0.95)
    subject = "from decoded frame to detections"
    return settled_guardrail(Guardrail("latency", "fp32", subject, champion_ms, challenger_ms, "ms", measured, 200))
