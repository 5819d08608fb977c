"""What to do about the errors of one kind: the first explanation that the evidence bears, then the plainest.

Every explanation is a function of a case; it gives no counsel unless most of the errors, or clearly more than
elsewhere, speak for it. The figures that made it speak are its evidence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from detection.rules.judging.errors.case import Case, Concentration
from detection.rules.judging.errors.sheet import Action
from detection.rules.judging.errors.taxonomy import MISSED, Kind

MOST = 0.5
"""Share of the errors from which an explanation explains them."""
DOUBTED = 0.3
"""Share of the errors from which the labels are to be looked at first: a wrong label spoils every other conclusion."""
MINIMUM = 3
"""Errors below which nothing is concluded from what they have in common."""


@dataclass(frozen=True, slots=True)
class Counsel:
    """What has to change, what to do, and the figures behind it."""

    action: Action
    sentence: str
    evidence: str


Explanation = Callable[[Case], Counsel | None]


def counsel(kind: Kind, case: Case) -> Counsel:
    """What to do about the errors of a case, which are all of one kind."""
    for explanation in EXPLANATIONS[kind]:
        given = explanation(case)
        if given is not None:
            return given
    raise ValueError(f"nothing explains {kind} errors: the last explanation must hold always")


def _below(case: Case) -> Counsel | None:
    scores = case.errors.score[~np.isnan(case.errors.score)]
    if len(scores) < MOST * len(case):
        return None
    cut = float(np.median(scores))
    found, false = (case.hidden(cut, right) for right in (True, False))
    if false > found:
        return None
    return Counsel(
        "threshold",
        "Most of what is missed is seen, but not surely enough: weigh another operating point (operating_points in "
        "the specification).",
        f"{len(scores)} of {len(case)} missed objects have a right detection below the threshold; from {cut:.2f} on "
        f"{found} more would be found, and {false} more detections would be false.",
    )


def _cut_off(case: Case) -> Counsel | None:
    cut, usual = case.cut() / len(case), case.cut_share()
    if cut < MOST or cut < 1.25 * usual:
        return None
    return Counsel(
        "label policy",
        "Say in the labelling guideline from which visible part on an object at the frame's edge is labelled, hold the "
        "labels to it, and give training more of them.",
        f"{case.cut()} of {len(case)} errors touch the frame's edge, against {usual:.0%} of all such objects.",
    )


def _crowded(case: Case) -> Counsel | None:
    limit = case.setting.suppression_iou - 0.1  # boxes are never exact: two objects lose each other somewhat earlier
    near = case.crowded(limit)
    if near < MOST * len(case):
        return None
    return Counsel(
        "suppression",
        "Raise output.suppression_iou: objects that stand close together are taken for one.",
        f"{near} of {len(case)} missed objects overlap another of their class by {limit:.2f} or more; the "
        f"detector drops the less sure of two detections from {case.setting.suppression_iou:g} on.",
    )


def _small(case: Case) -> Counsel | None:
    small, usual = case.small() / len(case), case.small_share()
    if small < MOST or small < 1.25 * usual:
        return None
    return Counsel(
        "architecture",
        "Train and run at a larger input size (train.size), or take a larger model: these objects cover few pixels.",
        f"{case.small()} of {len(case)} errors are of objects below {case.setting.small_below_px:g} px, against "
        f"{usual:.0%} of all such objects.",
    )


def _somewhere(case: Case) -> Counsel | None:
    place = case.concentration(MINIMUM)
    if place is None:
        return None
    where = f"{place.condition} {place.value}"
    often = "only there" if place.times == float("inf") else f"{place.times:.1f} times as often as elsewhere"
    evidence = (
        f"{place.errors} of {len(case)} errors are at {where}, {often}; training has {place.learned:,} "
        f"{case.name} there, {place.share:.0%} of what it has."
    )
    return Counsel(*_for_a_place(case, place, where), evidence)


def _for_a_place(case: Case, place: Concentration, where: str) -> tuple[Action, str]:
    if place.share < place.even:
        return "data", f"Collect and label more frames with {case.name} at {where} for training."
    return (
        "augmentation",
        f"Training has its share of {case.name} at {where}; vary what makes them hard there (brightness, blur, "
        "occlusion) in the train section of params.yaml, and look at the pictures of these errors first.",
    )


def _rarely_shown(case: Case) -> Counsel | None:
    here = case.learned_here()
    if here is None or here.share >= here.even:
        return None
    where = f"{here.condition} {here.value}"
    return Counsel(
        "data",
        f"Collect and label more frames with {case.name} at {where} for training.",
        f"{len(case)} errors at {where}; training has {here.learned:,} {case.name} there, {here.share:.0%} of what it "
        f"has, and would have {here.even:.0%} if every value were as frequent.",
    )


def _more_like_them(case: Case) -> Counsel:
    seen = int((~np.isnan(case.errors.score)).sum()) if case.errors.kind[0] == MISSED else 0
    below = f" {seen} are seen below the threshold, among more false detections than right ones." if seen else ""
    return Counsel(
        "data",
        "Look at their pictures, then collect and label more frames like them: nothing measured sets them apart.",
        f"{len(case)} errors in {len(np.unique(case.errors.frame))} frames, not clearly more frequent under one "
        f"condition than under another.{below}",
    )


def _labels_overlooked(case: Case) -> Counsel | None:
    return _doubted(case, case.doubted("overlooked"), "look like objects that nobody labelled")


def _labels_swapped(case: Case) -> Counsel | None:
    return _doubted(case, case.doubted("swapped"), "stand on labels whose class looks swapped")


def _labels_misplaced(case: Case) -> Counsel | None:
    return _doubted(case, case.doubted("badly placed"), "stand on labels whose box looks badly placed")


def _doubted(case: Case, count: int, what: str) -> Counsel | None:
    if count < max(MINIMUM, DOUBTED * len(case)):
        return None
    return Counsel(
        "label policy",
        "Review the labels first (data/diagnose/suspicions.parquet, the most suspicious first), and say in the "
        "labelling guideline what was unclear.",
        f"{count} of {len(case)} errors {what}.",
    )


def _parts(case: Case) -> Counsel | None:
    parts = case.inside()
    if parts < MOST * len(case):
        return None
    return Counsel(
        "label policy",
        "Say in the labelling guideline whether a box takes in what is hidden, label by it, and give training more "
        "half-hidden objects.",
        f"{parts} of {len(case)} detections lie inside their object: the model sees a part and calls it the whole.",
    )


def _loose(case: Case) -> Counsel:
    middle = float(np.median(case.errors.overlap))
    near = case.setting.iou - 0.15
    sentence = (
        "The boxes are nearly right: train longer, or vary position and size more (translate, scale)."
        if middle >= near
        else "The boxes are far off: look at the pictures; two objects in one box want more crowded frames."
    )
    action: Action = "augmentation" if middle >= near else "data"
    return Counsel(action, sentence, f"Median overlap {middle:.2f}, {case.setting.iou:g} is asked, of {len(case)}.")


def _confused(case: Case) -> Counsel:
    pairs = Counter(zip(case.errors.other.tolist(), case.errors.label.tolist(), strict=True))
    (there, said), times = pairs.most_common(1)[0]
    names = case.setting.names
    back = f", {pairs[said, there]} the other way round" if case.label is None and there != said else ""
    return Counsel(
        "data",
        f"Show training more frames with {names[there]} and {names[said]} side by side, and sharpen what the "
        "specification includes and excludes for the two.",
        f"{times} of {len(case)} errors call {names[there]} {names[said]}{back}.",
    )


def _repeated(case: Case) -> Counsel:
    now = case.setting.suppression_iou
    bound = (np.ceil(np.quantile(case.errors.rival, 0.25) * 20 - 1e-9) - 1) / 20  # the next twentieth below
    lost = case.touching(bound)
    gone = int((case.errors.rival > bound).sum())
    if bound >= now or bound <= 0 or lost > gone:
        return Counsel(
            "architecture",
            "Another bound of suppression would lose more objects than duplicates: a model that answers once for each "
            "object, or one trained longer, has fewer.",
            f"At {max(bound, 0):g} suppression would take away {gone} of {len(case)} duplicates; {lost} labelled "
            f"{case.name} overlap another by as much.",
        )
    return Counsel(
        "suppression",
        f"Lower output.suppression_iou from {now:g} to {bound:g}.",
        f"That would take away {gone} of {len(case)} duplicates; {lost} labelled {case.name} overlap another as much.",
    )


def _empty(case: Case) -> Counsel | None:
    empty = case.empty()
    if empty < MOST * len(case):
        return None
    return Counsel(
        "data",
        "Give training frames without any object from these places: the model has not learned what nothing looks like.",
        f"{empty} of {len(case)} false detections are in frames that show no object.",
    )


# A box that does not fit always disagrees with its label, so there the label is doubted only after what explains it.
EXPLANATIONS: Mapping[Kind, tuple[Explanation, ...]] = {
    "classification": (_labels_swapped, _confused),
    "localisation": (_cut_off, _parts, _labels_misplaced, _small, _somewhere, _loose),
    "both": (_small, _somewhere, _confused),
    "duplicate": (_repeated,),
    "background": (_labels_overlooked, _cut_off, _empty, _somewhere, _rarely_shown, _more_like_them),
    "missed": (_below, _crowded, _cut_off, _small, _somewhere, _rarely_shown, _more_like_them),
}
