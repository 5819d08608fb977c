"""Where is a class cut? At the score whose F1 is best, chosen on frames that never judge."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detection.rules.judging.matching import Flags, Matches, Reals

UNDECIDED = 0.5
"""The cut of a class of which nothing right was ever found."""


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """What each possible cut of one class would give; ``(k,)`` each, from the highest cut to the lowest.

    Attributes:
        score: the lowest that is kept.
        precision: of those kept.
        recall: of the objects.
        f1: of both.
    """

    score: Reals
    precision: Reals
    recall: Reals
    f1: Reals


def curve(scores: Reals, correct: Flags, truths: int) -> Curve:
    """Every cut that keeps another number of detections.

    Args:
        scores: ``(n,)`` calibrated scores of one class, descending.
        correct: ``(n,)`` whether each found an object.
        truths: how many objects there are.
    """
    last = np.flatnonzero(np.diff(scores, append=-1.0))  # equal scores are kept or dropped together
    kept, right = last + 1.0, np.cumsum(correct)[last].astype(np.float64)
    recall = right / truths if truths else np.zeros(len(right))
    return Curve(scores[last], right / kept, recall, 2 * right / (kept + truths))


def best_cut(scores: Reals, correct: Flags, truths: int) -> float:
    """The cut with the best F1, midway to the next score below; of several the highest.

    Returns:
        :data:`UNDECIDED` if no cut finds anything.
    """
    possible = curve(scores, correct, truths)
    if not possible.f1.size or possible.f1.max() <= 0:
        return UNDECIDED
    best = int(possible.f1.argmax())
    return float(possible.score[best : best + 2].mean())


def class_curve(matches: Matches, label: int) -> Curve:
    """:func:`curve` of one class at the first overlap of ``matches``."""
    of_class = matches.label == label
    truths = int((matches.truth_label == label).sum())
    return curve(matches.score[of_class], matches.partner[of_class, 0] >= 0, truths)
