"""Do the annotators agree enough to learn from? Everything that is measured of them, and the classes below the floor.

Two annotators agree on an object when their boxes of one class overlap by the spec's IoU, matched one to one so that
the sum of overlaps is largest. Agreement is the F1 of such matches: it is the same whoever of the two is taken for the
truth. The expert's answers are not an annotator's and are left out; they serve to judge the annotators.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from detection.rules.labels.agreement import annotators, comparison, scopes
from detection.rules.labels.agreement.comparison import Material
from detection.rules.labels.agreement.confusion import confusion
from detection.rules.labels.agreement.figures import Dice, grouped
from detection.rules.labels.agreement.gathering.answers import Answers, Reals
from detection.rules.labels.agreement.settling.reliability import Heard
from detection.rules.labels.agreement.sheet import Agreement, ClassAgreement, Compared, WorstFrame, columns
from detection.rules.labels.samples import Frames
from detection.rules.spec.labels import Labelling

WORST_FRAMES = 12
"""Frames that show a disagreement best, named per class."""


def measure(heard: Heard, frames: Frames, classes: Sequence[str], labelling: Labelling, dice: Dice) -> Agreement:
    """Compare all annotators over the frames they share.

    Args:
        heard: everybody's answers.
        frames: for names, conditions and groups.
        classes: class ids of the spec.
        labelling: overlap and floors.
        dice: for the intervals.
    """
    answers, groups = heard.answers, grouped(frames, heard.answers.frames, dice)
    material = comparison.material(answers, heard.objects, tuple(classes), groups, labelling.agreement_iou)
    *classed, every = comparison.compare(material, comparison.one_scope(material))[0]
    ranked = annotators.rank(answers, heard.reliability, groups, labelling.annotator_floor)
    pooled = _classes(material, classed, frames)
    return Agreement(
        labelling.agreement_iou, labelling.agreement_floor, labelling.annotator_floor, dice.confidence,
        groups=len(groups),
        compared_frames=every.frames,
        set_aside=len(answers.set_aside),
        statement=_statement(pooled, len(ranked), every.frames, labelling.agreement_floor),
        every=every,
        classes=pooled,
        pairs=scopes.pairs(material),
        conditions=scopes.conditions(material, frames),
        guidelines=scopes.guidelines(material),
        confusion=confusion(answers, material.couples, tuple(classes), labelling.agreement_iou),
        annotators=ranked,
    )  # fmt: skip


def _classes(made: Material, classed: Sequence[Compared], frames: Frames) -> tuple[ClassAgreement, ...]:
    """Each class with the frames to look at and the people to talk to."""
    without = comparison.without_each(made)
    worst = _worst_frames(made, frames)
    listed = []
    for place, compared in enumerate(classed):
        weakest, rest = _weakest(made.answers, without[:, place], compared)
        listed.append(ClassAgreement(**columns(compared), worst_frames=worst[place], weakest=weakest, f1_without=rest))
    return tuple(listed)


def _weakest(answers: Answers, without: Reals, compared: Compared) -> tuple[tuple[str, ...], float | None]:
    """Whose absence would raise F1 most; both where only two have drawn; nobody where nobody's absence would."""
    if compared.f1 is None or compared.f1.value == 1:
        return (), None
    drew = np.unique(answers.annotator[~answers.verified])
    if len(drew) == 2:
        return tuple(answers.annotators.names[code] for code in drew), None
    known = drew[~np.isnan(without[drew])]
    best = int(known[np.argmax(without[known])]) if len(known) else -1
    if best < 0 or without[best] <= compared.f1.value:
        return (), None
    return (answers.annotators.names[best],), float(without[best])


def _worst_frames(made: Material, frames: Frames) -> list[tuple[WorstFrame, ...]]:
    """For each class the frames with most boxes without a partner; of equals the first by name."""
    matches, ids = made.matches, made.answers.frames.names
    alone = np.flatnonzero(matches.partner < 0)
    frame, label = made.answers.box_frame[matches.box[alone]], made.label[made.answers.label[matches.box[alone]]]
    name_of = dict(zip(frames.id, frames.name, strict=True))
    listed = []
    for place in range(len(made.classes)):
        rows, counts = np.unique(frame[label == place], return_counts=True)
        least = np.partition(counts, -WORST_FRAMES)[-WORST_FRAMES] if len(counts) > WORST_FRAMES else 0
        found = [
            WorstFrame(ids[row], str(name_of.get(ids[row], ids[row])), int(count))
            for row, count in zip(rows[counts >= least], counts[counts >= least], strict=True)
        ]
        listed.append(tuple(sorted(found, key=lambda w: (-w.unmatched, w.name))[:WORST_FRAMES]))
    return listed


def _statement(classes: Sequence[ClassAgreement], annotators: int, compared: int, floor: float) -> str:
    if not annotators:
        return "nobody labelled: agreement not measurable"
    if annotators < 2:
        return "one annotator: agreement not measurable"
    if not compared:
        return f"{annotators} annotators, no frame seen by two of them: agreement not measurable"
    measured = [(c.f1.value, c.label) for c in classes if c.f1 is not None]
    if not measured:
        return f"{compared} frames seen by two annotators, no box in any: agreement not measurable"
    lowest, label = min(measured)
    word = "agree" if lowest >= floor else "do not agree"
    return (
        f"{annotators} annotators {word}: lowest F1 {lowest:.3f} (needs {floor}), class {label}, over {compared} frames"
    )
