"""What the specification says of judging: what counts as found, where classes are cut, what must be proven."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from detection.rules.document import Document, Identifier
from detection.rules.spec.units import JudgingSet, OpenShare, Positive, Share

SIZE = "size"
"""Name under which ``where`` and ``by`` may speak of an object's size as of a condition."""
SIZES = ("small", "medium", "large")

Metric = Literal[
    "precision", "recall", "f1", "ap50", "ap50_95", "average_recall", "false_per_background_frame", "calibration_error"
]
LOWER_IS_BETTER = ("false_per_background_frame", "calibration_error")
"""Metrics that are bounded by ``at_most``; the others by ``at_least``."""

Corner = Annotated[float, Field(ge=0)]
Corners = Annotated[list[Corner], Field(min_length=4, max_length=4)]
"""x1, y1, x2, y2 in pixels of the frame."""
COUNTED_BY_BOX = ("precision", "recall", "f1", "calibration_error")
"""Metrics that may be asked of boxes of one size; the others follow COCO, where a size excuses and does not count."""


class Sizes(Document):
    """Which objects are small, medium and large, by the side of the square of equal area."""

    small_below_px: Positive
    large_from_px: Positive


class Judging(Document):
    """What counts as found, and which slices are scored."""

    iou: OpenShare
    """Overlap from which a detection has found an object: for precision, recall, calibration and operating points."""
    sizes: Sizes
    crossings: list[Annotated[list[Identifier], Field(min_length=2)]]
    """Conditions whose values are scored crossed with each other, beside each alone; may be empty."""


class BestF1(Document):
    """Cut where F1 is best."""

    kind: Literal["f1-best"]


class Cost(Document):
    """Cut where false and missed detections cost least together."""

    kind: Literal["cost"]
    false_detection: Positive
    missed_object: Positive
    """In the same unit as the other, whatever it is."""


class Floor(Document):
    """Cut where one figure is at least this and the other is best."""

    kind: Literal["precision-floor", "recall-floor"]
    at_least: OpenShare


class RiskBound(Document):
    """Cut as high as the bound allows: the expected share of missed objects (or of false detections) stays below."""

    kind: Literal["risk-bound"]
    risk: Literal["missed-share", "false-share"]
    at_most: OpenShare
    confidence: OpenShare
    """That the bound holds, over the draw of the groups it was chosen on."""


class Margin(Document):
    """Cut where the smaller of two margins is widest: precision's and recall's above what the acceptance asks of them.

    Best F1 may give one away for the other; here the demand that is nearest to failing has the best chance.
    """

    kind: Literal["widest-margin"]
    precision: OpenShare
    recall: OpenShare


Policy = Annotated[BestF1 | Cost | Floor | RiskBound | Margin, Field(discriminator="kind")]


class OperatingPoint(Document):
    """How a class is cut. The first entry that names the class decides, else the first for ``every``."""

    label: Identifier
    policy: Policy
    by: Identifier | None
    """A condition of which each value gets a cut of its own; a device not told the value uses the common cut."""


class Criterion(Document):
    """One line of the gate: a bound that must be proven, not observed."""

    set: JudgingSet
    variant: Identifier
    """A variant's name, or ``every``."""
    label: Identifier
    """A class id, or ``every`` for all boxes together."""
    where: dict[Identifier, list[Identifier]]
    """The slice: condition values a frame must have, or sizes of the boxes; empty takes all."""
    metric: Metric
    at_least: OpenShare | None = None
    at_most: Positive | None = None
    confidence: OpenShare
    """One-sided; 0.95 lets one release in twenty pass at the bound itself."""

    @property
    def bound(self) -> float:
        """The one of the two that is given."""
        given = self.at_least if self.at_least is not None else self.at_most
        if given is None:
            raise ValueError("a criterion without a bound was let through")
        return given


class Subgroup(Document):
    """The worst value of a condition may not fall further than this below the mean of its values."""

    set: JudgingSet
    variant: Identifier
    label: Identifier
    metric: Literal["precision", "recall"]
    by: Identifier
    """The condition."""
    drop_maximum: Share
    confidence: OpenShare


class NeverMiss(Document):
    """An object that every variant must find at its shipped threshold."""

    frame: str
    """The frame's name; it must stand in a set that judges."""
    label: Identifier
    box: Corners
    iou: OpenShare
    why: str


class NeverFire(Document):
    """A place where no variant may show a detection at its shipped threshold."""

    frame: str
    label: Identifier
    """A class id, or ``every``."""
    region: Corners | None
    """No box may have its centre here; nothing given means the whole frame."""
    why: str


class Cases(Document):
    """Named frames and boxes; any violation fails."""

    never_miss: list[NeverMiss]
    never_fire: list[NeverFire]


class Acceptance(Document):
    """What must be proven before anything ships."""

    criteria: Annotated[list[Criterion], Field(min_length=1)]
    subgroups: list[Subgroup]
    cases: Cases
    correction: Literal["none", "holm"]
    """For many lines judged at once; the family-wise error is stated either way."""


class Comparison(Document):
    """When a challenger is better than the champion."""

    set: JudgingSet
    metric: Literal["ap50", "ap50_95", "precision", "recall", "f1"]
    margin: Share
    """The difference that must be exceeded; a tie keeps the champion."""
    confidence: OpenShare
    """One-sided, of the difference's lower bound."""


class Guardrails(Document):
    """What may not get worse while something else gets better."""

    p95_increase_maximum: Share
    """Part of the champion's p95 latency, measured beside it."""
    bundle_increase_maximum: Share
    """Part of the champion's size in bytes."""
    worst_condition_recall_drop_maximum: Share
    calibration_error_increase_maximum: Share
