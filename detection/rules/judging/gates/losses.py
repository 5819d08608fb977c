"""What a variant loses against the full-precision model it was made from: both drawn over the same groups.

A frame that is hard for one is hard for the other; drawn together, that cancels, and a loss is known far better than
either figure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from detection.rules.judging.gates.counting import Evidence, weights
from detection.rules.judging.gates.criteria import Effort, finite
from detection.rules.judging.gates.lines import Line, Outcome
from detection.rules.judging.gates.luck import Dice
from detection.rules.judging.gates.measures import DrawnMeasure
from detection.rules.judging.gates.sentences import cut_off, raised
from detection.rules.judging.intervals import draw_groups
from detection.rules.judging.scores import metrics
from detection.rules.judging.scores.rows import EVERY
from detection.rules.spec.detector import Variants

METRIC = "ap50_95_loss"
SETS = ("golden", "challenge")
INSTEAD = "test"
"""Where neither of the frozen sets holds a frame."""


@dataclass(frozen=True, slots=True, eq=False)
class ExaminedLoss:
    """One variant's loss on one set; :meth:`at` judges it at any confidence.

    Attributes:
        allowed: by the spec.
        variant: which variant.
        reference: the full-precision variant.
        set: which set.
        kept: AP50-95 of the variant.
        was: AP50-95 of the reference.
        measure: of the difference.
    """

    allowed: Variants
    variant: str
    reference: str
    set: str
    kept: float
    was: float
    measure: DrawnMeasure

    @property
    def confidence(self) -> float:
        """That the spec asks for."""
        return self.allowed.confidence

    def at(self, confidence: float) -> Line:
        """The line at that one-sided confidence: PASS if a loss beyond the limit is excluded."""
        found, limit = self.measure.bounds(confidence), self.allowed.ap50_95_loss_maximum
        verdict: Outcome = "NOT PROVEN"
        if found is not None:
            verdict = "PASS" if found.upper <= limit else "FAIL" if found.lower > limit else "NOT PROVEN"
        line = Line(
            kind="loss", set=self.set, variant=self.variant, label=EVERY, where={}, metric=METRIC, at_least=None,
            at_most=limit, confidence=confidence, observed=finite(self.measure.observed),
            lower=finite(found.lower) if found else None, upper=finite(found.upper) if found else None,
            n=self.measure.n, groups=self.measure.groups, verdict=verdict, needs_more=None, sentence="",
        )  # fmt: skip
        return replace(line, sentence=self._sentence(line))

    def luck(self, line: Line, dice: Dice) -> Line:
        """The line as it is: there is no model of a variant whose loss is exactly at the limit."""
        return line

    def _sentence(self, line: Line) -> str:
        subject = f"{line.set} · {line.variant} · AP50-95 against {self.reference}"
        if line.observed is None:
            return f"{subject}: there is nothing to count: {line.verdict}"
        said = (
            f"{self.kept:.3f} of {self.was:.3f}, {'loses' if line.observed >= 0 else 'gains'} {abs(line.observed):.3f}"
        )
        proven = "the loss has no known limit" if line.upper is None else f"loss proven at most {raised(line.upper, 3)}"
        if line.verdict == "FAIL" and line.lower is not None:
            proven = f"loss at least {cut_off(line.lower, 3)}"
        asked = f"(needs at most {self.allowed.ap50_95_loss_maximum:g})"
        groups = f"{line.groups} group{'s' * (line.groups != 1)}"
        return f"{subject}: {said}, {proven} {asked}, n {line.n} in {groups}: {line.verdict}"


def examine_losses(
    allowed: Variants, variants: Sequence[str], evidence: Evidence, effort: Effort
) -> Iterator[ExaminedLoss]:
    """Every variant but the reference, on golden and on challenge.

    Args:
        allowed: by the spec.
        variants: that were judged, the reference first.
        evidence: what may be counted.
        effort: how long is drawn.
    """
    present = set(evidence.frames.set.tolist())
    for name in [one for one in SETS if one in present] or [INSTEAD]:
        for variant in variants[1:]:
            yield _examined(allowed, (variant, variants[0]), name, evidence, effort)


def _examined(allowed: Variants, pair: tuple[str, str], name: str, evidence: Evidence, effort: Effort) -> ExaminedLoss:
    seen, plain = (
        metrics.select(evidence.observations, evidence.frames, (variant, name, EVERY), {}) for variant in pair
    )
    kept, was = (metrics.figure("ap50_95", one) for one in (seen, plain))
    draws = draw_groups(len(plain.groups), effort.resamples, effort.dice.seed)
    lost = metrics.resampled("ap50_95", plain, draws) - metrics.resampled("ap50_95", seen, draws)
    n = round(float(weights("ap50_95", plain).sum()))
    measure = DrawnMeasure(was - kept, lost, n, len(plain.groups))
    return ExaminedLoss(allowed, *pair, name, kept, was, measure)
