"""The worst value of a condition against the mean of its values: how far it may fall behind.

Each value's share has a posterior of its own (:mod:`posteriors`); the drop is the mean of the values' shares less the
smallest. Values are taken for independent although the same groups may stand in several: what groups share falls out
of the difference, so the bound is rather too wide than too narrow.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from detection.rules.judging.gates import counting
from detection.rules.judging.gates.counting import Counted, Evidence
from detection.rules.judging.gates.lines import Line, Outcome
from detection.rules.judging.gates.luck import Dice
from detection.rules.judging.matching import Integers, Reals
from detection.rules.judging.posteriors import share_posterior
from detection.rules.judging.scores.metrics import select
from detection.rules.spec.judging import Subgroup

RIVALS = 4_000
"""Draws of the posteriors for one bound."""
WORLDS = 300
"""Simulated judgements at most for the error rate of a subgroup's line: each weighs every value anew."""


@dataclass(frozen=True, slots=True, eq=False)
class ExaminedSubgroup:
    """A subgroup demand and the counts of each value, for one variant.

    Attributes:
        demand: the spec's.
        variant: which variant.
        values: the condition's values that the set holds.
        counted: of each value.
        seed: of the posteriors' draws.
    """

    demand: Subgroup
    variant: str
    values: tuple[str, ...]
    counted: tuple[Counted, ...]
    seed: int

    @property
    def confidence(self) -> float:
        """That the spec asks for."""
        return self.demand.confidence

    def at(self, confidence: float) -> Line:
        """The line at that one-sided confidence."""
        named = [(v, c) for v, c in zip(self.values, self.counted, strict=True) if len(c.n)]
        missing = [v for v in self.values if v not in {name for name, _ in named}]
        if missing or len(named) < 2:
            return self._line(confidence, None)
        shares = np.array([c.successes.sum() / c.n.sum() for _, c in named])
        drops = _drops([c for _, c in named], self.seed)
        if min(len(c.n) for _, c in named) < 2:
            drops = np.array([0.0, 1.0])  # a value seen in one group is not known at all
        ends = np.quantile(drops, (1 - confidence, confidence))
        observed = float(shares.mean() - shares.min())
        line = self._line(confidence, observed)
        lower, upper = min(float(ends[0]), observed), max(float(ends[1]), observed)
        limit = self.demand.drop_maximum
        verdict: Outcome = "PASS" if upper <= limit else "FAIL" if lower > limit else "NOT PROVEN"
        judged = replace(
            line, where={self.demand.by: [self.values[int(shares.argmin())]]}, lower=lower, upper=upper, verdict=verdict
        )
        return replace(judged, sentence=self._sentence(judged))

    def luck(self, line: Line, dice: Dice) -> Line:
        """The line with its error rate: one value, each in turn the worst, stands just at the limit, the rest alike."""
        if line.observed is None or line.observed >= 1:
            return line
        rates = [self._passes(row, line.confidence, dice) for row in range(len(self.counted))]
        judged = replace(line, false_pass=max(rates))
        return replace(judged, sentence=self._sentence(judged))

    def _passes(self, worst: int, confidence: float, dice: Dice) -> float:
        limit, values = self.demand.drop_maximum, len(self.counted)
        whole = sum(c.successes.sum() for c in self.counted) / sum(c.n.sum() for c in self.counted)
        gap = limit * values / (values - 1)  # between the worst and each other value, so that the drop is the limit
        others = float(np.clip(whole + gap / values, gap + 0.01, 0.995))
        truths = np.full(values, others)
        truths[worst] = max(others - gap, 0.005)
        generator = np.random.default_rng(dice.seed)
        worlds = min(dice.draws, WORLDS)
        passed = 0
        for _ in range(worlds):
            drawn = [_drawn(c, float(p), generator) for c, p in zip(self.counted, truths, strict=True)]
            passed += bool(np.quantile(_drops(drawn, self.seed), confidence) <= limit)
        return passed / worlds

    def _line(self, confidence: float, observed: float | None) -> Line:
        asked = self.demand
        line = Line(
            kind="subgroup", set=asked.set, variant=self.variant, label=asked.label, where={}, metric=asked.metric,
            at_least=None, at_most=asked.drop_maximum, confidence=confidence, observed=observed, lower=None, upper=None,
            n=round(sum(float(c.n.sum()) for c in self.counted)),
            groups=max((len(c.n) for c in self.counted), default=0),
            verdict="NOT PROVEN", needs_more=None, sentence="",
        )  # fmt: skip
        return replace(line, sentence=self._sentence(line))

    def _sentence(self, line: Line) -> str:
        asked = self.demand
        of = f" of {asked.label}" if asked.label != "every" else ""
        subject = f"{asked.set} · {self.variant} · worst {asked.by} by {asked.metric}{of}"
        if line.observed is None or line.lower is None or line.upper is None:
            missing = [v for v, c in zip(self.values, self.counted, strict=True) if not len(c.n)]
            said = f"nothing to count at {', '.join(missing)}" if missing else "fewer than two values are there"
            return f"{subject}: {said}: NOT PROVEN"
        worst = line.where[asked.by][0]
        end = f"at least {_down(line.lower)}" if line.verdict == "FAIL" else f"proven at most {_up(line.upper)}"
        luck = f"; passes by luck {100 * line.false_pass:.0f} times in 100 at its bound" if line.false_pass else ""
        return (
            f"{subject}: {worst} is {line.observed:.3f} below the mean of {len(self.values)} values, {end} "
            f"(needs at most {asked.drop_maximum:g}), n {line.n}: {line.verdict}{luck}"
        )


def examine_subgroup(
    demand: Subgroup, variant: str, evidence: Evidence, values: Sequence[str], seed: int
) -> ExaminedSubgroup:
    """Count every value of the condition.

    Args:
        demand: the spec's.
        variant: which variant.
        evidence: what may be counted.
        values: the condition's values, as the spec declares them; one without frames is never proven.
        seed: of the posteriors' draws.
    """
    place = (variant, demand.set, demand.label)
    slices = (select(evidence.observations, evidence.frames, place, {demand.by: [value]}) for value in values)
    counted = tuple(counting.count(demand.metric, seen) for seen in slices)
    return ExaminedSubgroup(demand, variant, tuple(values), counted, seed)


def _drops(counted: Sequence[Counted], seed: int) -> Reals:
    """``(RIVALS,)`` the drop in draws of the posteriors."""
    generator = np.random.default_rng(seed)
    return _below_mean([_draw(c, generator) for c in counted])


def _below_mean(shares: Sequence[Reals]) -> Reals:
    stacked = np.stack(shares)
    return np.asarray(stacked.mean(axis=0) - stacked.min(axis=0))


def _draw(counted: Counted, generator: np.random.Generator) -> Reals:
    posterior = share_posterior(counted.successes, counted.n)
    return np.interp(generator.random(RIVALS), posterior.beneath, posterior.value)


def _drawn(counted: Counted, truth: float, generator: np.random.Generator) -> Counted:
    """Groups of the same sizes and likeness whose mean is ``truth``."""
    likeness = share_posterior(counted.successes, counted.n).likeness
    strength = 1 / likeness - 1
    n: Integers = counted.n.astype(np.int64)
    successes = generator.binomial(n, generator.beta(truth * strength, (1 - truth) * strength, len(n)))
    return Counted(successes.astype(np.float64), counted.n, counted.images)


def _down(value: float) -> str:
    return f"{math.floor(value * 1000 + 1e-9) / 1000:.3f}"


def _up(value: float) -> str:
    return f"{math.ceil(value * 1000 - 1e-9) / 1000:.3f}"
