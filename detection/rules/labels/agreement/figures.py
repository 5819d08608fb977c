"""Figures with intervals, by drawing groups of frames with repetition (percentile bootstrap).

Frames of one scene are not independent, so whole groups are drawn: of a scene, else of a camera, else a frame each.
Every figure here is a ratio of two sums, so a draw costs a weighted sum over groups, never a look at frames.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from detection.rules.labels.agreement.gathering.answers import Integers, Names, Reals
from detection.rules.labels.agreement.sheet import Figure
from detection.rules.labels.intake.arrivals import strings
from detection.rules.labels.samples import Frames

AT_ONCE = 50
"""Resamples weighed together."""


@dataclass(frozen=True, slots=True)
class Dice:
    """How intervals are drawn: how many times, from which seed, at which two-sided level."""

    resamples: int
    seed: int
    confidence: float


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """What is drawn together.

    Attributes:
        of_frame: ``(frames,)`` number of each frame's group, from 0.
        draws: ``(groups, resamples)`` uint8, how often each group was drawn.
        confidence: two-sided level of the intervals.
    """

    of_frame: Integers
    draws: NDArray[np.uint8]
    confidence: float

    def __len__(self) -> int:
        return len(self.draws)


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """Records whose sums make ratios.

    Attributes:
        frame: ``(n,)`` code of the frame of each record.
        subject: ``(n,)`` whom or what it is about, from 0; -1 leaves it out.
        part: ``(n,)`` what it adds above the line.
        whole: ``(n,)`` what it adds below.
    """

    frame: Integers
    subject: Integers
    part: Reals
    whole: Reals


def grouped(frames: Frames, seen: Names, dice: Dice) -> Groups:
    """The groups of the frames that somebody looked at, and the draws.

    Args:
        frames: of the data set; a frame that is not among them is a group of its own.
        seen: ids of the frames that somebody looked at.
        dice: as many groups as there are, ``resamples`` times.
    """
    scene, camera = frames.scene, frames.camera
    together = np.where(scene != "", "scene " + scene, np.where(camera != "", "camera " + camera, ""))
    of_id = dict(zip(frames.id, together, strict=True))
    names = [of_id.get(frame) or frame for frame in seen.names]
    groups = Names.of(names)
    count, generator = len(groups), np.random.default_rng(dice.seed)
    draws = np.empty((count, dice.resamples), np.uint8)
    for column in range(dice.resamples):
        drawn = generator.integers(count, size=count) if count else np.zeros(0, np.int64)
        draws[:, column] = np.minimum(np.bincount(drawn, minlength=count), 255)
    return Groups(groups.codes(strings(names)), draws, dice.confidence)


def ratios(shares: Shares, subjects: int, groups: Groups) -> tuple[Figure | None, ...]:
    """One figure a subject: the sum of its parts over the sum of its wholes; None where there is no whole.

    Args:
        shares: records in any order.
        subjects: how many there are.
        groups: what is drawn together.
    """
    chosen = np.flatnonzero(shares.subject >= 0)
    place = (shares.subject[chosen], groups.of_frame[shares.frame[chosen]])
    shape = (subjects, len(groups))
    part = csr_array((shares.part[chosen], place), shape=shape)
    whole = csr_array((shares.whole[chosen], place), shape=shape)
    drawn = np.full((subjects, groups.draws.shape[1]), np.nan)
    for begin in range(0, groups.draws.shape[1], AT_ONCE):
        weight = groups.draws[:, begin : begin + AT_ONCE].astype(np.float64)
        drawn[:, begin : begin + AT_ONCE] = _divided(part @ weight, whole @ weight)
    seen = _divided(part.sum(axis=1), whole.sum(axis=1))
    several = np.bincount(whole.nonzero()[0], minlength=subjects) > 1  # a group whose whole is 0 tells nothing
    return tuple(
        None if np.isnan(value) else _figure(float(value), row if many else row[:0], groups.confidence)
        for value, row, many in zip(seen, drawn, several, strict=True)
    )


def _divided(part: Reals, whole: Reals) -> Reals:
    ratio: Reals = np.divide(part, whole, out=np.full(np.shape(part), np.nan), where=whole > 0)
    return ratio


def _figure(value: float, drawn: Reals, confidence: float) -> Figure:
    known = drawn[~np.isnan(drawn)]
    if not len(known):
        return Figure(value, None, None)
    lower, upper = np.quantile(known, ((1 - confidence) / 2, (1 + confidence) / 2))
    return Figure(value, float(lower), float(upper))
