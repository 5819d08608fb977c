"""Do the annotators agree enough to learn from?

Two annotators agree on an object when their boxes of one class overlap by the spec's IoU, matched one to one so that
the sum of overlaps is largest (Kuhn 1955, by scipy). Agreement of a pair is the F1 of such matches: it is the same
whoever of the two is taken for the truth. The expert's answers are not an annotator's and are left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from detection.edge.boxes import Boxes, iou
from detection.rules.labels.samples import Annotations, Assignments, Strings

WORST_FRAMES = 5
"""Frames that show a disagreement best, named per class."""


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """How two annotators agree on one class over the frames at which both looked.

    Attributes:
        first: an annotator.
        second: the other.
        label: class id.
        frames: frames at which both looked.
        first_boxes: boxes of the class that the first drew there.
        second_boxes: likewise.
        matched: pairs of boxes that overlap enough.
        f1: 2 * matched / (first_boxes + second_boxes); None if neither drew any.
        mean_iou: mean overlap of the matched; None if none is.
        worst_frames: ids of the frames with most unmatched boxes, worst first.
    """

    first: str
    second: str
    label: str
    frames: int
    first_boxes: int
    second_boxes: int
    matched: int
    f1: float | None
    mean_iou: float | None
    worst_frames: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ClassAgreement:
    """All pairs of one class together; None where there is nothing to compare."""

    label: str
    boxes: int
    matched: int
    f1: float | None
    mean_iou: float | None
    worst_frames: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Agreement:
    """``data/agreement/agreement.json``.

    Attributes:
        iou: overlap from which boxes count as one object.
        floor: F1 of every class below which the labels are refused.
        annotators: who drew, without the expert.
        compared_frames: frames at which at least two of them looked.
        statement: the result in one sentence.
        classes: one entry per class of the spec.
        pairs: one entry per pair of annotators and class.
    """

    iou: float
    floor: float
    annotators: tuple[str, ...]
    compared_frames: int
    statement: str
    classes: tuple[ClassAgreement, ...]
    pairs: tuple[PairAgreement, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Matches:
    """Partners among ``a`` and ``b`` boxes: positions ``(k,)`` in each and their overlaps ``(k,)``."""

    first: NDArray[np.int64]
    second: NDArray[np.int64]
    overlaps: NDArray[np.float32]


def match(first: Boxes, second: Boxes, at_least: float) -> Matches:
    """Pair boxes one to one so that the overlaps of ``at_least`` sum to the most.

    Args:
        first: ``(a, 4)`` boxes; ``a`` may be 0.
        second: ``(b, 4)`` boxes; ``b`` may be 0.
        at_least: overlap below which two boxes are no partners.
    """
    overlaps = iou(first, second)
    worth = np.where(overlaps >= at_least, overlaps, 0)
    a, b = linear_sum_assignment(worth, maximize=True)
    partners = worth[a, b] > 0
    return Matches(a[partners], b[partners], overlaps[a[partners], b[partners]])


def measure(
    boxes: Annotations, assignments: Assignments, classes: Sequence[str], at_least: float, floor: float
) -> Agreement:
    """Compare all pairs of annotators over the frames they share.

    Args:
        boxes: everybody's boxes.
        assignments: who looked at which frame; an empty answer can disagree too.
        classes: class ids of the spec.
        at_least: overlap from which two boxes count as one object.
        floor: F1 below which a class is refused; only for the statement.
    """
    answers = _Answers(boxes, assignments)
    pairs = tuple(
        _pair(answers, a, b, label, at_least) for a, b in combinations(answers.annotators, 2)
        if answers.shared(a, b) for label in classes
    )  # fmt: skip
    pooled = tuple(_pool(label, [p for p in pairs if p.label == label]) for label in classes)
    compared = len({frame for a, b in combinations(answers.annotators, 2) for frame in answers.shared(a, b)})
    said = _statement(pooled, len(answers.annotators), compared, floor)
    return Agreement(at_least, floor, tuple(answers.annotators), compared, said, pooled, pairs)


def below_floor(agreement: Agreement) -> list[str]:
    """One line for each class whose annotators agree too little to learn from."""
    return [
        f"class {c.label}: F1 {c.f1:.3f} (needs {agreement.floor}) at IoU {agreement.iou}; they differ most in "
        + ", ".join(frame[:12] for frame in c.worst_frames)
        for c in agreement.classes
        if c.f1 is not None and c.f1 < agreement.floor
    ]


class _Answers:
    """Everybody's boxes by frame, annotator and class."""

    def __init__(self, boxes: Annotations, assignments: Assignments) -> None:
        self._frames: dict[str, set[str]] = defaultdict(set)
        for frame, annotator, verified in zip(
            assignments.frame, assignments.annotator, assignments.verified, strict=True
        ):
            if not verified:
                self._frames[annotator].add(frame)
        self.annotators = sorted(self._frames)
        self._rows = _rows_by_answer(boxes)
        self._corners = boxes.corners

    def shared(self, first: str, second: str) -> list[str]:
        return sorted(self._frames[first] & self._frames[second])

    def boxes(self, frame: str, annotator: str, label: str) -> Boxes:
        return self._corners[self._rows.get((frame, annotator, label), [])]


