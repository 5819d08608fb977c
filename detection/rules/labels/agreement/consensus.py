"""One set of labels per frame out of several annotators' answers.

Where an expert answered, that answer stands. Elsewhere boxes that match across annotators, whatever their class, are
one object; an object stays if at least half of those who looked drew it; its corners are the mean of theirs and its
class the most frequent (of equally frequent ones the first by name).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from detection.rules.labels.agreement.pairs import match
from detection.rules.labels.intake.arrivals import VERIFIED, strings
from detection.rules.labels.samples import Annotations, Assignments, Strings

CONSENSUS = "consensus"
"""The annotator's name under which settled labels go on."""

_Object = list[int]
"""Rows of the boxes that several annotators drew around one object."""


@dataclass(frozen=True, slots=True, eq=False)
class Agreed:
    """One set of labels per frame.

    Attributes:
        labels: ordered by frame; annotator ``verified`` or ``consensus``.
        labelled: one row per frame at which anybody looked, ordered by frame.
    """

    labels: Annotations
    labelled: Assignments


def agree(boxes: Annotations, assignments: Assignments, at_least: float) -> Agreed:
    """Settle every frame that somebody looked at.

    Args:
        boxes: everybody's boxes, ordered by frame and annotator.
        assignments: who looked at which frame, ordered likewise.
        at_least: overlap from which boxes of two annotators are one object.
    """
    rows: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row, key in enumerate(zip(boxes.frame, boxes.annotator, strict=True)):
        rows[key].append(row)
    looked: dict[str, list[int]] = defaultdict(list)
    for row, frame in enumerate(assignments.frame):
        looked[frame].append(row)
    frames = sorted(looked)
    verified = np.array([bool(assignments.verified[looked[frame]].any()) for frame in frames], bool)
    guidelines = strings([str(assignments.guideline[looked[frame][0]]) for frame in frames])
    settled = []
    for frame in frames:
        who_counts = assignments.annotator[_counted(assignments, looked[frame])]
        settled.append(_settle([rows.get((frame, name), []) for name in who_counts], boxes, at_least))
    who = strings([VERIFIED if v else CONSENSUS for v in verified])
    return Agreed(_concatenated(settled, boxes, who), Assignments(strings(frames), who, guidelines, verified))


def _counted(assignments: Assignments, rows: Sequence[int]) -> list[int]:
    """The answers that count: the expert's first if there is one, else everybody's."""
    experts = [row for row in rows if assignments.verified[row]]
    return experts[:1] or list(rows)


def _settle(answers: Sequence[list[int]], boxes: Annotations, at_least: float) -> list[_Object]:
    """The objects of one frame; ``answers`` holds each annotator's rows."""
    clusters: list[list[int]] = []
    for rows in answers:
        means = np.array([boxes.corners[c].mean(axis=0) for c in clusters], np.float32).reshape(-1, 4)
        partners = match(means, boxes.corners[rows], at_least)
        for cluster, box in zip(partners.first, partners.second, strict=True):
            clusters[cluster].append(rows[box])
        taken = set(partners.second.tolist())
        clusters += [[row] for position, row in enumerate(rows) if position not in taken]
    return [c for c in clusters if 2 * len(c) >= len(answers)]


def _concatenated(settled: Sequence[list[_Object]], boxes: Annotations, who: Strings) -> Annotations:
    objects = [rows for found in settled for rows in found]
    annotator = np.repeat(who, [len(found) for found in settled])
    first = [rows[0] for rows in objects]
    means = [boxes.corners[rows].mean(axis=0, dtype=np.float64) for rows in objects]
    return Annotations(
        frame=boxes.frame[first],
        annotator=annotator,
        guideline=boxes.guideline[first],
        label=strings([_most_frequent(boxes.label[rows].tolist()) for rows in objects]),
        corners=np.array(means, np.float32).reshape(-1, 4),
        occluded=np.array([boxes.occluded[rows].mean() >= 0.5 for rows in objects], bool),
        truncated=np.array([boxes.truncated[rows].mean() >= 0.5 for rows in objects], bool),
        verified=np.asarray(annotator == VERIFIED, bool),
        crowd=np.array([boxes.crowd[rows].any() for rows in objects], bool),
    )


def _most_frequent(labels: Sequence[str]) -> str:
    counts = Counter(labels)
    return min(counts, key=lambda label: (-counts[label], label))
