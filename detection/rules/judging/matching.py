"""Which detection found which object: COCO's matching rule over columns, all frames, classes and overlaps at once.

The rule is pycocotools': within one frame and class, detections choose in the order of their scores; each takes the
free object it overlaps most, if that is at least the wanted overlap; of equal overlaps the later object is taken.
Objects outside a size range are neither demanded nor held against whoever finds them.

pycocotools leaves ties to the order of its input. Here equal scores go by frame, then by corners (as float32), and
objects stand in the order of theirs, so the order of the rows never matters; the figures are pycocotools' on input in
that order.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detection.errors import FaultsError, LabelsError, ModelError
from detection.rules.judging.choosing import Boxes, Places, by_class, canonical, chosen, ranks

Integers = NDArray[np.int64]
Reals = NDArray[np.float64]
Flags = NDArray[np.bool_]

OVERLAPS: Reals = np.linspace(0.5, 0.95, 10)
"""COCO's ten overlaps, 0.50 to 0.95."""
DETECTIONS_PER_FRAME_AND_CLASS = 100
"""COCO's limit; what ranks below is not judged."""
LARGEST_OVERLAP = 1 - 1e-10
"""An overlap of 1 must be reachable in spite of rounding; pycocotools' limit."""

_STEPS: dict[str, tuple[type[FaultsError], str]] = {
    "object": (LabelsError, "mend the labels"),
    "detection": (ModelError, "export the model anew, or look at its calibration"),
}


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """``m`` objects that are there.

    Attributes:
        frame: ``(m,)`` number of the frame.
        label: ``(m,)`` number of the class.
        corners: ``(m, 4)`` boxes, pixels.
    """

    frame: Integers
    label: Integers
    corners: NDArray[np.floating]

    def __len__(self) -> int:
        return len(self.frame)

    def take(self, rows: Flags | Integers) -> Truth:
        """The objects in ``rows``, in that order."""
        return Truth(self.frame[rows], self.label[rows], self.corners[rows])


@dataclass(frozen=True, slots=True, eq=False)
class Predictions:
    """``n`` detections, in any order.

    Attributes:
        frame: ``(n,)`` number of the frame.
        label: ``(n,)`` number of the class.
        score: ``(n,)`` in [0, 1].
        corners: ``(n, 4)`` boxes, pixels.
    """

    frame: Integers
    label: Integers
    score: Reals
    corners: NDArray[np.floating]

    def __len__(self) -> int:
        return len(self.frame)

    def take(self, rows: Flags | Integers) -> Predictions:
        """The detections in ``rows``, in that order."""
        return Predictions(self.frame[rows], self.label[rows], self.score[rows], self.corners[rows])


@dataclass(frozen=True, slots=True)
class SizeRange:
    """Which objects are demanded, by area in square pixels, both ends included."""

    lower: float
    upper: float


ANY_SIZE = SizeRange(0.0, 1e10)
SIZES = {"small": SizeRange(0.0, 32**2), "medium": SizeRange(32**2, 96**2), "large": SizeRange(96**2, 1e10)}
"""COCO's ranges."""


@dataclass(frozen=True, slots=True, eq=False)
class Matches:
    """What every judged detection found, ordered by class, then best score first, then frame.

    Attributes:
        overlaps: ``(t,)`` the overlaps demanded.
        row: ``(n,)`` position of the detection in the :class:`Predictions`.
        frame: ``(n,)`` number of the frame.
        label: ``(n,)`` number of the class, ascending.
        score: ``(n,)``, descending within a class.
        rank: ``(n,)`` how many detections of its frame and class go before it.
        partner: ``(n, t)`` int32, position of the object found in the :class:`Truth`; -1 for none.
        counted: ``(n, t)`` False where it is neither right nor wrong: its object, or without one itself, is out of
            the size range.
        truth_frame: ``(m,)`` frames of the objects demanded, in the order of the :class:`Truth`.
        truth_label: ``(m,)`` classes of the objects demanded.
    """

    overlaps: Reals
    row: Integers
    frame: Integers
    label: Integers
    score: Reals
    rank: Integers
    partner: Places
    counted: Flags
    truth_frame: Integers
    truth_label: Integers

    def __len__(self) -> int:
        return len(self.frame)

    def within(self, frame_chosen: Flags) -> Matches:
        """Only the frames chosen; matching is frame by frame, so this is the same as matching them anew.

        Args:
            frame_chosen: mask over frame numbers.
        """
        return self.take(frame_chosen[self.frame], frame_chosen[self.truth_frame])

    def take(self, detections: Flags, truths: Flags) -> Matches:
        """Only the detections and objects in two masks, ``(n,)`` and ``(m,)``."""
        names = ("row", "frame", "label", "score", "rank", "partner", "counted")
        columns = {name: getattr(self, name)[detections] for name in names}
        objects = {name: getattr(self, name)[truths] for name in ("truth_frame", "truth_label")}
        return Matches(overlaps=self.overlaps, **columns, **objects)


