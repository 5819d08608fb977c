"""Krippendorff's alpha for boxes: how far agreement goes beyond chance, 1 for full agreement, 0 for chance.

K. Krippendorff, "Content Analysis" (reliability, nominal data), carried over to boxes as in D. Tschirschwitz et al.,
"Drawing the Same Bounding Box Twice? Coping Noisy Annotations in Object Detection with Repeated Labels" (2022): the
units are the objects that anybody drew (:mod:`objects`); everybody who looked gives each unit a value, a class or
background. Alpha is computed frame by frame and averaged over frames; a frame in which everybody says the same has 1,
also one in which nobody drew anything.

Of one class, the values are that class and anything else, over the frames in which anybody drew it: else a rare class
would look perfect for being absent.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detection.rules.labels.agreement.gathering.answers import Answers, Integers, Reals
from detection.rules.labels.agreement.gathering.objects import Objects


@dataclass(frozen=True, slots=True, eq=False)
class Alphas:
    """``n`` alphas: of which frame, of which class (-1 for all together), and the value."""

    frame: Integers
    label: Integers
    value: Reals


def of_frames(answers: Answers, objects: Objects) -> Alphas:
    """Alpha of every frame at which at least two annotators looked."""
    votes = _votes(answers, objects)
    frames = np.flatnonzero(objects.looked >= 2)
    raters = objects.looked.astype(np.float64)
    units = np.bincount(objects.frame, minlength=len(raters)).astype(np.float64)
    drew = np.bincount(objects.of_box, minlength=len(objects)).astype(np.float64)
    background = raters[objects.frame] - drew
    alike = _summed(objects.frame[votes.unit], votes.count**2, len(raters))
    alike += _summed(objects.frame, background**2, len(raters))
    classes = max(len(answers.labels), 1)
    key, place = np.unique(objects.frame[votes.unit] * classes + votes.label, return_inverse=True)
    by_value = _summed(key // classes, _summed(place, votes.count, len(key)) ** 2, len(raters))
    by_value += _summed(objects.frame, background, len(raters)) ** 2
    value = _alpha(units * raters, units * raters**2 - alike, by_value, raters)
    return Alphas(frames, np.full(len(frames), -1, np.int64), value[frames])


def of_classes(answers: Answers, objects: Objects) -> Alphas:
    """Alpha of every class in every frame in which at least two annotators looked and anybody drew it."""
    votes = _votes(answers, objects)
    votes = votes.take(np.flatnonzero(objects.looked[objects.frame[votes.unit]] >= 2))
    classes = max(len(answers.labels), 1)
    key, place = np.unique(objects.frame[votes.unit] * classes + votes.label, return_inverse=True)
    raters = objects.looked[key // classes].astype(np.float64)
    count, units = votes.count, np.bincount(place, minlength=len(key)).astype(np.float64)
    unlike = _summed(place, 2 * count * (raters[place] - count), len(key))
    said, values = _summed(place, count, len(key)), units * raters
    value = _alpha(values, unlike, said**2 + (values - said) ** 2, raters)
    return Alphas(key // classes, key % classes, value)


@dataclass(frozen=True, slots=True, eq=False)
class _Votes:
    """``(v,)`` each: how many annotators said ``label`` of a unit."""

    unit: Integers
    label: Integers
    count: Reals

    def take(self, rows: Integers) -> _Votes:
        return _Votes(self.unit[rows], self.label[rows], self.count[rows])


def _votes(answers: Answers, objects: Objects) -> _Votes:
    classes = max(len(answers.labels), 1)
    key, count = np.unique(objects.of_box * classes + answers.label[objects.box], return_counts=True)
    return _Votes(key // classes, key % classes, count.astype(np.float64))


def _summed(place: Integers, weight: Reals, size: int) -> Reals:
    return np.bincount(place, weight, size).astype(np.float64)


def _alpha(values: Reals, unlike: Reals, by_value: Reals, raters: Reals) -> Reals:
    """One minus observed over expected disagreement, frame by frame; 1 where only one value was given.

    Args:
        values: ``(n,)`` how many values were given.
        unlike: ``(n,)`` ordered pairs of unlike values within units.
        by_value: ``(n,)`` sum over values of the square of how often each was given.
        raters: ``(n,)`` how many give each unit a value, at least 2.
    """
    expected = values**2 - by_value
    observed = unlike * (values - 1) / np.maximum(raters - 1, 1)
    return 1 - np.divide(observed, expected, out=np.zeros_like(expected), where=expected > 0)