def _rows_by_answer(boxes: Annotations) -> dict[tuple[str, str, str], list[int]]:
    rows: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for row, key in enumerate(_keys(boxes.frame, boxes.annotator, boxes.label)):
        rows[key].append(row)
    return rows


def _keys(frame: Strings, annotator: Strings, label: Strings) -> Iterator[tuple[str, str, str]]:
    return zip(frame, annotator, label, strict=True)


def _pair(answers: _Answers, first: str, second: str, label: str, at_least: float) -> PairAgreement:
    shared = answers.shared(first, second)
    drawn_first = drawn_second = matched = 0
    overlap = 0.0
    unmatched: dict[str, int] = {}
    for frame in shared:
        a, b = answers.boxes(frame, first, label), answers.boxes(frame, second, label)
        partners = match(a, b, at_least)
        drawn_first, drawn_second, matched = drawn_first + len(a), drawn_second + len(b), matched + len(partners.first)
        overlap += float(partners.overlaps.sum())
        unmatched[frame] = len(a) + len(b) - 2 * len(partners.first)
    worst = sorted((f for f in shared if unmatched[f]), key=lambda f: (-unmatched[f], f))[:WORST_FRAMES]
    return PairAgreement(
        first, second, label, len(shared), drawn_first, drawn_second, matched,
        _ratio(2 * matched, drawn_first + drawn_second), _ratio(overlap, matched), tuple(worst),
    )  # fmt: skip


def _pool(label: str, pairs: Sequence[PairAgreement]) -> ClassAgreement:
    boxes = sum(p.first_boxes + p.second_boxes for p in pairs)
    matched = sum(p.matched for p in pairs)
    overlap = sum(p.mean_iou * p.matched for p in pairs if p.mean_iou is not None)
    worst = _interleaved([p.worst_frames for p in pairs])
    return ClassAgreement(label, boxes, matched, _ratio(2 * matched, boxes), _ratio(overlap, matched), worst)


def _interleaved(lists: Iterable[Sequence[str]]) -> tuple[str, ...]:
    ranked = sorted((rank, frame) for frames in lists for rank, frame in enumerate(frames))
    return tuple(dict.fromkeys(frame for _, frame in ranked))[:WORST_FRAMES]


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _statement(classes: Sequence[ClassAgreement], annotators: int, compared: int, floor: float) -> str:
    if annotators < 2:
        return "one annotator: agreement not measurable"
    if not compared:
        return f"{annotators} annotators, no frame seen by two of them: agreement not measurable"
    measured = [(c.f1, c.label) for c in classes if c.f1 is not None]
    if not measured:
        return f"{compared} frames seen by two annotators, no box in any: agreement not measurable"
    lowest, label = min(measured)
    word = "agree" if lowest >= floor else "do not agree"
    return (
        f"{annotators} annotators {word}: lowest F1 {lowest:.3f} (needs {floor}), class {label}, over {compared} frames"
    )
