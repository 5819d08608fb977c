"""One variant of champion and challenger on one set: any figure of both, whole or on a slice, drawn together.

Groups are drawn once for the whole set; a slice takes its share of every draw, so that all figures of one draw, of both
models and of every slice, are of the same groups.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from detection.rules.judging.comparison.guardrails import Drawing
from detection.rules.judging.comparison.paired import Drawn, Ground, Pair, worst
from detection.rules.judging.intervals import draw_groups
from detection.rules.judging.matching import Integers
from detection.rules.judging.scores.metrics import Seen, Where, figure, resampled, select
from detection.rules.judging.scores.observations import FrameFacts, Observations
from detection.rules.judging.scores.rows import EVERY
from detection.rules.labels.samples import Strings
from detection.rules.spec.judging import Metric

EVERYWHERE: Where = {}


@dataclass(frozen=True, slots=True, eq=False)
class Both:
    """What was observed of champion and challenger."""

    champion: Observations
    challenger: Observations

    def __iter__(self) -> Iterator[Observations]:
        """The champion first."""
        return iter((self.champion, self.challenger))


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """A figure of both, and what it was measured on."""

    pair: Pair
    ground: Ground


@dataclass(frozen=True, slots=True, eq=False)
class Worst:
    """The lowest figure among the values of a condition, and the value where the challenger's is lowest."""

    value: str
    measured: Measured


@dataclass(frozen=True, slots=True, eq=False)
class Bout:
    """One variant of both on one set.

    Attributes:
        variant: of both.
        set: the frozen set.
        both: their observations of it.
        facts: of the judged frames of every set.
        groups: names of the set's groups, sorted.
        draws: ``(r, groups)`` how often each was drawn.
    """

    variant: str
    set: str
    both: Both
    facts: FrameFacts
    groups: Strings
    draws: Integers

    def measure(self, metric: Metric, label: str = EVERY, where: Where = EVERYWHERE) -> Measured:
        """A figure of both on a slice.

        Args:
            metric: which.
            label: class id, or ``every``.
            where: the slice.
        """
        place = (self.variant, self.set, label)
        champion, challenger = (select(one, self.facts, place, where) for one in self.both)
        draws = self.draws[:, np.searchsorted(self.groups, champion.groups)]
        first, second = (Drawn(figure(metric, one), resampled(metric, one, draws)) for one in (champion, challenger))
        counted = min(counted_in(metric, champion), counted_in(metric, challenger))
        ground = Ground(len(champion.frames), len(champion.groups), counted)
        return Measured(Pair(first, second, alike=_alike(champion, challenger)), ground)

    def worst(self, condition: str) -> Worst | None:
        """Recall in the worst value of a condition, looked for in each model and each draw anew.

        Returns:
            On the ground of the value that is worst for the challenger; None if no value holds an object.
        """
        measured = {value: self.measure("recall", where={condition: [value]}) for value in self.values(condition)}
        known = {value: one for value, one in measured.items() if one.ground.n}
        if not known:
            return None
        value = min(known, key=lambda value: known[value].pair.challenger.observed)
        pair = Pair(
            worst([one.pair.champion for one in known.values()]),
            worst([one.pair.challenger for one in known.values()]),
            alike=all(one.pair.alike for one in known.values()),
        )
        return Worst(value, Measured(pair, known[value].ground))

    def values(self, condition: str) -> list[str]:
        """What is known of a condition in this set, sorted."""
        return sorted(set(self.facts.conditions[condition][self.facts.set == self.set]) - {""})

    def detections(self) -> int:
        """How many the challenger made, above and below its thresholds."""
        return int((self.both.challenger.kind == "detection").sum())


def bout(variant: str, set: str, both: Both, facts: FrameFacts, drawing: Drawing) -> Bout:  # noqa: A002
    """One variant of both on one set, with the groups drawn.

    Args:
        variant: of both.
        set: the frozen set.
        both: observations of every variant on every set.
        facts: of the judged frames of every set.
        drawing: how groups are drawn.
    """
    within = Both(*(one.take((one.variant == variant) & (one.set == set)) for one in both))
    groups: Strings = np.unique(facts.group[facts.set == set].astype(str))
    return Bout(variant, set, within, facts, groups, draw_groups(len(groups), drawing.resamples, drawing.seed))


def counted_in(metric: Metric, seen: Seen) -> int:
    """Observations of which a figure is a share; 0 for figures that are none."""
    detection = seen.observations.kind == "detection"
    if metric == "precision":
        return int((detection & seen.observations.kept).sum())
    return int((~detection).sum()) if metric in ("recall", "f1") else 0


def _alike(champion: Seen, challenger: Seen) -> bool:
    """The same boxes with the same scores, all of them."""
    first, second = champion.observations, challenger.observations
    return (
        np.array_equal(first.corners, second.corners)
        and np.array_equal(first.score, second.score, equal_nan=True)
        and np.array_equal(first.kept, second.kept)
    )
