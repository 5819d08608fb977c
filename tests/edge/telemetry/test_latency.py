"""Latency in geometric bins: percentiles within the stated error, and one spelling."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detection.edge.telemetry import latency
from detection.edge.telemetry.latency import BINS, RELATIVE_ERROR, STEPS
from detection.errors import BundleError

MILLISECONDS = st.lists(st.floats(0.02, 50_000), min_size=1, max_size=200)


@given(MILLISECONDS, st.sampled_from([0.5, 0.95, 0.99]))
def test_a_percentile_is_off_by_the_stated_error_at_most(values: list[float], share: float) -> None:
    exact = sorted(values)[max(math.ceil(share * len(values)) - 1, 0)]
    told = latency.percentile_ms(counted(values), share)
    assert abs(told - exact) <= exact * RELATIVE_ERROR * 1.0001


def test_the_stated_error_is_below_five_percent() -> None:
    assert RELATIVE_ERROR < 0.05


def counted(times_ms: list[float]) -> latency.Latencies:
    """Of one step."""
    only: latency.Latencies = latency.counted(np.array(times_ms).reshape(-1, 1))[0]
    return only


def test_every_step_is_counted_for_itself() -> None:
    both = latency.counted([(1.0, 30.0), (1.0, 2.0)])
    assert np.array_equal(both, np.stack([counted([1.0, 1.0]), counted([30.0, 2.0])]))


@given(MILLISECONDS, MILLISECONDS)
def test_minutes_add_up(left: list[float], right: list[float]) -> None:
    assert np.array_equal(counted(left) + counted(right), counted(left + right))


@pytest.mark.parametrize(("value", "place"), [(0.0, 0), (0.01, 0), (1e9, BINS - 1)])
def test_nothing_is_too_fast_or_too_slow_to_be_counted(value: float, place: int) -> None:
    assert counted([value])[place] == 1


def test_no_frame_has_no_percentile() -> None:
    assert math.isnan(latency.percentile_ms(latency.none(), 0.95))


def test_it_comes_back_the_same_and_says_only_what_was_met() -> None:
    steps = {step: counted([1.0, 1.0, 30.0]) for step in STEPS}
    value = latency.to_json(steps)
    assert [count for _, count in value["total"]] == [2, 1]
    again = latency.from_json(value, "x")
    assert all(np.array_equal(again[step], steps[step]) for step in STEPS)


@pytest.mark.parametrize(
    "pairs",
    [
        pytest.param([[3, 1], [2, 1]], id="descending"),
        pytest.param([[3, 1], [3, 1]], id="twice"),
        pytest.param([[BINS, 1]], id="beyond the last bin"),
        pytest.param([[-1, 1]], id="negative bin"),
        pytest.param([[1, 0]], id="nothing counted"),
        pytest.param([[1, -4]], id="negative count"),
        pytest.param([[1.5, 1]], id="half a bin"),
        pytest.param([[1]], id="no count"),
        pytest.param("no", id="no list"),
    ],
)
def test_hostile_bins_are_refused(pairs: Any) -> None:
    value: dict[str, Any] = {step: [] for step in STEPS} | {"infer": pairs}
    with pytest.raises(BundleError, match="infer"):
        latency.from_json(value, "x")
