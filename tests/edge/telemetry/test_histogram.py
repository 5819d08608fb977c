"""Bins as Prometheus has them: (lower, upper], open ends, one for what is not a number."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detection.edge.telemetry.histogram import empty
from detection.errors import TelemetryError

EDGES = np.array([1.0, 2.0])


@pytest.mark.parametrize(
    ("value", "bin_"),
    [(-np.inf, 0), (0.5, 0), (1.0, 0), (1.5, 1), (2.0, 1), (2.1, 2), (np.inf, 2), (np.nan, 3)],
)
def test_a_value_on_an_edge_belongs_below_it_and_nothing_is_lost(value: float, bin_: int) -> None:
    counted = empty(EDGES).add(np.array([value]))
    assert counted.counts.tolist() == [int(i == bin_) for i in range(4)]


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=50), st.integers(0, 50))
def test_parts_add_up_to_the_whole(values: list[float], cut: int) -> None:
    whole = empty(EDGES).add(np.array(values))
    parts = empty(EDGES).add(np.array(values[:cut])).merge(empty(EDGES).add(np.array(values[cut:])))
    assert np.array_equal(whole.counts, parts.counts)
    assert whole.counts.sum() == len(values)


def test_other_edges_do_not_add_up() -> None:
    with pytest.raises(TelemetryError, match="different edges"):
        empty(EDGES).merge(empty(np.array([1.0, 3.0])))
