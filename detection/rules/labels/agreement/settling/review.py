"""What people should look at again: objects over which the annotators differ, worst first.

Three reasons, each with a score in [0, 1]. Presence: the weight was split over whether anything is there; 1 at an even
split. Class: those who drew it were split over what it is, likewise. Position: how far the worst box lies from the
settled one, where their overlap is no better than half way between the matching bound and 1. An object stands in the
table once, for its strongest reason. Frames that an expert has answered need no review.
"""

from __future__ import annotations

import numpy as np

from detection.rules.labels.agreement.gathering.answers import Reals
from detection.rules.labels.agreement.settling.consensus import Settled
from detection.rules.labels.agreement.settling.reliability import Heard
from detection.rules.labels.agreement.sheet import REASONS, Review


def disputed(heard: Heard, settled: Settled, at_least: float) -> Review:
    """Find the objects over which the annotators differ.

    Args:
        heard: everybody's answers, gathered into objects.
        settled: what became of the objects.
        at_least: overlap from which two boxes are one object.
    """
    answers, objects = heard.answers, heard.objects
    worst = np.ones(len(objects))
    np.minimum.at(worst, objects.of_box, _overlap(answers.corners[objects.box], settled.corners[objects.of_box]))
    far = np.where(worst <= (1 + at_least) / 2, 1 - worst, 0.0)
    scores = np.stack([_split(settled.share), _split(settled.label_share), far], axis=1)
    score = np.round(scores.max(axis=1, initial=0.0), 9)
    expert = np.zeros(len(answers.frames), np.bool_)
    expert[answers.frame[answers.verified]] = True
    rows = np.flatnonzero((score > 0) & ~expert[objects.frame])
    in_frame = np.bincount(objects.frame[rows], score[rows], len(answers.frames))[objects.frame[rows]]
    rows = rows[np.lexsort((rows, objects.frame[rows], -in_frame, -score[rows]))]
    frames, labels = (np.array([*names.names, ""], object) for names in (answers.frames, answers.labels))
    return Review(
        frame=frames[objects.frame[rows]],
        label=labels[settled.label[rows]],
        corners=settled.corners[rows].astype(np.float32),
        reason=np.array(REASONS, object)[scores[rows].argmax(axis=1)],
        score=score[rows],
        kept=settled.kept[rows],
    )


def _split(share: Reals) -> Reals:
    """1 where a weight was split evenly, 0 where all of it was on one side; a winner never has less than it needs."""
    split: Reals = 2 * np.minimum(share, 1 - share).clip(0)
    return split


def _overlap(one: Reals, other: Reals) -> Reals:
    """IoU of ``(k, 4)`` boxes with ``(k, 4)`` boxes, one by one."""
    sides = np.minimum(one[:, 2:], other[:, 2:]) - np.maximum(one[:, :2], other[:, :2])
    shared = np.prod(sides.clip(0), axis=1)
    areas = [np.prod((boxes[:, 2:] - boxes[:, :2]).clip(0), axis=1) for boxes in (one, other)]
    union = areas[0] + areas[1] - shared
    overlap: Reals = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    return overlap
