"""What each possible cut of a class would give, counted on frames that never judge. Chooses nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detection.rules.judging.matching import Flags, Integers, Matches, Reals

UNDECIDED = 0.5
"""The cut of a class of which nothing right was ever found."""


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What is known of one class on the frames its cut is chosen on.

    Attributes:
        score: ``(n,)`` calibrated scores of its detections, descending.
        correct: ``(n,)`` whether each found an object.
        group: ``(n,)`` number of the frame's group, from 0.
        truth_group: ``(m,)`` number of the group of each object.
        frames: how many frames.
        groups: how many groups they are of.
    """

    score: Reals
    correct: Flags
    group: Integers
    truth_group: Integers
    frames: int
    groups: int


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """What each possible cut of one class would give; ``(k,)`` each, from the highest cut to the lowest.

    Attributes:
        score: the lowest that is kept.
        kept: detections.
        right: of those, that found an object.
        truths: how many objects there are.
    """

    score: Reals
    kept: Reals
    right: Reals
    truths: int

    @property
    def precision(self) -> Reals:
        """Right ones of those kept."""
        return self.right / self.kept

    @property
    def recall(self) -> Reals:
        """Right ones of the objects; 0 where there are none."""
        return self.right / self.truths if self.truths else np.zeros(len(self.right))

    @property
    def f1(self) -> Reals:
        """Of both."""
        return 2 * self.right / (self.kept + self.truths)

    @property
    def false(self) -> Reals:
        """Detections that found nothing."""
        return self.kept - self.right

    @property
    def missed(self) -> Reals:
        """Objects that nothing kept found."""
        return self.truths - self.right

    def cut(self, place: int) -> float:
        """A cut that keeps what ``place`` keeps: midway to the next score below, which keeps clear of both."""
        return float(self.score[place : place + 2].mean())


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one cut gives.

    Attributes:
        kept: detections.
        right: of those, that found an object.
        truths: how many objects there are.
    """

    kept: int
    right: int
    truths: int

    @property
    def precision(self) -> float | None:
        """None where nothing is kept."""
        return self.right / self.kept if self.kept else None

    @property
    def recall(self) -> float | None:
        """None without objects."""
        return self.right / self.truths if self.truths else None

    @property
    def f1(self) -> float | None:
        """None where there is neither."""
        return 2 * self.right / (self.kept + self.truths) if self.kept + self.truths else None

    @property
    def false(self) -> int:
        """Detections that found nothing."""
        return self.kept - self.right

    @property
    def missed(self) -> int:
        """Objects that nothing kept found."""
        return self.truths - self.right


def curve(scores: Reals, correct: Flags, truths: int) -> Curve:
    """Every cut that keeps another number of detections.

    Args:
        scores: ``(n,)`` calibrated scores of one class, descending.
        correct: ``(n,)`` whether each found an object.
        truths: how many objects there are.
    """
    last = np.flatnonzero(np.diff(scores, append=-1.0))  # equal scores are kept or dropped together
    return Curve(scores[last], (last + 1).astype(np.float64), np.cumsum(correct)[last].astype(np.float64), truths)


def outcome(evidence: Evidence, cut: float) -> Outcome:
    """What is kept at ``cut``, and how much of it is right."""
    kept = evidence.score >= cut
    return Outcome(int(kept.sum()), int(evidence.correct[kept].sum()), len(evidence.truth_group))


def class_curve(matches: Matches, label: int, column: int = 0) -> Curve:
    """:func:`curve` of one class at one of the overlaps of ``matches``."""
    of_class = matches.label == label
    truths = int((matches.truth_label == label).sum())
    return curve(matches.score[of_class], matches.partner[of_class, column] >= 0, truths)
