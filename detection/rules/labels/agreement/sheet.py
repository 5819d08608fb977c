"""What was measured of the annotators' agreement: the document and the table that the stage leaves, and pages read.

Values alone, so that whoever reads them depends on nothing that measures.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detection.edge.boxes import Boxes
from detection.rules.labels.samples import Strings

EVERY = "every"
"""In place of a class id: all classes together."""

REASONS = ("presence", "class", "position")
"""Why an object should be looked at again: is anything there, what is it, where does it end."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A share with its interval.

    Attributes:
        value: what was seen.
        lower: lower end of the interval; None where fewer than two groups were seen.
        upper: upper end; likewise.
    """

    value: float
    lower: float | None
    upper: float | None


@dataclass(frozen=True, slots=True)
class Compared:
    """How far annotators agree over some frames.

    Attributes:
        label: class id, or ``"every"``.
        frames: frames at which at least two of them looked.
        boxes: boxes that were compared, one for each annotator they were compared with.
        matched: couples of boxes of one class that overlap enough.
        f1: 2 * matched / boxes; None if nobody drew any.
        mean_iou: mean overlap of the matched; None if none is.
        alpha: Krippendorff's, mean over frames; None where it is not measured, as for a pair.
    """

    label: str
    frames: int
    boxes: int
    matched: int
    f1: Figure | None
    mean_iou: Figure | None
    alpha: Figure | None


@dataclass(frozen=True, slots=True)
class WorstFrame:
    """A frame that shows a disagreement well: its id, its name for people, and how many boxes found no partner."""

    id: str
    name: str
    unmatched: int


@dataclass(frozen=True, slots=True)
class ClassAgreement(Compared):
    """All annotators over one class.

    Attributes:
        worst_frames: most boxes without partner first.
        weakest: whom to talk to: the annotator without whom F1 would be highest, or both of the only two.
        f1_without: F1 of the others; None where there are no two others.
    """

    worst_frames: tuple[WorstFrame, ...]
    weakest: tuple[str, ...]
    f1_without: float | None


@dataclass(frozen=True, slots=True)
class PairAgreement(Compared):
    """Two annotators over one class, in the frames at which both looked."""

    first: str
    second: str


@dataclass(frozen=True, slots=True)
class ConditionAgreement(Compared):
    """All annotators over one class in the frames of one condition's value."""

    condition: str
    value: str


@dataclass(frozen=True, slots=True)
class GuidelineAgreement(Compared):
    """Answers that followed one version of the guideline; ``"1 and 2"`` where two versions were compared."""

    version: str


@dataclass(frozen=True, slots=True)
class Confusion:
    """What the other annotators said where one said a class; boxes matched whatever their class.

    Attributes:
        labels: ``n`` class ids of the spec, the rows.
        counts: ``n`` rows of ``n + 1``: boxes that another called each class; last, those that another did not draw.
    """

    labels: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """An annotator's answers held against what is taken for true.

    Attributes:
        frames: frames judged.
        objects: objects that were there.
        precision: part of the boxes that match an object in place and class; None without boxes.
        recall: part of the objects that were found; None without objects.
        f1: of both; None where there was nothing at all.
        mean_iou: of what was found; None if nothing was.
    """

    frames: int
    objects: int
    precision: Figure | None
    recall: Figure | None
    f1: Figure | None
    mean_iou: Figure | None


@dataclass(frozen=True, slots=True)
class Annotator:
    """One who drew.

    Attributes:
        name: who.
        frames: frames looked at.
        boxes: boxes drawn there.
        consensus: against what the others agree on; None where nobody else looked.
        verified: against the expert; None where no frame is verified.
        weight: of their word in the settled labels, above 0, at most 1.
        unreliable: below the spec's floor: against the expert, else against the others.
    """

    name: str
    frames: int
    boxes: int
    consensus: Judged | None
    verified: Judged | None
    weight: float
    unreliable: bool

    @property
    def deciding(self) -> Figure | None:
        """The F1 that decides: against the expert, else against the others."""
        against_expert = self.verified.f1 if self.verified is not None else None
        against_others = self.consensus.f1 if self.consensus is not None else None
        return against_expert if against_expert is not None else against_others


@dataclass(frozen=True, slots=True)
class Agreement:
    """``data/agreement/agreement.json``.

    Attributes:
        iou: overlap from which boxes count as one object.
        floor: F1 of every class below which the labels are refused.
        annotator_floor: F1 below which an annotator is named.
        confidence: two-sided level of the intervals.
        groups: groups of frames that were drawn for them.
        compared_frames: frames at which at least two annotators looked.
        set_aside: frames with regions that nobody counted, left out of everything.
        statement: the result in one sentence.
        every: all classes together.
        classes: one entry per class of the spec.
        pairs: per pair of annotators: every class together, then each class that either drew.
        conditions: per value of each condition, likewise.
        guidelines: per version, likewise.
        confusion: between classes.
        annotators: without the expert; best proven F1 first.
    """

    iou: float
    floor: float
    annotator_floor: float
    confidence: float
    groups: int
    compared_frames: int
    set_aside: int
    statement: str
    every: Compared
    classes: tuple[ClassAgreement, ...]
    pairs: tuple[PairAgreement, ...]
    conditions: tuple[ConditionAgreement, ...]
    guidelines: tuple[GuidelineAgreement, ...]
    confusion: Confusion
    annotators: tuple[Annotator, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Review:
    """``n`` objects to look at again, worst first; of equals those in the frames with most to look at.

    Attributes:
        frame: ids.
        label: class id with most weight.
        corners: ``(n, 4)`` settled corners, pixels.
        reason: presence, class or position.
        score: ``(n,)`` how strongly they differ, above 0, at most 1.
        kept: ``(n,)`` whether it stands among the labels.
    """

    frame: Strings
    label: Strings
    corners: Boxes
    reason: Strings
    score: NDArray[np.float64]
    kept: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.frame)


def columns(compared: Compared) -> dict[str, Any]:
    """The fields by name, to build one of the kinds below from."""
    return {field.name: getattr(compared, field.name) for field in fields(Compared)}
