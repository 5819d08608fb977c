"""What the specification says of frames and labels: classes, conditions, rights, agreement, coverage, splits."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from detection.rules.document import Document, Identifier
from detection.rules.spec.units import Bits, Count, Grey, OpenShare, Positive, PositiveCount, Severity, Share, Size


class ObjectClass(Document):
    """One class to be found."""

    id: Identifier
    display: str
    """The name people read."""
    include: str
    """What counts as one."""
    exclude: str
    """What looks like one and is not."""
    minimum_size_px: Positive
    """Shorter side below which it is not labelled, pixels of the frame."""
    minimum_visible_share: Share
    """Visible part below which it is not labelled."""


class Condition(Document):
    """One way in which frames differ, and how many of each we need."""

    id: Identifier
    values: Annotated[list[Identifier], Field(min_length=1)]
    derived_from: str
    """Where the value comes from, in words."""
    minimum_frames: Count
    """Frames of each value below which coverage says so."""


class Source(Document):
    """One place frames come from, and the right to use them."""

    id: Identifier
    licence: str
    consent: str
    """Ground on which people in the frames may be used, or ``not-needed``."""
    retain_until: date | None
    """Day after which frames are excluded; null keeps them for good."""


class Labelling(Document):
    """What labels must be before anything learns from them."""

    guideline: str
    guideline_version: str
    agreement_iou: OpenShare
    """Overlap from which two annotators' boxes count as one object."""
    agreement_floor: Share
    """Matched F1 of every class below which the labels are refused."""
    rejected_share_maximum: Share
    """Rejected frames or boxes above this part stop the run."""
    findings: dict[Identifier, Severity]
    """What each finding of ``validate`` means; those not named are warnings."""
    annotator_floor: Share
    """F1 against verified frames, or else against the consensus, below which an annotator is named as unreliable."""


class Images(Document):
    """What a usable image is; what breaks a rule is a finding. Null does not look."""

    mean_u8_minimum: Grey | None
    """Mean grey below which a frame is too dark."""
    blown_share_maximum: Share | None
    """Part of the pixels at 250 or above beyond which a frame is blown out."""
    sharpness_minimum: Positive | None
    """Variance of the Laplacian of the reduced grey image below which a frame is blurred."""
    saturation_minimum_u8: Grey | None
    """Mean of HSV saturation below which a frame of a colour camera is grey."""
    sizes: list[Size]
    """``[width, height]`` that frames may have, in pixels; empty allows any."""
    near_identical_bits: Bits | None
    """Hamming distance of two perceptual hashes up to which frames are the same picture, whose labels must agree."""


class Boxes(Document):
    """What a usual box is; what is far from it is a finding. Null does not look."""

    outlier_deviations: Positive | None
    """Robust deviations (median and MAD, logarithms) of a class's aspect or area beyond which a box is suspicious."""
    few_boxes_deviations: Positive | None
    """Robust deviations below a class's usual number in a frame beyond which the frame looks under-labelled."""
    duplicate_iou: OpenShare | None
    """Overlap of two boxes of one class by one annotator from which they are one object drawn twice."""
    border_margin_px: Count
    """A box that ends this near to the border counts as cut by it."""


class Crossing(Document):
    """Conditions (and ``class``) whose combinations must all be covered."""

    of: Annotated[list[Identifier], Field(min_length=2, max_length=3)]
    """Condition ids; ``class`` stands for the classes."""
    minimum: Count
    """Boxes of each combination if ``class`` is among them, else frames."""


class Coverage(Document):
    """How much of everything there must be, beside each condition's own minimum."""

    boxes_per_class: Count
    crossings: list[Crossing]


class MinimumGroups(Document):
    """Groups without which a split proves nothing."""

    train: PositiveCount
    val: PositiveCount
    test: PositiveCount


class JudgingFrames(Document):
    """How one of the frozen judging sets is drawn from the held-out frames."""

    frames: Count
    """Frames wanted; fewer are drawn where fewer exist, none with 0."""
    where: dict[Identifier, list[Identifier]]
    """Condition values a frame must have; empty takes any."""
    balance_by: Identifier | None
    """Condition whose values are drawn in equal numbers."""
    verified_only: bool
    """Only frames that an expert has checked."""


class Split(Document):
    """What may never stand on two sides."""

    keys: list[Literal["site", "camera", "scene"]]
    """Frames that share one of these belong together; may be empty where a window or a radius is given."""
    time_window_s: Positive | None
    """Frames of one camera no further apart than this belong together; null if not wanted."""
    near_duplicate_bits: Bits | None
    """Frames whose perceptual hashes differ in no more bits than this belong together; null if not wanted."""
    attack_advantage_maximum: Share | None
    """How much better than chance labels may be foretold by copying the nearest train frame's; null only tells."""
    minimum_groups: MinimumGroups
    golden: JudgingFrames
    challenge: JudgingFrames
