"""The errors of one kind, class and slice, and what they are seen against: what advice is given on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import binom

from detection.edge.boxes import iou
from detection.rules.judging.errors.ledger import Ledger
from detection.rules.judging.errors.suspicions import Suspected, Suspicions, doubted
from detection.rules.judging.errors.taxonomy import MISSED
from detection.rules.judging.matching import Flags, Integers, Reals, Truth
from detection.rules.labels.samples import Strings

CONCENTRATED = 1.5
"""How many times as frequent errors must be under a condition's value as elsewhere, to be told of."""
BY_CHANCE = 0.05
"""How likely so many errors under one of all values may be at most, were they as frequent elsewhere."""


EDGE = 0.01
"""So near the frame's edge, as part of its longer side, a box touches it."""


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """The objects of the training set, ``(t,)`` each: class number, and each condition's value."""

    label: Integers
    conditions: Mapping[str, Strings]


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """Everything that errors are seen against.

    Attributes:
        truth: the objects of all judged frames.
        neighbour: ``(m,)`` overlap of each object with another of its frame and class; see :func:`neighbours`.
        conditions: a column for each condition, by frame number; ``""`` if unknown.
        extent: ``(frames, 2)`` widths and heights of the frames, pixels.
        learned: what the model was trained on.
        suspicions: labels that look wrong.
        small_below_px: side of the square of equal area below which an object is small.
        suppression_iou: overlap from which the detector drops the less sure of two detections of a class.
        iou: overlap from which a detection has found an object.
        names: what people call the classes, in the order of their numbers.
    """

    truth: Truth
    neighbour: Reals
    conditions: Mapping[str, Strings]
    extent: Reals
    learned: Learned
    suspicions: Suspicions
    small_below_px: float
    suppression_iou: float
    iou: float
    names: Sequence[str]


@dataclass(frozen=True, slots=True)
class Concentration:
    """A condition's value under which errors are more frequent than elsewhere.

    Attributes:
        condition: the condition.
        value: its value.
        errors: how many are there.
        times: how many times as frequent as elsewhere; infinite if there are none elsewhere.
        learned: objects of the class in the training set that have the value.
        share: their part of those whose value is known; 0 if there are none.
        even: the part they would have if all values were as frequent.
    """

    condition: str
    value: str
    errors: int
    times: float
    learned: int
    share: float
    even: float


