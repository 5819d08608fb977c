"""May this annotator's answers be believed? Their blind answers against what somebody else said of the same frames.

Agreement is the F1 of boxes of one class that overlap by the spec's IoU, matched one to one so that the sum of overlaps
is largest, over all frames at once: the same figure that stage ``agreement`` gives two annotators. A frame on which
both found nothing is one more frame, but no evidence: with no box at all there is no figure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from detection.edge.boxes import Boxes, iou
from detection.rules.field.review.home import Brought
from detection.rules.field.review.session import Known
from detection.rules.spec.review import Review


@dataclass(frozen=True, slots=True)
class Control:
    """What the blind frames say of the annotator.

    Attributes:
        frames: blind frames that somebody else answered too.
        boxes: of the annotator on them.
        others: of the others on them.
        matched: of both.
        f1: None if there was no box.
    """

    frames: int
    boxes: int
    others: int
    matched: int
    f1: float | None


def compare(brought: Sequence[Brought], known: Sequence[Known], at_least: float) -> Control:
    """Compare blind answers with what is known.

    Args:
        brought: the annotator's.
        known: of somebody else; frames that are not blind here are passed over.
        at_least: overlap from which two boxes are one object.
    """
    own = {one.item.frame: one for one in brought if one.item.blind}
    frames = [one for one in known if one.frame in own]
    boxes = sum(len(own[one.frame].labels) for one in frames)
    others = sum(len(one.truths) for one in frames)
    matched = sum(_matched(own[one.frame], one, at_least) for one in frames)
    f1 = 2 * matched / (boxes + others) if boxes + others else None
    return Control(len({one.frame for one in frames}), boxes, others, matched, f1)


def refusal(control: Control, asked: Review) -> str:
    """Why a session is refused, with what to do about it; ``""`` if it is not."""
    if control.frames < asked.control_minimum:
        return (
            f"{control.frames} blind frames can be compared with somebody else's answers "
            f"(needs {asked.control_minimum}); decide all of them, open a session with --verified DATA, or name "
            "another reviewer's session of this queue with --against"
        )
    if control.f1 is None:
        return "no box stands on any blind frame: agreement cannot be measured; take verified frames that hold objects"
    if control.f1 < asked.agreement_floor:
        return (
            f"agreement on {control.frames} blind frames: F1 {control.f1:.3f} (needs {asked.agreement_floor:g}) at IoU "
            f"{asked.agreement_iou:g}, {control.matched} of {control.boxes} and {control.others} boxes matched; "
            "talk over the guideline, then review again"
        )
    return ""


def told(control: Control, asked: Review) -> str:
    """The figure with its limit, in a line."""
    figure = "not measurable" if control.f1 is None else f"F1 {control.f1:.3f}"
    return f"agreement on {control.frames} blind frames: {figure} (needs {asked.agreement_floor:g})"


def _matched(own: Brought, other: Known, at_least: float) -> int:
    corners: Boxes = np.array([[t.x1, t.y1, t.x2, t.y2] for t in other.truths], np.float32).reshape(-1, 4)
    same = np.array([[label == t.label for t in other.truths] for label in own.labels], bool)
    overlap = iou(own.corners, corners)
    good = np.where(same.reshape(overlap.shape) & (overlap >= at_least), overlap, 0.0)
    first, second = linear_sum_assignment(good, maximize=True)
    return int((good[first, second] > 0).sum())
