"""What may not get worse while something else gets better. Each is judged alone, and each can keep the champion.

A harm is judged on its bound, as everything is: PASS only if a harm beyond the limit is excluded.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detection.rules.judging.comparison.promotion import settled_guardrail
from detection.rules.judging.comparison.sheet import Gap, Guardrail, Harm
from detection.rules.judging.matching import Reals

SLOWEST = 0.95
"""The quantile of the latency that is held against its limit."""


@dataclass(frozen=True, slots=True, eq=False)
class Latencies:
    """What each frame took, from decoded frame to detections, both models in turn on the same machine.

    Attributes:
        champion_ms: ``(n,)``.
        challenger_ms: ``(n,)``, of the same frames.
    """

    champion_ms: Reals
    challenger_ms: Reals


@dataclass(frozen=True, slots=True)
class Drawing:
    """How groups or frames are drawn.

    Attributes:
        resamples: how often.
        seed: of the draws.
        confidence: one-sided.
    """

    resamples: int
    seed: int
    confidence: float


def variants(champion: Sequence[str], challenger: Sequence[str]) -> Guardrail:
    """Everything that is live must have a successor."""
    missing = [name for name in champion if name not in challenger]
    said = f"the challenger has no {' and no '.join(missing)}" if missing else "the challenger has all of them"
    harm = _counted(len(missing), 0.0)
    there = len(champion) - len(missing)
    return settled_guardrail(Guardrail("variants", "", said, len(champion), there, "", harm, len(champion)))


def size(champion_bytes: int, challenger_bytes: int, limit: float) -> Guardrail:
    """What ships may grow by ``limit`` of the champion's bytes."""
    harm = _counted(challenger_bytes / champion_bytes - 1, limit, relative=True)
    said = "models, calibration, thresholds and reference"
    return settled_guardrail(Guardrail("size", "", said, champion_bytes, challenger_bytes, "bytes", harm, 1))


def cases(variant: str, violated: Sequence[str], champion_violations: int, n: int) -> Guardrail:
    """No named case may be violated by the challenger, whatever the champion does.

    Args:
        variant: of the challenger.
        violated: the violated cases in words.
        champion_violations: how many the champion violates.
        n: how many cases there are.
    """
    said = "; ".join(violated) if violated else f"none of {n} is violated" if n else "none is named"
    harm = _counted(len(violated), 0.0)
    return settled_guardrail(Guardrail("cases", variant, said, champion_violations, len(violated), "", harm, n))


def worst_condition(variant: str, condition: str, gap: Gap, limit: float, n: int) -> Guardrail:
    """Recall in the worst value of a condition may fall by ``limit``.

    Args:
        variant: of both models.
        condition: with the values that are worst, in words, such as ``lighting (dusk)``.
        gap: of the lowest of the recalls.
        limit: how far it may fall.
        n: objects in the challenger's worst value.
    """
    fall = None if gap.difference is None else -gap.difference
    lower, upper = (None if end is None else -end for end in (gap.upper, gap.lower))
    harm = Harm(fall, lower, upper, limit, relative=False, confidence=gap.confidence)
    said = f"recall in the worst {condition}"
    return settled_guardrail(
        Guardrail("worst-condition", variant, said, gap.champion, gap.challenger, "", harm, n)
    )  # fmt: skip


def calibration(variant: str, gap: Gap, limit: float, n: int) -> Guardrail:
    """Scores may mean what they say less well by ``limit``; ``n`` detections."""
    harm = Harm(gap.difference, gap.lower, gap.upper, limit, relative=False, confidence=gap.confidence)
    said = "expected calibration error"
    return settled_guardrail(Guardrail("calibration", variant, said, gap.champion, gap.challenger, "", harm, n))


def latency(variant: str, taken: Latencies, limit: float, drawing: Drawing) -> Guardrail:
    """The p95 latency may grow by ``limit`` of the champion's; frames are drawn for both at once.

    Args:
        variant: of both models.
        taken: measured; of no frame it proves nothing.
        limit: part of the champion's p95.
        drawing: how frames are drawn.
    """
    said, n = "from decoded frame to detections", len(taken.champion_ms)
    if not n:
        nothing = Harm(None, None, None, limit, relative=True, confidence=drawing.confidence)
        return settled_guardrail(Guardrail("latency", variant, said, None, None, "ms", nothing, 0))
    champion, challenger = (float(np.quantile(one, SLOWEST)) for one in (taken.champion_ms, taken.challenger_ms))
    lower, upper = _growth(taken, drawing).tolist()
    harm = Harm(challenger / champion - 1, lower, upper, limit, relative=True, confidence=drawing.confidence)
    return settled_guardrail(Guardrail("latency", variant, said, champion, challenger, "ms", harm, n))


def _counted(observed: float, limit: float, relative: bool = False) -> Harm:
    """A harm with nothing left to chance."""
    return Harm(observed, observed, observed, limit, relative, None)


def _growth(taken: Latencies, drawing: Drawing) -> Reals:
    """``(2,)`` bounds of the growth of the p95."""
    n = len(taken.champion_ms)
    rows = np.random.default_rng(drawing.seed).integers(0, n, (drawing.resamples, n))
    slow = [np.quantile(column[rows], SLOWEST, axis=1) for column in (taken.challenger_ms, taken.champion_ms)]
    bounds: Reals = np.quantile(slow[0] / slow[1] - 1, (1 - drawing.confidence, drawing.confidence))
    return bounds