@dataclass(frozen=True, slots=True, eq=False)
class Hidden:
    """Detections below the shipped thresholds, ``(h,)`` each; ``right``: it would find an object nobody found."""

    frame: Integers
    label: Integers
    score: Reals
    right: Flags


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """Errors of one kind.

    Attributes:
        errors: at least one.
        unshown: the variant's detections below the thresholds.
        frames: mask over frame numbers: the slice.
        label: class number; None for all classes.
        part: name of the slice, ``all`` or ``lighting=dusk``.
        setting: what they are seen against.
    """

    errors: Ledger
    unshown: Hidden
    frames: Flags
    label: int | None
    part: str
    setting: Setting

    def __len__(self) -> int:
        return len(self.errors)

    @property
    def name(self) -> str:
        """The class, as people call it."""
        return "objects" if self.label is None else self.setting.names[self.label]

    def objects(self) -> Truth:
        """The slice's objects of the class."""
        return self.setting.truth.take(self._own())

    def touching(self, above: float) -> int:
        """The slice's objects of the class that overlap another one by more than this."""
        return int((self.setting.neighbour[self._own()] > above).sum())

    def _own(self) -> Flags:
        truth = self.setting.truth
        own: Flags = self.frames[truth.frame]
        return own if self.label is None else own & (truth.label == self.label)

    def doubted(self, kind: Suspected) -> int:
        """Errors at whose place the label itself looks wrong."""
        return int(doubted(self.errors.frame, self.errors.corners, self.setting.suspicions, kind).sum())

    def hidden(self, cut: float, right: bool) -> int:
        """Detections of the class in the slice, right or false, that a lower threshold would show."""
        said = self.unshown
        own = self.frames[said.frame] & (said.score >= cut) & (said.right == right)
        return int((own if self.label is None else own & (said.label == self.label)).sum())

    def small(self) -> int:
        """Errors that speak of a small object."""
        return int((sides(self.errors.object_corners) < self.setting.small_below_px).sum())

    def small_share(self) -> float:
        """Share of small objects among all of the class in the slice; 0 without any."""
        small = sides(self.objects().corners) < self.setting.small_below_px
        return float(small.mean()) if len(small) else 0.0

    def empty(self) -> int:
        """Errors in frames that show no object of any class."""
        return int((~np.isin(self.errors.frame, self.setting.truth.frame)).sum())

    def cut(self) -> int:
        """Errors whose box touches the frame's edge."""
        return int(_at_edge(self.errors.corners, self.setting.extent[self.errors.frame]).sum())

    def cut_share(self) -> float:
        """Share of the class's objects in the slice that touch the frame's edge; 0 without any."""
        objects = self.objects()
        near = _at_edge(objects.corners, self.setting.extent[objects.frame])
        return float(near.mean()) if len(near) else 0.0

    def inside(self) -> int:
        """Detections of which at least four fifths lie within their object: they show a part of it."""
        a, b = self.errors.corners, self.errors.object_corners
        shared = np.clip(np.minimum(a[:, 2:], b[:, 2:]) - np.maximum(a[:, :2], b[:, :2]), 0, None).prod(axis=1)
        return int((shared >= 0.8 * sides(a) ** 2).sum())

    def crowded(self, at_least: float) -> int:
        """Errors whose object overlaps another of its frame and class by so much."""
        return int((self.setting.neighbour[self.errors.object] >= at_least).sum())

    def concentration(self, minimum: int) -> Concentration | None:
        """Where errors are more frequent than elsewhere, and not by chance; None if nowhere in particular.

        Missed objects are counted against the objects, false detections against the frames. Chance is the binomial's,
        which takes errors for independent of each other: it errs towards telling.

        Args:
            minimum: errors below which nothing is told.
        """
        among = self.objects().frame if self.errors.kind[0] == MISSED else np.flatnonzero(self.frames)
        told = list(self._concentrations(among, minimum))
        return max(told, key=lambda one: one.errors * (1 - 1 / one.times), default=None)

    def learned_here(self) -> Concentration | None:
        """What training has of the class under the slice's own condition; None if the slice is no condition's value."""
        if self.part.count("=") != 1:
            return None
        name, value = self.part.split("=", 1)
        return self._learned(name, value, len(self), 1.0) if name in self.setting.conditions else None

    def _concentrations(self, among: Integers, minimum: int) -> Iterator[Concentration]:
        columns = {n: c for n, c in self.setting.conditions.items() if not self.part.startswith(f"{n}=")}
        values = [(name, str(value)) for name, c in columns.items() for value in sorted(set(c[among]) - {""})]
        for name, value in values:
            errors, whole = columns[name][self.errors.frame] == value, columns[name][among] == value
            here, elsewhere = errors.sum() / whole.sum(), (~errors).sum() / max((~whole).sum(), 1)
            times = float(here / elsewhere) if elsewhere else float("inf")
            chance = binom.sf(errors.sum() - 1, len(errors), whole.mean()) * len(values)
            if errors.sum() >= minimum and times >= CONCENTRATED and chance <= BY_CHANCE:
                yield self._learned(name, value, int(errors.sum()), times)

    def _learned(self, condition: str, value: str, errors: int, times: float) -> Concentration:
        learned = self.setting.learned
        own = np.ones(len(learned.label), np.bool_) if self.label is None else learned.label == self.label
        column = learned.conditions[condition][own]
        known = column[column != ""]
        here = int((known == value).sum())
        values = len(set(known) | {value})
        return Concentration(condition, value, errors, times, here, here / max(len(known), 1), 1 / values)


def sides(corners: NDArray[np.floating]) -> Reals:
    """``(k,)`` sides of the squares of equal area, pixels; NaN for no box."""
    span = np.asarray(corners, np.float64).reshape(-1, 4)
    side: Reals = np.sqrt(np.clip(span[:, 2:] - span[:, :2], 0, None).prod(axis=1))
    return side


def neighbours(objects: Truth) -> Reals:
    """``(m,)`` overlap of every object with the one of its frame and class that it overlaps most."""
    result = np.zeros(len(objects))
    key = objects.frame * (1 << 20) + objects.label
    order = np.argsort(key, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(key[order])) + 1):
        if len(rows) > 1:
            boxes = objects.corners[rows].astype(np.float32)
            shared = iou(boxes, boxes)
            np.fill_diagonal(shared, 0)
            result[rows] = shared.max(axis=1)
    return result


def _at_edge(corners: NDArray[np.floating], extent: Reals) -> Flags:
    """``(k,)`` whether boxes touch the edges of their frames, ``(k, 2)`` widths and heights."""
    margin = EDGE * extent.max(axis=1, initial=0)[:, None]
    near: Flags = ((corners[:, :2] <= margin) | (corners[:, 2:] >= extent - margin)).any(axis=1)
    return near
