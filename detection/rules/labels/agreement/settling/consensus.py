"""One set of labels per frame out of several annotators' answers.

Where an expert answered, that answer stands. Elsewhere an object stays if enough of the weight of those who looked drew
it; its corners are the weighted mean of theirs, its class has most weight (of equal ones it is the first by name). By
how much it was settled is kept for the review.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from detection.rules.labels.agreement.gathering.answers import Answers, Flags, Integers, Reals
from detection.rules.labels.agreement.gathering.objects import Objects
from detection.rules.labels.agreement.settling.others import ENOUGH
from detection.rules.labels.agreement.settling.reliability import Heard, hear
from detection.rules.labels.intake.arrivals import VERIFIED, strings
from detection.rules.labels.samples import Annotations, Assignments

CONSENSUS = "consensus"
"""The annotator's name under which settled labels go on."""

_TINY = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Settled:
    """What became of ``k`` objects, verified frames included, where the expert overrules it.

    Attributes:
        share: ``(k,)`` part of the weight that drew it, in (0, 1].
        label: ``(k,)`` code of the class with most weight.
        label_share: ``(k,)`` part of the weight of those who drew it that says so.
        corners: ``(k, 4)`` weighted mean, pixels.
        kept: ``(k,)`` enough drew it.
    """

    share: Reals
    label: Integers
    label_share: Reals
    corners: Reals
    kept: Flags


@dataclass(frozen=True, slots=True, eq=False)
class Agreed:
    """One set of labels per frame.

    Attributes:
        labels: ordered by frame; annotator ``verified`` or ``consensus``.
        labelled: one row per frame at which anybody looked, ordered by frame; without those set aside.
    """

    labels: Annotations
    labelled: Assignments


def settle(heard: Heard) -> Settled:
    """Weigh what was drawn."""
    answers, objects = heard.answers, heard.objects
    size, annotators = len(objects), ~answers.verified
    of_answer = heard.reliability.weight[answers.annotator]
    looked = np.bincount(answers.frame[annotators], of_answer[annotators], len(answers.frames))
    of_box = of_answer[answers.answer[objects.box]]
    drew = np.bincount(objects.of_box, of_box, size)
    corners = [np.bincount(objects.of_box, of_box * side, size) / drew for side in answers.corners[objects.box].T]
    classes = max(len(answers.labels), 1)
    key, place = np.unique(objects.of_box * classes + answers.label[objects.box], return_inverse=True)
    votes = np.round(np.bincount(place, of_box, len(key)), 9)
    order = np.lexsort((key % classes, -votes, key // classes))
    best = order[np.flatnonzero(np.diff(key[order] // classes, prepend=-1))]
    share = drew / looked[objects.frame]
    return Settled(
        share, key[best] % classes, votes[best] / drew, np.stack(corners, axis=1), np.asarray(share >= ENOUGH - _TINY)
    )


def agree(boxes: Annotations, assignments: Assignments, at_least: float) -> Agreed:
    """Settle every frame that somebody looked at.

    Args:
        boxes: everybody's boxes.
        assignments: who looked at which frame.
        at_least: overlap from which boxes of two annotators are one object.
    """
    heard = hear(boxes, assignments, at_least)
    return standing(boxes, heard, settle(heard))


def standing(boxes: Annotations, heard: Heard, settled: Settled) -> Agreed:
    """The labels that stand.

    Args:
        boxes: everybody's, as they were heard.
        heard: the same, arranged.
        settled: what became of the objects.
    """
    answers, objects = heard.answers, heard.objects
    expert = np.zeros(len(answers.frames), np.bool_)
    expert[answers.frame[answers.verified]] = True
    kept = np.flatnonzero(settled.kept & ~expert[objects.frame])
    found = _of_annotators(boxes, answers, objects, settled, kept)
    stand = np.flatnonzero(_first_expert(answers)[answers.answer])
    verified = _of_experts(boxes.take(answers.row[stand]))
    both = _joined(found, verified)
    order = np.argsort(np.concatenate([objects.frame[kept], answers.box_frame[stand]]), kind="stable")
    return Agreed(both.take(order), _labelled(answers, expert))


def _first_expert(answers: Answers) -> Flags:
    """``(n,)`` the answers that stand: of several experts' answers to one frame the first by name."""
    rows = np.flatnonzero(answers.verified)
    first = np.zeros(len(answers), np.bool_)
    first[rows[np.diff(answers.frame[rows], prepend=-1) != 0]] = True
    return first


def _of_annotators(
    boxes: Annotations, answers: Answers, objects: Objects, settled: Settled, kept: Integers
) -> Annotations:
    order = np.argsort(objects.of_box, kind="stable")
    first = order[np.searchsorted(objects.of_box[order], kept)]
    rows = answers.row[objects.box]
    size, drew = len(objects), np.maximum(np.bincount(objects.of_box, minlength=len(objects)), 1)

    def mostly(flags: Flags) -> Flags:
        return np.asarray((np.bincount(objects.of_box, flags[rows], size) / drew)[kept] >= 0.5, np.bool_)

    names = np.array([*answers.labels.names, ""], object)
    return Annotations(
        frame=boxes.frame[rows[first]],
        annotator=strings([CONSENSUS] * len(kept)),
        guideline=boxes.guideline[rows[first]],
        label=names[settled.label[kept]],
        corners=settled.corners[kept].astype(np.float32),
        occluded=mostly(boxes.occluded),
        truncated=mostly(boxes.truncated),
        verified=np.zeros(len(kept), np.bool_),
        crowd=np.zeros(len(kept), np.bool_),
    )


def _of_experts(stand: Annotations) -> Annotations:
    return Annotations(
        stand.frame, strings([VERIFIED] * len(stand)), stand.guideline, stand.label, stand.corners,
        stand.occluded, stand.truncated, np.ones(len(stand), np.bool_), stand.crowd,
    )  # fmt: skip


def _joined(one: Annotations, other: Annotations) -> Annotations:
    names = Annotations.__slots__
    return Annotations(**{n: np.concatenate([getattr(one, n), getattr(other, n)]) for n in names})


def _labelled(answers: Answers, expert: Flags) -> Assignments:
    first = np.flatnonzero(np.diff(answers.frame, prepend=-1))
    versions = np.array([*answers.guidelines.names, ""], object)
    return Assignments(
        frame=strings(list(answers.frames.names)),
        annotator=np.where(expert, VERIFIED, CONSENSUS).astype(object),
        guideline=versions[answers.guideline[first]],
        verified=expert,
    )
