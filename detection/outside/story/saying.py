"""What people say of the release that ran: labels that came back, joined with its detections by frame."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC

import numpy as np

from detection.outside.story.asking import Reviewed
from detection.outside.story.reviewers import REVIEWERS
from detection.outside.story.running import Ran
from detection.rules.field.accuracy import labelled
from detection.rules.field.accuracy.labelled import Boxes, FieldLabels
from detection.rules.labels.intake.arrivals import strings


def labels_of(reviewed: Sequence[Reviewed], ran: Sequence[Ran], classes: tuple[str, ...]) -> FieldLabels:
    """The first answer of every frame beside what was detected in it.

    Args:
        reviewed: queues that were answered, no frame in two.
        ran: the periods in which their frames were taken.
        classes: those of the release, then those that only people know.
    """
    items = [item for one in reviewed for item in one.queue.items]
    frames = labelled.Reviewed(
        strings([item.frame for item in items]),
        strings([item.camera for item in items]),
        np.array([int(item.captured_at.astimezone(UTC).timestamp()) for item in items], np.int64),
        np.array([item.reason == "control" for item in items], bool),
    )
    return labelled.joined(frames, _marked(reviewed, classes), _detected(ran), classes)


def _marked(reviewed: Sequence[Reviewed], classes: tuple[str, ...]) -> Boxes:
    chosen = []
    for one in reviewed:
        said = one.labelled.assignments
        first: dict[str, str] = {}
        for frame, who in zip(said.frame, said.annotator, strict=True):
            first[frame] = min(first.get(frame, who), who, key=REVIEWERS.index)
        boxes = one.labelled.boxes
        mine = np.array([first[f] == who for f, who in zip(boxes.frame, boxes.annotator, strict=True)], bool)
        chosen.append(boxes.take(mine))
    frame = strings([str(name) for boxes in chosen for name in boxes.frame])
    label = np.array([classes.index(str(name)) for boxes in chosen for name in boxes.label], np.int64)
    corners = np.concatenate([np.zeros((0, 4), np.float32), *(boxes.corners for boxes in chosen)])
    return Boxes(frame, label, np.ones(len(frame)), corners)


def _detected(ran: Sequence[Ran]) -> Boxes:
    frame = strings([one.scenes[place].sha256 for one in ran for place in one.found.frame.tolist()])
    label = np.concatenate([np.zeros(0, np.int64), *(one.found.label for one in ran)])
    score = np.concatenate([np.zeros(0), *(one.found.score for one in ran)])
    corners = np.concatenate([np.zeros((0, 4), np.float32), *(one.found.corners for one in ran)])
    return Boxes(frame, label, score, corners)
