"""The whole verdict: criteria, subgroups, losses, cases, targets and parity, with the error of all together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from detection.rules.judging.costs import CostSheet
from detection.rules.judging.gates import family
from detection.rules.judging.gates.cases import case_lines
from detection.rules.judging.gates.counting import Evidence
from detection.rules.judging.gates.criteria import Effort, Examined, examine
from detection.rules.judging.gates.lines import Verdict, overall, parity_line
from detection.rules.judging.gates.losses import ExaminedLoss, examine_losses
from detection.rules.judging.gates.subgroups import ExaminedSubgroup, examine_subgroup
from detection.rules.judging.gates.targets import target_lines, unmeasured
from detection.rules.judging.parity import ParityReport
from detection.rules.judging.scores.rows import EVERY
from detection.rules.spec.detector import Variants
from detection.rules.spec.judging import Acceptance
from detection.rules.spec.targets import Target


@dataclass(frozen=True, slots=True)
class Shipping:
    """What holds for the variants beside their own figures.

    Attributes:
        variants: that were judged, the reference first.
        allowed: what a variant may lose.
        targets: the devices.
        costs: what the variants cost here.
    """

    variants: tuple[str, ...]
    allowed: Variants
    targets: tuple[Target, ...]
    costs: CostSheet


@dataclass(frozen=True, slots=True, eq=False)
class Trial:
    """What a verdict is about.

    Attributes:
        evidence: what may be counted.
        parity: the certificate.
        model_digests: variant to digest; these variants were judged, in this order.
        condition_values: condition to its values, as the spec declares them.
        shipping: what holds for the variants beside their own figures.
    """

    evidence: Evidence
    parity: ParityReport
    model_digests: dict[str, str]
    condition_values: Mapping[str, Sequence[str]]
    shipping: Shipping


def judge(acceptance: Acceptance, trial: Trial, effort: Effort) -> Verdict:
    """Every demand against every variant it names, the cases, the targets, and the parity certificate.

    Raises:
        DocumentError: a case names a frame that no set judges.
    """
    shipping = trial.shipping
    demands: list[Examined | ExaminedSubgroup | ExaminedLoss] = [*_criteria(acceptance, trial, effort)]
    demands += _subgroups(acceptance, trial, effort)
    demands += examine_losses(shipping.allowed, shipping.variants, trial.evidence, effort)
    judged = family.judged(demands, acceptance.correction)
    lines = [demand.luck(line, effort.dice) for demand, line in zip(demands, judged, strict=True)]
    lines += case_lines(acceptance.cases, trial.evidence, tuple(trial.model_digests))
    lines += target_lines(shipping.targets, shipping.costs)
    lines.append(parity_line(trial.parity))
    said = family.family(lines, acceptance.correction)
    silent = unmeasured(shipping.targets, shipping.costs, shipping.variants)
    return Verdict(overall(line.verdict for line in lines), tuple(lines), trial.model_digests, said, silent)


def _criteria(acceptance: Acceptance, trial: Trial, effort: Effort) -> Iterator[Examined]:
    for criterion in acceptance.criteria:
        for variant in _variants(criterion.variant, trial):
            yield examine(criterion, variant, trial.evidence, effort)


def _subgroups(acceptance: Acceptance, trial: Trial, effort: Effort) -> Iterator[ExaminedSubgroup]:
    for demand in acceptance.subgroups:
        for variant in _variants(demand.variant, trial):
            values = trial.condition_values[demand.by]
            yield examine_subgroup(demand, variant, trial.evidence, values, effort.dice.seed)


def _variants(name: str, trial: Trial) -> tuple[str, ...]:
    return tuple(trial.model_digests) if name == EVERY else (name,)
