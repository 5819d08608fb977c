"""Has the model proven what the spec demands? One line per criterion, one verdict over all. Knows counts, not pictures.

A criterion is judged on a confidence bound, not on the observed share: PASS if the bound is proven, FAIL if it is
refuted, NOT PROVEN in between, with how many more observations would settle it at the observed rate.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Outcome = Literal["PASS", "FAIL", "NOT PROVEN"]
Metric = Literal["precision", "recall", "parity"]


@dataclass(frozen=True, slots=True)
class Line:
    """One criterion, judged for one variant.

    Attributes:
        set: which frozen set it was judged on; ``""`` for the parity certificate.
        variant: a variant's name; ``""`` for the parity certificate.
        label: class id, or ``every`` for all boxes together.
        where: the slice: for each condition the values a frame must have; empty takes every frame of the set.
        metric: what was counted.
        at_least: the share that must be proven.
        confidence: one-sided level of the bounds.
        observed: share of successes; None if there was nothing to count.
        lower: the share is at least this, at the stated confidence; None if there was nothing to count.
        upper: the share is at most this, at the stated confidence; None if there was nothing to count.
        n: observations: kept detections for precision, labelled objects for recall, comparisons for parity.
        groups: independent groups that these observations come from.
        verdict: what was proven.
        needs_more: further observations at the observed rate that would prove the bound; None if it is decided, or if
            no number would do.
        sentence: the line in words, with its verdict.
    """

    set: str
    variant: str
    label: str
    where: dict[str, list[str]]
    metric: Metric
    at_least: float
    confidence: float
    observed: float | None
    lower: float | None
    upper: float | None
    n: int
    groups: int
    verdict: Outcome
    needs_more: int | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """``data/gate/verdict.json``, whole.

    Attributes:
        verdict: FAIL if any line fails, else NOT PROVEN if any line is, else PASS.
        lines: every criterion for every variant it names, in the spec's order, then parity.
        model_digests: variant to the SHA-256 of the model file that was judged, lower-case hex.
    """

    verdict: Outcome
    lines: tuple[Line, ...]
    model_digests: dict[str, str]
