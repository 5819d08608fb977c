"""What the specification says of the detector: what it must cost, what leaves it, how far its forms may differ."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from detection.rules.document import Document
from detection.rules.spec.units import OpenShare, Positive, PositiveCount, Share


class Sanity(Document):
    """Can the model learn at all?"""

    ap50_minimum: Share
    """AP50 on the very frames it was overfitted to."""


class Output(Document):
    """The contract of what leaves the detector."""

    coordinates: Literal["corners-pixels-of-original-frame"]
    scores: Literal["calibrated"]
    suppression_iou: OpenShare
    """Of two boxes that overlap more than this the better stays."""
    suppression_across_classes: bool
    """Whether boxes of two classes suppress each other too: where one thing is never two, and classes look alike."""
    score_floor: OpenShare
    """Raw score below which a candidate is never looked at."""
    maximum_detections: PositiveCount


class Variants(Document):
    """What a variant may lose against the full-precision model it was made from."""

    ap50_95_loss_maximum: Share
    """AP50-95 of golden and of challenge, both at all sizes; 0.01 is one point."""
    confidence: OpenShare
    """One-sided, of the loss's upper bound, both drawn over the same groups."""


class Installation(Document):
    """When a new installation has proven itself on a device, and when it goes back by itself."""

    watch_s: Positive
    """Seconds after the switch in which it is watched."""
    stall_s: Positive
    """Seconds without a heartbeat, or without a frame of a live source, that count as standing still."""
    failed_share_maximum: Share
    """Frames without a sound answer, part of all."""
    p95_factor_maximum: Annotated[float, Field(ge=1)]
    """Times the target's p95 that frames may take."""
    starts_maximum: PositiveCount
    """Starts within the window: a program that dies is started again, so often and no more."""


class FailureModes(Document):
    """What is answered when the world is not as validated."""

    unknown_object: Literal["ignore", "flag"]
    low_score: Literal["suppress", "flag"]
    out_of_domain: Literal["flag", "suppress", "fallback"]
    degraded_camera: Literal["flag", "suppress", "fallback"]


class Parity(Document):
    """How far training, export and device may differ over the same frames."""

    tensor_difference_maximum: Share
    """Largest difference of a letterboxed tensor's value, scale 0 to 1."""
    box_difference_maximum_px: Positive
    score_difference_maximum: OpenShare
    unmatched_share_maximum: Share
    """Detections of one side without a partner on the other, part of all."""
    variant_score_difference_maximum: OpenShare
    """Mean difference of raw scores between a variant and the full-precision model it was made from."""
