"""What the specification says of the validated world: how far a frame may be from it, and what is then answered."""

from __future__ import annotations

from typing import Literal

from detection.rules.document import Document
from detection.rules.spec.units import OpenShare, Positive, Share

Range = Literal["brightness", "contrast", "sharpness"]
"""What is measured of every frame and has a validated range."""


class Domain(Document):
    """When a frame is outside the world in which the detector was validated.

    What is answered then is the section ``failure_modes``: ``out_of_domain`` for a frame, ``degraded_camera`` for a
    camera that is frozen, covered or moved.
    """

    ranges: list[Range]
    """Held against the validated range; may be empty."""
    quantile: OpenShare
    """The range spans the validated frames from this quantile to its counterpart above."""
    margin_share: Share
    """Part of the range's width by which it is widened on either side (of its logarithm for contrast, sharpness)."""
    sizes: Literal["validated", "any"]
    """Whether a frame may have another size in pixels than every validated one."""
    cameras: Literal["validated", "any"]
    """Whether a camera that was not among the validated ones is outside."""
    frame_rate_minimum_hz: Positive | None
    """Below, a camera is degraded; null does not look."""
    frozen_s: Positive
    """Seconds of bit-equal pictures after which a camera is frozen."""
    covered_contrast: Positive
    """Standard deviation of grey below which, and with sharpness below its validated range, a camera is covered."""
    moved_similarity: Share
    """Correlation with the camera's own view below which it has moved."""
    moved_s: Positive
    """Seconds for which the view must have differed before the camera is called moved."""
