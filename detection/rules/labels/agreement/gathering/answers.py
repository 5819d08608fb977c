"""Everybody's answers as numbers: one row per frame and annotator, boxes side by side. The form that loops can read.

The expert's answers stand among the others, marked; who compares annotators leaves them out. A frame in which anybody
drew a region of objects that nobody counted (crowd) is set aside whole: nothing in it can be matched one to one.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detection.rules.labels.samples import Annotations, Assignments, Strings

Integers = NDArray[np.int64]
Reals = NDArray[np.float64]
Flags = NDArray[np.bool_]


class _Codes(dict[str, int]):
    """Looks unknown names up without a branch for each."""

    def __missing__(self, name: str) -> int:
        return -1


@dataclass(frozen=True, slots=True, eq=False)
class Names:
    """Distinct strings, sorted; code ``i`` stands for ``names[i]``."""

    names: tuple[str, ...]

    @classmethod
    def of(cls, *columns: Iterable[str]) -> Names:
        """All that occur in any of the columns."""
        return cls(tuple(sorted(set().union(*columns))))

    def codes(self, column: Strings) -> Integers:
        """The code of each, in the shape of the column; -1 for a name that is not among them."""
        code = _Codes({name: number for number, name in enumerate(self.names)})
        return np.fromiter(map(code.__getitem__, column.tolist()), np.int64, len(column))

    def __len__(self) -> int:
        return len(self.names)


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """``n`` answers ordered by frame, then annotator; ``m`` boxes in the order of their answers.

    Attributes:
        frames: ids of the frames that somebody looked at, without those set aside.
        annotators: who drew, the expert included.
        labels: classes that occur.
        guidelines: versions that occur.
        frame: ``(n,)`` code of the frame, ascending.
        annotator: ``(n,)`` code of the annotator.
        guideline: ``(n,)`` code of the guideline's version.
        verified: ``(n,)`` the expert's.
        starts: ``(n + 1,)`` where each answer's boxes begin.
        row: ``(m,)`` position of the box in the :class:`Annotations`.
        answer: ``(m,)`` position of its answer.
        label: ``(m,)`` code of its class.
        corners: ``(m, 4)`` float64, pixels.
        set_aside: ids of the frames with crowd boxes, ascending.
    """

    frames: Names
    annotators: Names
    labels: Names
    guidelines: Names
    frame: Integers
    annotator: Integers
    guideline: Integers
    verified: Flags
    starts: Integers
    row: Integers
    answer: Integers
    label: Integers
    corners: Reals
    set_aside: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.frame)

    @property
    def box_frame(self) -> Integers:
        """``(m,)`` code of each box's frame."""
        codes: Integers = self.frame[self.answer]
        return codes


@dataclass(frozen=True, slots=True, eq=False)
class Couples:
    """``k`` couples of answers to one frame: positions ``(k,)`` of the first and the second in :class:`Answers`."""

    first: Integers
    second: Integers

    def __len__(self) -> int:
        return len(self.first)


def arranged(boxes: Annotations, assignments: Assignments) -> Answers:
    """Arrange everybody's boxes by answer.

    Args:
        boxes: in any order, each of an answer in ``assignments``.
        assignments: who looked at which frame, in any order; of one annotator's two answers to a frame one is enough.
    """
    crowd = Names.of(boxes.frame[boxes.crowd])
    looked = assignments.take(np.flatnonzero(crowd.codes(assignments.frame) < 0)) if len(crowd) else assignments
    frames, annotators = Names.of(looked.frame), Names.of(looked.annotator)
    guidelines, labels = Names.of(looked.guideline), Names.of(boxes.label)
    key, first = np.unique(_keys(looked, frames, annotators), return_index=True)
    of_box = _keys(boxes, frames, annotators)
    row = np.argsort(of_box, kind="stable")[np.count_nonzero(of_box < 0) :]
    answer = np.searchsorted(key, of_box[row]).astype(np.int64)
    return Answers(
        frames, annotators, labels, guidelines,
        frame=key // max(len(annotators), 1),
        annotator=key % max(len(annotators), 1),
        guideline=guidelines.codes(looked.guideline[first]),
        verified=looked.verified[first].astype(np.bool_),
        starts=np.searchsorted(answer, np.arange(len(key) + 1)).astype(np.int64),
        row=row,
        answer=answer,
        label=labels.codes(boxes.label[row]),
        corners=boxes.corners[row].astype(np.float64),
        set_aside=crowd.names,
    )  # fmt: skip


def between_annotators(answers: Answers) -> Couples:
    """Every two annotators' answers to one frame, the expert's left out."""
    rows = np.flatnonzero(~answers.verified)
    frame = answers.frame[rows]
    later = np.searchsorted(frame, frame, side="right") - np.arange(len(rows)) - 1
    first = np.repeat(np.arange(len(rows)), later)
    step = np.arange(len(first)) - np.repeat(np.cumsum(later) - later, later)
    return Couples(rows[first], rows[first + step + 1])


def against_expert(answers: Answers) -> Couples:
    """Every annotator's answer with the expert's to the same frame: the first by name where there are several."""
    experts, rows = np.flatnonzero(answers.verified), np.flatnonzero(~answers.verified)
    known, first = np.unique(answers.frame[experts], return_index=True)
    place = np.searchsorted(known, answers.frame[rows])
    found = place < len(known)
    found[found] = known[place[found]] == answers.frame[rows[found]]
    return Couples(rows[found], experts[first[place[found]]])


def _keys(table: Assignments | Annotations, frames: Names, annotators: Names) -> Integers:
    """One number for frame and annotator; -1 where either is not known."""
    frame, annotator = frames.codes(table.frame), annotators.codes(table.annotator)
    return np.where((frame < 0) | (annotator < 0), -1, frame * max(len(annotators), 1) + annotator)
