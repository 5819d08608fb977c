"""Counts in bins whose edges never move, so that histograms of a minute, a camera or a fleet can be added up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detection.errors import TelemetryError

Edges = NDArray[np.float64]
"""``(k,)`` inner bin edges, ascending, at least one."""

Counts = NDArray[np.int64]
"""``(k + 2,)``: below or at the first edge, between the edges as (lower, upper], above the last, and not a number."""


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """Counts over fixed edges. The outer bins are open: what falls outside is counted, not lost.

    Attributes:
        edges: ``(k,)`` :data:`Edges`.
        counts: ``(k + 2,)`` :data:`Counts`.
    """

    edges: Edges
    counts: Counts

    def add(self, values: NDArray[np.float32] | NDArray[np.float64]) -> Histogram:
        """With ``(n,)`` values more; NaN (none, unknown) has the last bin to itself."""
        bins = self.edges.searchsorted(values) + (values != values)  # NaN sorts behind the last edge, and one further
        return Histogram(self.edges, self.counts + np.bincount(bins, minlength=len(self.counts)))

    def merge(self, other: Histogram) -> Histogram:
        """Both together.

        Raises:
            TelemetryError: the edges differ.
        """
        if not np.array_equal(self.edges, other.edges):
            raise TelemetryError("histograms with different edges cannot be added; compare only records of one bundle")
        return Histogram(self.edges, self.counts + other.counts)


def empty(edges: Edges) -> Histogram:
    """Nothing counted yet."""
    return Histogram(edges, np.zeros(len(edges) + 2, np.int64))
