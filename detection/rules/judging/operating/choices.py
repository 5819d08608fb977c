"""Every class's cut, common and by condition, chosen by the spec's policies on frames that never judge; its price."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from detection.rules.judging.matching import Flags, Integers, Reals
from detection.rules.judging.operating.cuts import Evidence, Outcome, outcome
from detection.rules.judging.operating.points import Neighbour, OperatingRow
from detection.rules.judging.operating.policies import Choice, choose, cost, shipped, words
from detection.rules.labels.samples import Strings
from detection.rules.spec.judging import OperatingPoint, RiskBound

EVERY = "every"
STEPS = (-0.1, -0.05, 0.05, 0.1)
"""How far neighbours lie from a cut."""
CANDIDATES: Reals = np.linspace(0.0, 1.0, 101)
"""Raw scores at which risk is bounded; fixed, so that no frame has a say in them."""


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """One variant's detections and the objects on frames that never judge.

    Attributes:
        variant: the variant's name.
        label: ``(n,)`` number of the class of each detection.
        score: ``(n,)`` calibrated, descending within a class.
        correct: ``(n,)`` whether it found an object.
        frame: ``(n,)`` number of its frame.
        truth_label: ``(m,)`` number of the class of each object.
        truth_frame: ``(m,)`` number of its frame.
        used: ``(frames,)`` whether a frame is one of them.
        group_of: ``(frames,)`` its group.
        conditions: ``(frames,)`` values of each condition; ``""`` is unknown.
    """

    variant: str
    label: Integers
    score: Reals
    correct: Flags
    frame: Integers
    truth_label: Integers
    truth_frame: Integers
    used: Flags
    group_of: Strings
    conditions: Mapping[str, Strings]

    def of(self, label: int, frames: Flags) -> Evidence:
        """What is known of a class on some of the frames."""
        here = (self.label == label) & frames[self.frame]
        objects = (self.truth_label == label) & frames[self.truth_frame]
        names, number = np.unique(self.group_of[frames].astype(str), return_inverse=True)
        group = np.zeros(len(frames), np.int64)
        group[frames] = number
        return Evidence(
            self.score[here], self.correct[here], group[self.frame[here]], group[self.truth_frame[objects]],
            int(frames.sum()), len(names),
        )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """One class of a variant, and how it is to be cut.

    Attributes:
        number: of the class.
        label: its id.
        point: what the spec asks.
        values: of the condition it is cut by, if any.
        candidates: :data:`CANDIDATES` calibrated as its scores are.
        objects_minimum: objects under a condition's value from which it gets a cut of its own.
    """

    number: int
    label: str
    point: OperatingPoint
    values: tuple[str, ...]
    candidates: Reals
    objects_minimum: int


def point_of(points: Sequence[OperatingPoint], label: str) -> OperatingPoint:
    """The first entry that names the class, else the first for every; the spec has been checked to have one."""
    return next(p for wanted in (label, EVERY) for p in points if p.label == wanted)


def rows(material: Material, asked: Question) -> Iterator[OperatingRow]:
    """The common cut of a class first, then the cuts by condition, values in the spec's order."""
    policy = asked.point.policy
    evidence = material.of(asked.number, material.used)
    common = choose(policy, evidence, asked.candidates)
    unseen = (
        "" if len(evidence.truth_group) else "no object of this class in split val: it is cut where nothing was learnt"
    )
    yield _row(material, asked, "", evidence, Choice(common.cut, common.warning or unseen, common.bound))
    if asked.point.by is None:
        return
    column = material.conditions[asked.point.by]
    for value in asked.values:
        evidence = material.of(asked.number, material.used & (column == value))
        objects = len(evidence.truth_group)
        few = f"{objects} objects, fewer than {asked.objects_minimum}: cut where the class is cut in common"
        choice = Choice(common.cut, few)
        if objects >= asked.objects_minimum:
            choice = choose(policy, evidence, asked.candidates)
        yield _row(material, asked, f"{asked.point.by}={value}", evidence, choice)


def _row(material: Material, asked: Question, by: str, evidence: Evidence, choice: Choice) -> OperatingRow:
    policy = asked.point.policy
    here = outcome(evidence, choice.cut)
    total = cost(policy, here)
    return OperatingRow(
        variant=material.variant,
        label=asked.label,
        by=by,
        policy=words(policy),
        cut=choice.cut,
        precision=here.precision,
        recall=here.recall,
        f1=here.f1,
        false_detections=here.false,
        missed=here.missed,
        expected_cost=total / evidence.frames if total is not None and evidence.frames else None,
        bound=choice.bound,
        confidence=policy.confidence if isinstance(policy, RiskBound) and choice.bound is not None else None,
        n=evidence.frames,
        groups=evidence.groups,
        warning=choice.warning,
        neighbours=tuple(_neighbours(asked, evidence, choice.cut, here)),
    )


def _neighbours(asked: Question, evidence: Evidence, cut: float, here: Outcome) -> Iterator[Neighbour]:
    for at in sorted({shipped(float(np.clip(cut + step, 0, 1))) for step in STEPS} - {cut}):
        there = outcome(evidence, at)
        before, after = cost(asked.point.policy, here), cost(asked.point.policy, there)
        change = None if before is None or after is None else after - before
        yield Neighbour(at, there.false - here.false, there.missed - here.missed, change)
