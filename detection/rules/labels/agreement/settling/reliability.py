"""How far each annotator can be relied on: held against the expert, and against what the others agree on.

Against the expert it is the plain matching of two answers; against the others see :mod:`others`. Weights and agreement
depend on each other, so they are found by turns: everybody weighs the same first, then as much as their F1, until
nothing moves.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detection.rules.labels.agreement.gathering.answers import Answers, Couples, Reals, against_expert, arranged
from detection.rules.labels.agreement.gathering.matching import Drawings, match
from detection.rules.labels.agreement.gathering.objects import Objects, gather
from detection.rules.labels.agreement.settling.others import Tally, against_others
from detection.rules.labels.samples import Annotations, Assignments

PRIOR_OBJECTS = 10.0
"""Objects' worth of everybody's mean F1 that is added to each annotator's, so that a few frames condemn nobody."""
LEAST = 0.01
"""Weight of an annotator who is never right: above nothing, so that an only answer still counts."""
ROUNDS = 20
_SAME = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class Reliability:
    """Who can be relied on.

    Attributes:
        weight: ``(annotators,)`` in (0, 1]: F1 against expert and others, drawn to the mean where frames are few.
        consensus: everybody's answers against what the others agree on, where there are others.
        verified: against the expert, where there is one.
    """

    weight: Reals
    consensus: Tally
    verified: Tally


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """Everybody's answers, gathered into objects, and who can be relied on."""

    answers: Answers
    objects: Objects
    reliability: Reliability


def hear(boxes: Annotations, assignments: Assignments, at_least: float) -> Heard:
    """Arrange everybody's answers once for all that is made of them.

    Args:
        boxes: everybody's boxes.
        assignments: who looked at which frame.
        at_least: overlap from which boxes of two annotators are one object.
    """
    answers = arranged(boxes, assignments)
    objects = gather(answers, at_least)
    return Heard(answers, objects, estimate(answers, objects, at_least))


def estimate(answers: Answers, objects: Objects, at_least: float) -> Reliability:
    """Find weights that fit the agreement they bring about.

    Args:
        answers: everybody's.
        objects: what the annotators drew, gathered.
        at_least: overlap from which a box is on an object.
    """
    verified = _against_expert(answers, against_expert(answers), at_least)
    weight = np.ones(len(answers.annotators))
    consensus = against_others(answers, objects, weight, at_least)
    for _ in range(ROUNDS):
        before, weight = weight, _weights(answers, consensus, verified)
        consensus = against_others(answers, objects, weight, at_least)
        if np.abs(weight - before).max(initial=0.0) < _SAME:
            break
    return Reliability(weight, consensus, verified)


def _against_expert(answers: Answers, couples: Couples, at_least: float) -> Tally:
    drawn = Drawings(answers.corners, answers.label, answers.starts)
    found = match(drawn, couples, at_least, any_class=False)
    first, size = found.is_first, len(couples)
    counts = [
        np.bincount(found.couple[chosen], weight, size).astype(np.float64)
        for chosen, weight in (
            (first, found.partner[first] >= 0), (first, None), (~first, None), (first, found.overlap[first])
        )
    ]  # fmt: skip
    return Tally(couples.first, *counts)


def _weights(answers: Answers, consensus: Tally, verified: Tally) -> Reals:
    """F1 over expert and others, an expert's frame counting once, each drawn to the mean by :data:`PRIOR_OBJECTS`."""
    known = np.zeros(len(answers), np.bool_)
    known[verified.answer] = True
    rest = consensus.take(np.flatnonzero(~known[consensus.answer]))
    who = answers.annotator[np.concatenate([verified.answer, rest.answer])]
    found = np.concatenate([verified.found, rest.found])
    both = np.concatenate([verified.drawn + verified.there, rest.drawn + rest.there]) / 2
    hits, all_of = (np.bincount(who, column, len(answers.annotators)) for column in (found, both))
    mean = hits.sum() / all_of.sum() if all_of.sum() else 1.0
    return np.maximum((hits + PRIOR_OBJECTS * mean) / (all_of + PRIOR_OBJECTS), LEAST)
