"""What the gate says: one line per demand, one verdict over all, and the error of all together.

A demand is judged on a confidence bound, not on the observed figure: PASS if the bound is proven, FAIL if it is
refuted, NOT PROVEN in between, with how much more of the same would settle it at the observed figure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from detection.rules.judging.parity import ParityReport
from detection.rules.judging.scores.rows import EVERY

Outcome = Literal["PASS", "FAIL", "NOT PROVEN"]
LineKind = Literal["criterion", "case", "subgroup", "loss", "target", "parity"]


@dataclass(frozen=True, slots=True)
class Line:
    """One demand, judged for one variant.

    Attributes:
        set: which frozen set it was judged on; a target's id; ``""`` for the parity certificate.
        variant: a variant's name; ``""`` for the parity certificate.
        label: class id, or ``every`` for all boxes together.
        where: the slice: for each condition the values a frame must have; empty takes every frame of the set. Of a
            subgroup: the worst value.
        metric: what was measured; ``never_miss`` or ``never_fire`` of a case, ``ap50_95_loss`` of a loss, ``p95_ms`` or
            ``memory_mb`` of a target, ``parity`` of the certificate.
        at_least: the figure that must be proven from below.
        confidence: one-sided level of the bounds, after correction if there is one.
        observed: the figure; None if there was nothing to count. Of a subgroup: how far the worst value lies below the
            mean of all. Of a loss: how far the variant lies below the reference.
        lower: the figure is at least this, at the stated confidence; None if that is not known.
        upper: the figure is at most this, at the stated confidence; None if that is not known.
        n: observations: kept detections for precision, labelled objects for recall, background frames for the false
            detections in them, the mean of detections and objects for F1 and average precision, comparisons for parity,
            timed frames of a target.
        groups: independent groups that these observations come from.
        verdict: what was proven.
        needs_more: further observations, from further groups like these, that would prove the bound at the observed
            figure; None if it is decided, or if no number would do.
        sentence: the line in words, with its verdict.
        kind: what the line is about; a case is a named frame, a subgroup the worst value of a condition, a loss what a
            variant loses against the reference, a target what it costs on a kind of device.
        at_most: the figure that must be proven from above; exactly one of ``at_least`` and ``at_most`` is given.
        effective_n: independent observations that would tell as much as ``n``; None where no figure was counted.
        design_effect: ``n / effective_n``; None where no figure was counted.
        false_pass: how often this very line passes, by simulation with its own groups, if the truth is just at its
            bound; None where nothing is simulated (parity, cases, losses, targets, calibration error, nothing counted).
        needs_images: about how many images hold ``needs_more``; None where that is None.
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
        lines: how many lines carry a risk of passing by luck: criteria, subgroups, losses.
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
        lines: every criterion for every variant it names, in the spec's order, then subgroups, losses, cases, targets
            and parity.
        model_digests: variant to the SHA-256 of the model file that was judged, lower-case hex.
        family: the error of all lines together.
        unmeasured: a sentence for each target that nothing here can speak of; it does not hold the release back.
    """

    verdict: Outcome
    lines: tuple[Line, ...]
    model_digests: dict[str, str]
    family: Family = ALONE
    unmeasured: tuple[str, ...] = ()


def overall(outcomes: Iterable[Outcome]) -> Outcome:
    """The worst of them: one FAIL fails, and one NOT PROVEN proves nothing. None at all proves nothing either."""
    found = set(outcomes)
    if "FAIL" in found:
        return "FAIL"
    return "PASS" if found == {"PASS"} else "NOT PROVEN"


def parity_line(parity: ParityReport) -> Line:
    """The certificate as a line: red fails whatever the scores say, since they are then not the device's."""
    red = [f"{row.left} and {row.right} differ in {row.level} {row.variant}".rstrip() for row in parity.rows
           if row.verdict == "FAIL"]  # fmt: skip
    good, n = len(parity.rows) - len(red), len(parity.rows)
    said = "; ".join(red) if red else f"{n} comparisons of training, export and device agree"
    verdict = parity.verdict
    return Line(
        kind="parity", set="", variant="", label=EVERY, where={}, metric="parity", at_least=1.0, confidence=1.0,
        observed=good / n if n else None, lower=None, upper=None, n=n, groups=0, verdict=verdict, needs_more=None,
        sentence=f"parity · {said if n else 'nothing was compared'}: {verdict}",
    )  # fmt: skip
