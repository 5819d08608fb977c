"""Has the model proven what the spec demands? One line per criterion, one verdict over all. Knows counts, not pictures.

A criterion is judged on a confidence bound, not on the observed share: PASS if the bound is proven, FAIL if it is
refuted, NOT PROVEN in between, with how many more observations would settle it at the observed rate.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from detection.rules.judging.intervals import needed, wilson_lower, wilson_upper
from detection.rules.judging.matching import Flags
from detection.rules.judging.parity import ParityReport
from detection.rules.judging.scores.observations import Observations
from detection.rules.judging.scores.rows import EVERY
from detection.rules.spec.judging import Criterion

Outcome = Literal["PASS", "FAIL", "NOT PROVEN"]
LineKind = Literal["criterion", "case", "subgroup", "parity"]

COUNTED = {"precision": "detection", "recall": "object"}
"""What is counted for each metric: see ``Observations.kind``."""


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
        kind: what the line is about; a case is a named frame, a subgroup the worst value of a condition.
        at_most: the figure that must be proven from above; exactly one of ``at_least`` and ``at_most`` is given.
        effective_n: independent observations that would tell as much as ``n``; None where no share was counted.
        design_effect: ``n / effective_n``; None where no share was counted.
        false_pass: how often this very line passes, by simulation with its own groups, if the truth is just at its
            bound; None where nothing is simulated (parity, cases, nothing counted).
        needs_images: about how many more images of the slice hold ``needs_more``; None where that is None.
    """

    set: str
    variant: str
    label: str
    where: dict[str, list[str]]
    metric: str
    at_least: float | None
    confidence: float
    observed: float | None
    lower: float | None
    upper: float | None
    n: int
    groups: int
    verdict: Outcome
    needs_more: int | None
    sentence: str
    kind: LineKind = "criterion"
    at_most: float | None = None
    effective_n: float | None = None
    design_effect: float | None = None
    false_pass: float | None = None
    needs_images: int | None = None


@dataclass(frozen=True, slots=True)
class Family:
    """What it means that many lines are judged at once.

    Attributes:
        lines: how many lines carry a risk of passing by luck: criteria and subgroups.
        level: largest one-sided error that the spec lets one line have.
        any_false_pass: at most how often at least one line passes whose truth is at its bound, if all are; by Boole's
            inequality over the lines' own rates.
        correction: what the spec asks for: ``none`` or ``holm``.
        sentence: that in words, and what it means for the release.
    """

    lines: int
    level: float
    any_false_pass: float
    correction: str
    sentence: str


