"""Any figure of the spec from observations: of one variant, in one slice, of one class, observed or drawn by group.

The gate and the comparison count with this; stage ``evaluate`` counts the same way from its matches.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np

from detection.rules.judging.calibration.reliability import BINS
from detection.rules.judging.choosing import by_class, canonical, ranks
from detection.rules.judging.drawn import Standing
from detection.rules.judging.matching import Flags, Integers, Reals
from detection.rules.judging.scores.observations import FrameFacts, Observations
from detection.rules.judging.scores.rows import EVERY
from detection.rules.judging.scores.tallies import Boxes, Drawn, Ground, Tallied, background
from detection.rules.labels.samples import Strings
from detection.rules.spec.judging import SIZE, Metric

Where = Mapping[str, Sequence[str]]
"""The slice: for each condition, or ``size``, the values that count; empty takes all."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What one variant showed in one slice.

    Attributes:
        observations: the slice's, of the class if there is one.
        frames: every frame of the slice, whether it holds a box or not.
        label: class id, or ``every``.
    """

    observations: Observations
    frames: FrameFacts
    label: str

    @property
    def groups(self) -> Strings:
        """``(groups,)`` names in the order of their numbers: of all frames of the slice."""
        names: Strings = np.unique(self.frames.group.astype(str))
        return names

    def by_group(self, rows: Flags) -> Integers:
        """``(groups,)`` how many of the chosen observations each group holds."""
        return np.bincount(numbers(self.observations.group[rows], self.groups), minlength=len(self.groups))


def select(observations: Observations, frames: FrameFacts, place: Sequence[str], where: Where) -> Seen:
    """What one variant showed in one slice.

    Args:
        observations: of all variants and sets.
        frames: all judged frames.
        place: variant, set, and class id or ``every``.
        where: the slice; a condition that the frames do not have is our own fault.
    """
    variant, name, label = place
    chosen: Flags = (observations.variant == variant) & (observations.set == name)
    inside: Flags = frames.set == name
    if label != EVERY:
        chosen &= observations.label == label
    for condition, values in where.items():
        if condition == SIZE:
            chosen &= np.isin(observations.size.astype(str), list(values))
            continue
        chosen &= np.isin(observations.conditions[condition].astype(str), list(values))
        inside &= np.isin(frames.conditions[condition].astype(str), list(values))
    return Seen(observations.take(chosen), frames.take(inside), label)


def figure(metric: Metric, seen: Seen) -> float:
    """The figure itself; NaN where nothing was there to be counted."""
    once = np.ones((1, len(seen.groups)), np.int64)
    return float(resampled(metric, seen, once)[0])


def resampled(metric: Metric, seen: Seen, draws: Integers) -> Reals:
    """``(r,)`` the figure of every draw; NaN where a draw left nothing to be counted.

    Args:
        metric: which figure.
        seen: of what.
        draws: ``(r, groups)`` how often each of ``seen.groups`` counts; see :func:`intervals.draw_groups`.
    """
    if metric == "calibration_error":
        return _calibration_errors(seen, draws)
    return Drawn(tallied(seen), draws).figure(metric, None)


def tallied(seen: Seen) -> Tallied:
    """The counts of a slice; with a class chosen, there is no other."""
    boxes = seen.observations
    names = np.unique(boxes.label.astype(str))
    order = np.argsort(seen.frames.id.astype(str), kind="stable")
    ids = seen.frames.id[order].astype(str)
    ground = Ground(numbers(seen.frames.group[order], seen.groups), len(seen.groups), len(names))
    numbered = Boxes(numbers(boxes.frame, ids), numbers(boxes.label, names))
    thing: Flags = boxes.kind == "object"
    kept: Flags = ~thing & boxes.kept
    truths = numbered.take(thing)
    frames, false = background(ground, truths, numbered.take(kept))
    count = ground.count(truths)
    return Tallied(
        standing=_standing(seen, numbered, ground, count),
        found=ground.count(numbered.take(thing & boxes.correct)),
        correct=ground.count(numbered.take(kept & boxes.correct)),
        detections=ground.count(numbered.take(kept)),
        truths=count,
        background_frames=frames,
        background_detections=false,
    )


def _standing(seen: Seen, numbered: Boxes, ground: Ground, truths: Integers) -> Standing:
    """Detections by class, best first, ties broken by what :mod:`matching` breaks them by."""
    rows = np.flatnonzero(seen.observations.kind == "detection")
    frame, label = numbered.frame[rows], numbered.label[rows]
    order = canonical(frame, seen.observations.corners[rows], seen.observations.score[rows])
    order = order[by_class(label[order])]
    return Standing(
        label=label[order],
        hits=seen.observations.hits[rows][order],
        counted=np.full(len(rows), 2**16 - 1, np.uint16),
        rank=ranks(frame[order], label[order]),
        group=ground.group[frame[order]],
        truths=truths,
    )


def _calibration_errors(seen: Seen, draws: Integers) -> Reals:
    """Expected calibration error over bins of equal width; see :mod:`calibration.reliability`."""
    said = seen.observations.take(seen.observations.kind == "detection")
    place = np.clip(np.searchsorted(np.linspace(0, 1, BINS + 1), said.score, side="left") - 1, 0, BINS - 1)
    cell = numbers(said.group, seen.groups) * BINS + place
    shape = (len(seen.groups), BINS)
    excess = np.bincount(cell, said.score - said.correct, np.prod(shape)).reshape(shape)
    number = np.bincount(cell // BINS, minlength=shape[0]).astype(np.float64)
    below = draws @ number
    above = np.abs(draws @ excess).sum(axis=1)
    errors: Reals = np.divide(above, below, out=np.full(len(draws), np.nan), where=below > 0)
    return errors


def numbers(names: Strings, known: Strings) -> Integers:
    """``(n,)`` position of each name among the known ones, which are sorted and hold every name."""
    return cast(Integers, np.searchsorted(known, names.astype(str)).astype(np.int64))
