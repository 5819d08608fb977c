"""What the specification says of the detector: what it must cost, what leaves it, how far its forms may differ."""

from __future__ import annotations

from typing import Literal

from detection.rules.document import Document, Identifier
from detection.rules.spec.units import OpenShare, Positive, PositiveCount, Share


class Sanity(Document):
    """Can the model learn at all?"""

    ap50_minimum: Share
    """AP50 on the very frames it was overfitted to."""


class Target(Document):
    """One kind of device, and what the detector may cost there."""

    id: Identifier
    hardware: str
    engine: Identifier
    p95_ms: Positive
    memory_mb: Positive
    bundle_mb: Positive


class Output(Document):
    """The contract of what leaves the detector."""

    coordinates: Literal["corners-pixels-of-original-frame"]
    scores: Literal["calibrated"]
    suppression_iou: OpenShare
    """Of two boxes of one class that overlap more than this the better stays."""
    score_floor: OpenShare
    """Raw score below which a candidate is never looked at."""
    maximum_detections: PositiveCount


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