ALONE = Family(0, 0.0, 0.0, "none", "")
"""Of a verdict without lines that could pass by luck."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """``data/gate/verdict.json``, whole.

    Attributes:
        verdict: FAIL if any line fails, else NOT PROVEN if any line is, else PASS.
        lines: every criterion for every variant it names, in the spec's order, then parity.
        model_digests: variant to the SHA-256 of the model file that was judged, lower-case hex.
        family: the error of all lines together.
    """

    verdict: Outcome
    lines: tuple[Line, ...]
    model_digests: dict[str, str]
    family: Family = ALONE


@dataclass(frozen=True, slots=True)
class Tally:
    """What was counted for one criterion."""

    successes: int
    n: int
    groups: int


def judge(
    criteria: Sequence[Criterion], observations: Observations, parity: ParityReport, model_digests: dict[str, str]
) -> Verdict:
    """Every criterion against every variant it names, and the parity certificate.

    Args:
        criteria: the spec's acceptance.
        observations: of every variant on every frozen set.
        parity: the certificate.
        model_digests: variant to digest; these variants were judged, in this order.
    """
    lines = (*_lines(criteria, observations, tuple(model_digests)), parity_line(parity))
    return Verdict(overall(line.verdict for line in lines), lines, model_digests)


def overall(outcomes: Iterable[Outcome]) -> Outcome:
    """The worst of them: one FAIL fails, and one NOT PROVEN proves nothing. None at all proves nothing either."""
    found = set(outcomes)
    if "FAIL" in found:
        return "FAIL"
    return "PASS" if found == {"PASS"} else "NOT PROVEN"


def tally(criterion: Criterion, variant: str, observations: Observations) -> Tally:
    """Count what the criterion speaks of."""
    chosen: Flags = (
        (observations.variant == variant)
        & (observations.set == criterion.set)
        & (observations.kind == COUNTED[criterion.metric])
    )
    if criterion.label != EVERY:
        chosen &= observations.label == criterion.label
    for condition, values in criterion.where.items():
        chosen &= np.isin(observations.conditions[condition], values)
    groups = len(set(observations.group[chosen]))
    return Tally(int(observations.correct[chosen].sum()), int(chosen.sum()), groups)


def line(criterion: Criterion, variant: str, counted: Tally) -> Line:
    """Judge one criterion for one variant from what was counted."""
    observed = lower = upper = more = None
    verdict: Outcome = "NOT PROVEN"
    if counted.n:
        observed = counted.successes / counted.n
        lower = wilson_lower(counted.successes, counted.n, criterion.confidence)
        upper = wilson_upper(counted.successes, counted.n, criterion.confidence)
        verdict = _outcome(lower, upper, criterion.bound)
        if verdict == "NOT PROVEN":
            more = needed(counted.successes, counted.n, criterion.bound, criterion.confidence)
    asked = criterion.model_dump(exclude={"variant", "at_most"})
    judged = Line(
        variant=variant, observed=observed, lower=lower, upper=upper, n=counted.n, groups=counted.groups,
        verdict=verdict, needs_more=more, sentence="", **asked,
    )  # fmt: skip
    return replace(judged, sentence=sentence(judged))


def parity_line(parity: ParityReport) -> Line:
    """The certificate as a line: red fails whatever the scores say, since they are then not the device's."""
    red = [f"{row.left} and {row.right} differ in {row.level} {row.variant}".rstrip() for row in parity.rows
           if row.verdict == "FAIL"]  # fmt: skip
    good, n = len(parity.rows) - len(red), len(parity.rows)
    said = "; ".join(red) if red else f"{n} comparisons of training, export and device agree"
    verdict = parity.verdict
    return Line(
        set="", variant="", label=EVERY, where={}, metric="parity", at_least=1.0, confidence=1.0,
        observed=good / n if n else None, lower=None, upper=None, n=n, groups=0, verdict=verdict, needs_more=None,
        sentence=f"parity · {said if n else 'nothing was compared'}: {verdict}",
    )  # fmt: skip


def _lines(criteria: Sequence[Criterion], observations: Observations, variants: Sequence[str]) -> Iterator[Line]:
    for criterion in criteria:
        for variant in variants if criterion.variant == EVERY else (criterion.variant,):
            yield line(criterion, variant, tally(criterion, variant, observations))


def _outcome(lower: float, upper: float, at_least: float) -> Outcome:
    if lower >= at_least:
        return "PASS"
    return "FAIL" if upper < at_least else "NOT PROVEN"


def sentence(judged: Line) -> str:
    """A criterion's line in words: bounds are cut off, never rounded over the limit."""
    of = f" of {judged.label}" if judged.label != EVERY else ""
    subject = f"{judged.set}{_where(judged)} · {judged.variant} · {judged.metric}{of}"
    if judged.observed is None or judged.lower is None or judged.upper is None:
        return f"{subject}: {_nothing(judged, of)}: {judged.verdict}"
    digits = max(2, len(f"{judged.at_least:g}") - 2)
    bound, value = ("at best", judged.upper) if judged.verdict == "FAIL" else ("proven", judged.lower)
    return (
        f"{subject} {judged.observed:.{digits}f}, {bound} {_cut_off(value, digits)} "
        f"(needs {judged.at_least:.{digits}f}), n {judged.n} in {judged.groups} group{'s' * (judged.groups != 1)}: "
        f"{judged.verdict}{_advice(judged, of)}"
    )


def _where(judged: Line) -> str:
    parts = [f"{condition}={'|'.join(values)}" for condition, values in sorted(judged.where.items())]
    return f" at {', '.join(parts)}" if parts else ""


def _nothing(judged: Line, of: str) -> str:
    place = f"{judged.set}{_where(judged)}"
    if judged.metric == "precision":
        return f"nothing was detected{' as ' + judged.label if of else ''} in {place}"
    return f"there is no image{of} in {place}" if of else f"there is no object in {place}"


def _advice(judged: Line, of: str) -> str:
    if judged.verdict != "NOT PROVEN":
        return ""
    if judged.needs_more is None:
        return "; more of the same would not prove it: the observed share must rise"
    return f"; needs about {judged.needs_more} more {COUNTED[judged.metric]}s{of}{_where(judged)}"


def _cut_off(value: float, digits: int) -> str:
    return f"{math.floor(value * 10**digits + 1e-9) / 10**digits:.{digits}f}"
