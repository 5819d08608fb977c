"""What could the judging sets prove at all? Answered from their labels alone, before any model is trained."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from detection.rules.judging.gates.luck import FARTHEST, Demand, Dice, groups_needed, pass_rate, truth_needed
from detection.rules.judging.intervals import design_effect, rate_bounds, share_bounds
from detection.rules.judging.matching import Flags, Integers
from detection.rules.judging.scores.observations import FrameFacts
from detection.rules.judging.scores.rows import EVERY
from detection.rules.labels.samples import Strings
from detection.rules.spec.judging import SIZE, Criterion


@dataclass(frozen=True, slots=True)
class Plan:
    """What is assumed and asked.

    Attributes:
        power: how often a model that is good enough shall pass.
        likeness: intraclass correlation of boxes of one group, above 0 and below 1: how much groups differ.
        dice: of the simulation.
    """

    power: float
    likeness: float
    dice: Dice


@dataclass(frozen=True, slots=True, eq=False)
class Objects:
    """``m`` labelled objects, column by column: frame id, class id, ``small``, ``medium`` or ``large``."""

    frame: Strings
    label: Strings
    size: Strings


@dataclass(frozen=True, slots=True)
class Prospect:
    """What the set can prove of one criterion.

    Attributes:
        criterion: the line.
        n: objects of the slice (background frames for false detections in them). For precision it is assumed that as
            many are detected; for F1 and average precision likewise.
        groups: groups that hold them.
        images: frames that hold them.
        effect: design effect of these groups at the assumed likeness.
        best: what a model without any error would prove; None where nothing is there or it cannot be foretold.
        false_pass: how often a model passes that is just at the bound; None likewise.
        truth_needed: the true figure from which a model passes with the wished power; None if none does.
        target: a true figure half as far from perfection as the bound.
        images_more: about how many more images of such frames, from further groups, prove ``target`` with that power;
            0 if there are enough; None if no sensible number would.
    """

    criterion: Criterion
    n: int
    groups: int
    images: int
    effect: float
    best: float | None
    false_pass: float | None
    truth_needed: float | None
    target: float | None
    images_more: int | None

    @property
    def provable(self) -> bool:
        """A perfect model would pass; True of what cannot be foretold, so that nothing is refused without proof."""
        if self.best is None:
            return self.criterion.metric == "calibration_error"
        asked = self.criterion
        return self.best >= asked.bound if asked.at_least is not None else self.best <= asked.bound


def prospects(criteria: Sequence[Criterion], frames: FrameFacts, objects: Objects, plan: Plan) -> Iterator[Prospect]:
    """One for each criterion; variants are alike before they are trained.

    Args:
        criteria: the spec's.
        frames: every frame of the judging sets.
        objects: every label of theirs.
        plan: what is assumed.
    """
    for criterion in criteria:
        inside = _inside(criterion, frames)
        rows = _rows(criterion, frames.id[inside], objects)
        if criterion.metric == "calibration_error":
            yield Prospect(criterion, int(rows.sum()), 0, 0, 1.0, None, None, None, None, None)
        elif criterion.metric == "false_per_background_frame":
            yield _of_background(criterion, frames, inside & ~np.isin(frames.id, objects.frame[rows]))
        else:
            yield _of_objects(criterion, frames, objects.frame[rows], plan)


def _inside(criterion: Criterion, frames: FrameFacts) -> Flags:
    inside: Flags = frames.set == criterion.set
    for condition, values in criterion.where.items():
        if condition != SIZE:
            inside = inside & np.isin(frames.conditions[condition], values)
    return inside


def _rows(criterion: Criterion, frames: Strings, objects: Objects) -> Flags:
    rows: Flags = np.isin(objects.frame, frames)
    if criterion.label != EVERY:
        rows = rows & (objects.label == criterion.label)
    return rows & np.isin(objects.size, criterion.where[SIZE]) if SIZE in criterion.where else rows


def _of_objects(criterion: Criterion, frames: FrameFacts, holding: Strings, plan: Plan) -> Prospect:
    group_of = dict(zip(frames.id.tolist(), frames.group.tolist(), strict=True))
    n: Integers = np.unique([group_of[frame] for frame in holding.tolist()], return_counts=True)[1].astype(np.int64)
    images = len(set(holding.tolist()))
    bounds = share_bounds(n, n, criterion.confidence)
    if bounds is None:
        return Prospect(criterion, 0, 0, 0, 1.0, None, None, None, None, None)
    demand = Demand(n, criterion.bound, criterion.confidence, plan.likeness)
    target = min((1 + criterion.bound) / 2, FARTHEST)
    times = groups_needed(demand, target, plan.power, plan.dice)
    return Prospect(
        criterion, int(n.sum()), len(n), images, design_effect(n.astype(np.float64), plan.likeness), bounds.lower,
        pass_rate(demand, criterion.bound, plan.dice), truth_needed(demand, plan.power, plan.dice), target,
        None if times is None else math.ceil((times - 1) * images),
    )  # fmt: skip


def _of_background(criterion: Criterion, frames: FrameFacts, background: Flags) -> Prospect:
    """What is proven of a model that never fires where nothing is; more than that is not foretold."""
    exposure = np.unique(frames.group[background].astype(str), return_counts=True)[1].astype(np.float64)
    bounds = rate_bounds(np.zeros(len(exposure)), exposure, criterion.confidence)
    n = int(background.sum())
    best = bounds.upper if bounds is not None else None
    return Prospect(criterion, n, len(exposure), n, 1.0, best, None, None, None, None)
