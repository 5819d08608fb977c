"""Small, medium, large: by the side of the square of equal area, as the spec draws the lines."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from detection.rules.judging.matching import SizeRange
from detection.rules.labels.samples import Strings
from detection.rules.spec.judging import SIZES, Sizes

LARGEST_PX2 = 1e10
"""No box is larger: COCO's own upper end."""


def sizes_of(corners: NDArray[np.floating], sizes: Sizes) -> Strings:
    """``(n,)`` ``small``, ``medium`` or ``large`` of ``(n, 4)`` boxes; a box on a line belongs to the larger size."""
    sides = np.clip(corners[:, 2:] - corners[:, :2], 0, None).astype(np.float64)
    limits = np.array([sizes.small_below_px, sizes.large_from_px]) ** 2
    names: Strings = np.array(SIZES, object)[np.searchsorted(limits, sides.prod(axis=1), side="right")]
    return names


def ranges(sizes: Sizes) -> dict[str, SizeRange]:
    """The area that each size asks for, in square pixels; like COCO's, both ends belong to both neighbours."""
    small, large = sizes.small_below_px**2, sizes.large_from_px**2
    limits = ((0.0, small), (small, large), (large, LARGEST_PX2))
    return {name: SizeRange(lower, upper) for name, (lower, upper) in zip(SIZES, limits, strict=True)}
