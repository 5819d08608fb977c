"""Which pictures are nearly the same? Pairs of 64-bit perceptual hashes within a Hamming radius, exact, by an index."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detection.rules.labels.statistics import Hashes


@dataclass(frozen=True, slots=True, eq=False)
class Nearest:
    """For each query the nearest candidate's row ``(q,)`` and how many bits away it is ``(q,)``."""

    row: NDArray[np.int64]
    bits: NDArray[np.int64]


def pairs(hashes: Hashes, radius: int) -> NDArray[np.int64]:
    """All pairs of rows within ``radius`` bits: ``(k, 2)``, the smaller row first, sorted; ``k`` may be 0."""
    raise NotImplementedError


def nearest(queries: Hashes, candidates: Hashes) -> Nearest:
    """The nearest candidate of each query; of equally near ones the first. ``candidates`` holds at least one."""
    raise NotImplementedError
