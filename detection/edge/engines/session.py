"""What the detector asks of an engine, whichever it is."""

from __future__ import annotations

from typing import Protocol

from detection.edge.vision.decode import Raw
from detection.edge.vision.preprocess import Tensor


class Session(Protocol):
    """A loaded model: one input of a fixed size, one raw output, both in memory that it keeps."""

    @property
    def tensor(self) -> Tensor:
        """``(1, 3, height, width)``: what the next :meth:`run` sees; write into it."""

    @property
    def classes(self) -> int:
        """How many classes the output scores."""

    def run(self) -> Raw:
        """``(1, 4 + classes, anchors)`` of what stands in :attr:`tensor`; the next run overwrites it."""
