"""Labels that came back, beside what was detected at the time: joined by frame id, counted frame by frame.

Only frames that were drawn at random tell how good the detector is. A queue is full of doubtful frames on purpose, and
whoever measures on those finds a model that is worse than it is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detection.errors import LabelsError
from detection.rules.field.watching.tally import Integers, Strings
from detection.rules.judging.matching import Predictions, Truth, column_of, match

OVERLAP = 0.5
"""IoU from which a detection has found an object."""


@dataclass(frozen=True, slots=True, eq=False)
class Reviewed:
    """``n`` frames that a person has looked at, also those on which there was nothing.

    Attributes:
        frame: ``(n,)`` ids, each once.
        camera: ``(n,)``.
        captured_s: ``(n,)`` seconds since 1970 UTC.
        drawn: ``(n,)`` whether the frame was drawn at random, not chosen for what is on it.
    """

    frame: Strings
    camera: Strings
    captured_s: Integers
    drawn: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Boxes:
    """``m`` boxes of any frames: what people marked, or what was detected at or above the thresholds.

    Attributes:
        frame: ``(m,)`` ids.
        label: ``(m,)`` numbers of the classes; a class the detector does not know has a number of its own.
        score: ``(m,)``; 1 for what people marked.
        corners: ``(m, 4)`` pixels.
    """

    frame: Strings
    label: Integers
    score: NDArray[np.float64]
    corners: NDArray[np.floating]


@dataclass(frozen=True, slots=True, eq=False)
class FieldLabels:
    """Counts of ``n`` reviewed frames and ``c`` classes.

    Attributes:
        classes: ids, in the order of the columns.
        camera: ``(n,)``.
        captured_s: ``(n,)`` seconds since 1970 UTC.
        drawn: ``(n,)`` whether drawn at random.
        correct: ``(n, c)`` detections that found an object of their class.
        detections: ``(n, c)`` all detections.
        truths: ``(n, c)`` objects that people marked.
    """

    classes: tuple[str, ...]
    camera: Strings
    captured_s: Integers
    drawn: NDArray[np.bool_]
    correct: Integers
    detections: Integers
    truths: Integers

    def __len__(self) -> int:
        return len(self.camera)

    def take(self, rows: NDArray[np.bool_]) -> FieldLabels:
        """The frames in a mask."""
        return FieldLabels(
            self.classes, self.camera[rows], self.captured_s[rows], self.drawn[rows],
            self.correct[rows], self.detections[rows], self.truths[rows],
        )  # fmt: skip

    def right(self, metric: str, label: str) -> Integers:
        """``(n, 2)`` of each frame: correct, and what it is a share of; of one class or of ``every``."""
        below = self.detections if metric == "precision" else self.truths
        column = slice(None) if label == "every" else slice(place := self.classes.index(label), place + 1)
        return np.stack([self.correct[:, column].sum(axis=1), below[:, column].sum(axis=1)], axis=1)


def joined(reviewed: Reviewed, marked: Boxes, detected: Boxes, classes: tuple[str, ...]) -> FieldLabels:
    """Match what people marked with what was detected, on the frames that were reviewed.

    Args:
        reviewed: the frames; detections on others are passed over, for nobody knows about them.
        marked: of those frames.
        detected: of any frames, at or above their thresholds.
        classes: ids by number; a class that only people know stands at the end.

    Raises:
        LabelsError: a frame was reviewed twice, a mark lies on a frame that was not, or a box is none.
    """
    order = np.argsort(reviewed.frame.astype(str), kind="stable")
    names = reviewed.frame.astype(str)[order]
    if (names[1:] == names[:-1]).any():
        raise LabelsError(f"frame {names[:-1][names[1:] == names[:-1]][0]} was reviewed twice; keep one review of it")
    truth_at, known = _places(names, marked.frame)
    if not known.all():
        raise LabelsError(
            f"frame {marked.frame[~known][0]} is marked but not among the {len(names)} reviewed ones; list it there"
        )
    found_at, known = _places(names, detected.frame)
    truth = Truth(order[truth_at], marked.label, marked.corners)
    found = Predictions(order[found_at[known]], detected.label[known], detected.score[known], detected.corners[known])
    matches = match(truth, found)
    right = matches.partner[:, column_of(OVERLAP)] >= 0
    shape = len(names), len(classes)
    return FieldLabels(
        classes=classes,
        camera=reviewed.camera,
        captured_s=reviewed.captured_s,
        drawn=reviewed.drawn,
        correct=_counted(matches.frame[right], matches.label[right], shape),
        detections=_counted(matches.frame, matches.label, shape),
        truths=_counted(matches.truth_frame, matches.truth_label, shape),
    )


def _places(names: NDArray[np.str_], frames: Strings) -> tuple[Integers, NDArray[np.bool_]]:
    """Where each frame stands among sorted names, and whether it does."""
    if not len(names):
        return np.zeros(len(frames), np.int64), np.zeros(len(frames), bool)
    wanted = frames.astype(str)
    at = np.minimum(np.searchsorted(names, wanted), len(names) - 1)
    known: NDArray[np.bool_] = names[at] == wanted
    return at, known


def _counted(frame: Integers, label: Integers, shape: tuple[int, int]) -> Integers:
    table = np.zeros(shape, np.int64)
    np.add.at(table, (frame, label), 1)
    return table
