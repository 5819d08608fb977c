"""What was measured of every frame's pixels: one row a frame, column by column. Knows no files and no pixels."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from detection.rules.labels.samples import Rows, Strings

Hashes = NDArray[np.uint64]
"""``(n,)`` perceptual hashes of 64 bits; similar pictures differ in few bits."""


@dataclass(frozen=True, slots=True, eq=False)
class Statistics:
    """``n`` frames whose pixels were looked at.

    Attributes:
        frame: :attr:`Frames.id` of the frame, ascending.
        readable: the bytes have the frame's SHA-256 and decode; where False every other value is 0.
        width: pixels found, after EXIF orientation.
        height: likewise.
        mean_u8: mean grey, 0 to 255.
        contrast_u8: standard deviation of grey.
        sharpness: variance of the Laplacian of the reduced grey image.
        saturation_u8: mean of HSV saturation, 0 to 255.
        dark_share: part of the pixels at 5 or below.
        blown_share: part of the pixels at 250 or above.
        hash: perceptual hash.
    """

    frame: Strings
    readable: NDArray[np.bool_]
    width: NDArray[np.int64]
    height: NDArray[np.int64]
    mean_u8: NDArray[np.float32]
    contrast_u8: NDArray[np.float32]
    sharpness: NDArray[np.float32]
    saturation_u8: NDArray[np.float32]
    dark_share: NDArray[np.float32]
    blown_share: NDArray[np.float32]
    hash: Hashes

    def __len__(self) -> int:
        return len(self.frame)

    def take(self, rows: Rows) -> Statistics:
        """The frames in ``rows``, in that order."""
        return Statistics(**{f.name: getattr(self, f.name)[rows] for f in fields(self)})