@dataclass(frozen=True, slots=True, eq=False)
class _Judged:
    """Detections by class, best first, ``(k,)`` each; see :class:`Matches`."""

    row: Integers
    frame: Integers
    label: Integers
    rank: Integers


def column_of(iou: float) -> int:
    """Position of an overlap in :data:`OVERLAPS`.

    Raises:
        ValueError: it is none of the ten.
    """
    near = np.flatnonzero(np.isclose(OVERLAPS, iou, rtol=0, atol=1e-9))
    if not len(near):
        raise ValueError(f"IoU {iou} is none of {', '.join(f'{o:.2f}' for o in OVERLAPS)}")
    return int(near[0])


def match(
    truth: Truth,
    predictions: Predictions,
    overlaps: Reals = OVERLAPS,
    size: SizeRange = ANY_SIZE,
    maximum: int = DETECTIONS_PER_FRAME_AND_CLASS,
) -> Matches:
    """Let every detection choose its object, at each overlap independently.

    Args:
        truth: the objects; may be empty.
        predictions: the detections; may be empty.
        overlaps: ``(t,)`` overlaps demanded, ascending.
        size: objects demanded; others excuse who finds them.
        maximum: detections judged per frame and class, best first.

    Raises:
        LabelsError: an object is no finite box, or its frame or class has a negative number.
        ModelError: the same of a detection, or its score is not finite.
    """
    _refuse_unsound("object", truth.frame, truth.label, truth.corners)
    _refuse_unsound("detection", predictions.frame, predictions.label, predictions.corners, predictions.score)
    place = np.lexsort((*truth.corners.T[::-1], truth.frame, truth.label))
    there = Boxes(truth.frame[place], truth.label[place], truth.corners[place].astype(np.float64))
    asked = _within(truth.corners, size)
    judged = _judged(predictions, maximum)
    row = judged.row
    said = Boxes(judged.frame, judged.label, predictions.corners[row].astype(np.float64, copy=False))
    partner = chosen(said, there, asked[place], place, np.minimum(overlaps, LARGEST_OVERLAP))
    own = _within(said.corners, size)
    if asked.all() and own.all():
        counted = np.ones(partner.shape, np.bool_)
    else:
        counted = np.where(partner >= 0, np.append(asked, False)[partner], own[:, None])
    return Matches(
        overlaps=overlaps,
        row=row,
        frame=said.frame,
        label=said.label,
        score=predictions.score[row].astype(np.float64, copy=False),
        rank=judged.rank,
        partner=partner,
        counted=counted,
        truth_frame=truth.frame[asked],
        truth_label=truth.label[asked],
    )


def _judged(predictions: Predictions, maximum: int) -> _Judged:
    """The best ``maximum`` of each frame and class, by class, best first."""
    order = canonical(predictions.frame, predictions.corners, predictions.score)
    order = order[by_class(predictions.label[order])]
    frame, label = predictions.frame[order], predictions.label[order]
    rank = ranks(frame, label)
    kept = rank < maximum
    if kept.all():
        return _Judged(order, frame, label, rank)
    return _Judged(order[kept], frame[kept], label[kept], rank[kept])


def _within(corners: NDArray[np.floating], size: SizeRange) -> Flags:
    sides = corners[:, 2:].astype(np.float64) - corners[:, :2]
    areas = sides[:, 0] * sides[:, 1]
    return (areas >= size.lower) & (areas <= size.upper)


def _refuse_unsound(what: str, frame: Integers, label: Integers, *numbers: NDArray[np.floating]) -> None:
    """A number that is none would be sorted and compared somehow, and the figures would be wrong in silence."""
    sound = (frame >= 0) & (label >= 0)
    for column in numbers:
        sound &= np.isfinite(column).all(axis=1) if column.ndim > 1 else np.isfinite(column)
    if sound.all():
        return
    row = int(np.flatnonzero(~sound)[0])
    got = ", ".join(str(column[row].tolist()) for column in numbers)
    error, step = _STEPS[what]
    raise error(
        f"{int((~sound).sum())} of {len(frame)} {what}s cannot be judged; the first is number {row} "
        f"(frame {frame[row]}, class {label[row]}): expected finite corners and scores, frame and class from 0, "
        f"got {got}; {step}"
    )
