"""How much a delivery may ask of us: all that arrives is hostile until it was read."""

from __future__ import annotations

from detection.rules.document import Document
from detection.rules.spec.units import PositiveCount


class Limits(Document):
    """Section ``limits`` of a ``collect`` in params.yaml."""

    pixels: PositiveCount
    """Images with more pixels are refused before they are decoded."""
    members: PositiveCount
    """Files in one delivery."""
    member_bytes: PositiveCount
    """Bytes of one file, unpacked."""
    total_bytes: PositiveCount
    """Bytes of all files of one delivery, unpacked."""
    expansion: PositiveCount
    """Times that an archive may grow when it is unpacked; tells a bomb from a well-packed file."""
