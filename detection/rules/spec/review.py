"""What the specification says of review: which frames come back from the field, how soon, and what corrections need."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from detection.rules.document import Document
from detection.rules.spec.units import Bits, Count, OpenShare, Positive, PositiveCount, Share

Reason = Literal["low-margin", "disagreement", "out-of-domain", "drifted-camera", "new-appearance", "control"]
"""Why a frame is looked at; ``control`` is drawn at random and reviewed blind."""


class Quota(Document):
    """How many frames of one reason are looked at."""

    reason: Reason
    frames: Count
    """At most, in one queue."""
    per_camera: PositiveCount
    """At most, of one camera."""
    due_hours: Positive
    """From the frame's arrival in the queue until it should be reviewed."""


class Review(Document):
    """How frames of the field become labels."""

    quotas: Annotated[list[Quota], Field(min_length=1)]
    low_margin: OpenShare
    """Distance of a score from its threshold below which a detection is doubtful."""
    near_duplicate_bits: Bits
    """Frames of one queue differ by more than this in their perceptual hashes."""
    novelty: OpenShare
    """Part of the known frames that a frame must surpass in unlikeness to all others to count as a new appearance."""
    agreement_floor: Share
    """Matched F1 on the blind control frames below which a session's corrections are refused."""
    agreement_iou: OpenShare
    control_minimum: Count
    """Control frames without which a session cannot be closed."""
    unchanged_share_warning: Share
    """Part of the proposals accepted unchanged above which reviewers may be following the model (prelabel bias)."""
