"""Why a frame is worth a person's time: one function a reason, each with a score and words."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from detection.edge.boxes import iou
from detection.rules.field.queue.candidates import Candidate, Context
from detection.rules.field.queue.items import Cause, Prediction
from detection.rules.spec.review import Reason, Review

_FOREIGN = "out-of-domain:"
"""What flags of a frame outside the validated world begin with."""
_SHOWS_NOTHING = frozenset(("camera:frozen", "camera:covered"))
"""Flags of a camera whose frames teach nothing: somebody has to mend it."""


def causes(candidate: Candidate, context: Context, review: Review) -> dict[Reason, Cause]:
    """All reasons that hold for a frame, in the order in which the spec fills its quotas.

    Of a camera that is frozen or covered only control frames are looked at: what was drawn at random stays random.
    """
    shows_nothing = not _SHOWS_NOTHING.isdisjoint(candidate.flags)
    asked = [quota.reason for quota in review.quotas if quota.reason == "control" or not shows_nothing]
    found = {reason: _JUDGES[reason](candidate, context, review) for reason in asked}
    return {reason: cause for reason, cause in found.items() if cause is not None}


def low_margin(candidate: Candidate, context: Context, review: Review) -> Cause | None:
    """A detection whose score is so near to its threshold that chance may have decided."""
    cuts = context.cuts.get(candidate.variant, {})
    margins = [(abs(one.score - cuts[one.label]), one) for one in candidate.predictions if one.label in cuts]
    near, doubtful = min(margins, key=lambda pair: pair[0], default=(1.0, None))
    if doubtful is None or near >= review.low_margin:
        return None
    words = f"{doubtful.label} scores {doubtful.score:.2f}, its threshold is {cuts[doubtful.label]:.2f}"
    return Cause("low-margin", round(1 - near / review.low_margin, 6), words)


def disagreement(candidate: Candidate, context: Context, review: Review) -> Cause | None:
    """Something that one variant tells and another does not see at all, not even below its threshold by a little."""
    if candidate.other is None:
        return None
    told = tuple(one for one in candidate.predictions if one.told)
    other = tuple(one for one in candidate.other if one.told)
    alone = [*_alone(told, candidate.other, review), *_alone(other, candidate.predictions, review)]
    if not alone:
        return None
    words = ", ".join(sorted({f"{one.label} at {one.score:.2f}" for one in alone}))
    both = len(told) + len(other)
    said = f"seen by one of {candidate.variant} and {candidate.other_variant} only: {words}"
    return Cause("disagreement", round(len(alone) / both, 6), said)


def out_of_domain(candidate: Candidate, context: Context, review: Review) -> Cause | None:
    """The device's guard found the frame outside the validated world."""
    found = [flag.removeprefix(_FOREIGN) for flag in candidate.flags if flag.startswith(_FOREIGN)]
    if not found:
        return None
    return Cause("out-of-domain", 1 - 0.5 ** len(found), f"outside the validated {', '.join(sorted(found))}")


def drifted_camera(candidate: Candidate, context: Context, review: Review) -> Cause | None:
    """Taken by a camera that has left the validated world, since it has."""
    taken = candidate.captured_at.timestamp()
    open_ = [one for one in context.suspicions if one.camera == candidate.camera and taken >= one.since_s]
    if not open_:
        return None
    worst = max(open_, key=lambda one: (one.alarm, -one.since_s, one.incident))
    words = f"{worst.words or 'its frames'} moved ({'alarm' if worst.alarm else 'warning'}, incident {worst.incident})"
    return Cause("drifted-camera", 1.0 if worst.alarm else 0.5, words)


def new_appearance(candidate: Candidate, context: Context, review: Review) -> Cause | None:
    """Some part of the frame is unlike anything in the known frames."""
    if np.isnan(candidate.novelty) or candidate.novelty < review.novelty:
        return None
    words = f"a part of it is less like the known frames than {candidate.novelty:.2%} of them are like each other"
    return Cause("new-appearance", round((candidate.novelty - review.novelty) / (1 - review.novelty), 6), words)


def control(candidate: Candidate, context: Context, review: Review) -> Cause | None:
    """Drawn by the device at random from all its frames, whatever it saw in them."""
    return Cause("control", 0.0, "") if "control" in candidate.asked else None


_JUDGES: Mapping[Reason, Callable[[Candidate, Context, Review], Cause | None]] = {
    "low-margin": low_margin,
    "disagreement": disagreement,
    "out-of-domain": out_of_domain,
    "drifted-camera": drifted_camera,
    "new-appearance": new_appearance,
    "control": control,
}


def _alone(told: tuple[Prediction, ...], others: tuple[Prediction, ...], review: Review) -> list[Prediction]:
    """Those of ``told`` for which ``others`` has none of class and place, told too or with nearly as good a score."""
    near = review.low_margin
    same = [[a.label == b.label and (b.told or b.score >= a.score - near) for b in others] for a in told]
    overlaps = iou(_corners(told), _corners(others))
    matched = (overlaps >= review.agreement_iou) & np.array(same, bool).reshape(overlaps.shape)
    return [one for one, partner in zip(told, matched.any(axis=1), strict=True) if not partner]


def _corners(predictions: tuple[Prediction, ...]) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    corners = [(one.x1, one.y1, one.x2, one.y2) for one in predictions]
    return np.array(corners, np.float32).reshape(-1, 4)
