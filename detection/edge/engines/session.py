"""What the detector asks of an engine, whichever it is."""

from __future__ import annotations

from typing import Protocol

from detection.edge.vision.decode import Raw
from detection.edge.vision.preprocess import Tensor


class Session(Protocol):
    """A loaded model: one input of a fixed size, one raw output."""

    @property
    def input_width(self) -> int:
        """Pixels of the tensor."""

    @property
    def input_height(self) -> int:
        """Pixels of the tensor."""

    def run(self, tensor: Tensor) -> Raw:
        """One tensor ``(1, 3, height, width)`` to one raw output ``(1, 4 + classes, anchors)``."""
