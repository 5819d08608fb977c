"""What labels that came back come to: objectives day by day, and a diagnosis of each camera. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from detection.rules.spec.field import Objective


class Kept(Enum):
    """Whether an objective is met."""

    TOO_FEW = "not enough data"
    MET = "met"
    BELOW = "below"
    """Below its floor, not yet for as many days as a breach takes."""
    BREACHED = "breached"


@dataclass(frozen=True, slots=True)
class ObjectiveDay:
    """One objective at the end of one day.

    Attributes:
        day_s: begin of the day, seconds since 1970 UTC.
        value: over the rolling window that ends with the day; NaN where there was not enough data.
        labelled: detections (precision) or objects (recall) that people have judged in the window.
        below_days: days in a row, this one included, below the floor.
        kept: what it says.
    """

    day_s: int
    value: float
    labelled: int
    below_days: int
    kept: Kept


@dataclass(frozen=True, slots=True)
class ObjectiveStanding:
    """One objective over all days that have labels.

    Attributes:
        objective: as the spec has it.
        days: oldest first; empty without labels.
        breached_at_s: begin of the first day on which it was breached; none if never.
    """

    objective: Objective
    days: tuple[ObjectiveDay, ...]
    breached_at_s: int | None

    @property
    def kept(self) -> Kept:
        """What the newest day says."""
        return self.days[-1].kept if self.days else Kept.TOO_FEW


class Drift(Enum):
    """What has changed, as far as readings and labels together can say."""

    NONE = "no drift"
    DATA = "data drift"
    """What the camera sees has changed; what the detector says of it is still right."""
    CONCEPT = "concept drift"
    """The detector is less often right than it was; only labels can show it."""
    UNKNOWN = "data drift, too few labels to say more"
    UNWATCHED = "not enough data"
    """Neither windows nor labels suffice."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Data drift or concept drift, of one camera or (camera ``""``) of all.

    Attributes:
        camera: whose, or ``""``.
        drift: what it is.
        precision: among what people have judged since; NaN where there was not enough.
        precision_upper: one-sided upper bound of it, at 95 %; concept drift is when this lies below the floor.
        recall: likewise.
        recall_upper: likewise.
        labelled_frames: that came back.
    """

    camera: str
    drift: Drift
    precision: float
    precision_upper: float
    recall: float
    recall_upper: float
    labelled_frames: int
