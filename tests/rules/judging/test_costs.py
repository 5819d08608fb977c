"""Times summed up: the least of a frame's rounds, compared frame by frame with the reference."""

from __future__ import annotations

import numpy as np
import pytest

from detection.rules.judging.costs import Cost, Taken, costs


def taken(name: str, latency_ms: object, computed: float = 1.0, threads: int = 1) -> Taken:
    times = np.array(latency_ms, np.float64)
    return Taken(name, "onnxruntime", threads, times, times * computed, 50.0, 100.0, 1000, bare=True)


def frames(number: int = 100) -> np.ndarray:
    """Frames of 1 to ``number`` ms."""
    return np.arange(1.0, number + 1)


def of(*rows: Taken) -> list[Cost]:
    return list(costs(rows, "x86_64"))


def test_quantiles_are_of_the_least_of_each_frames_rounds() -> None:
    """Another program can only add to a time."""
    [row] = of(taken("fp32", [frames() + 500, frames()]))
    assert (row.p50_ms, row.p95_ms, row.p99_ms) == pytest.approx((50.5, 95.05, 99.01))
    assert row.p95_at_least_ms <= row.p95_ms <= row.p95_at_most_ms <= 100


def test_the_bounds_meet_the_true_quantile_as_often_as_they_say() -> None:
    """Each end at 0.95, so nine in ten hold it between them; a bootstrap of 80 frames is a little too sure."""
    generator = np.random.default_rng(0)
    held = 0
    for _ in range(60):
        [row] = of(taken("fp32", generator.gamma(50, 0.2, (1, 80))))
        held += row.p95_at_least_ms <= 12.4342 <= row.p95_at_most_ms  # scipy.stats.gamma(50, scale=0.2).ppf(0.95)
    assert held >= 46


@pytest.mark.parametrize(
    ("factor", "slower"),
    [pytest.param(0.9, False, id="faster"), pytest.param(1.1, True, id="slower"), pytest.param(1.0, None, id="alike")],
)
def test_slower_is_said_of_the_same_frames(factor: float, slower: bool | None) -> None:
    """Frames differ by a factor of a hundred here: apart, nobody could tell ten parts in a hundred."""
    noise = np.random.default_rng(1).uniform(0.98, 1.02, 100)
    reference, row = of(taken("fp32", [frames()]), taken("int8", [frames() * factor * noise]))
    assert reference.slower_than_reference is None
    assert row.slower_than_reference is slower
    assert row.times_reference == pytest.approx(factor, abs=0.01)


def test_each_is_compared_with_the_reference_of_as_many_threads() -> None:
    one, two = taken("fp32", [frames()]), taken("fp32", [frames() / 2], threads=2)
    rows = of(one, taken("int8", [frames() / 2]), two, taken("int8", [frames() / 2], threads=2))
    assert [row.times_reference for row in rows] == [1, 0.5, 1, 1]


def test_waiting_is_told_by_the_rounds_that_count() -> None:
    """The slow round, in which it waited long, is not looked at."""
    latency = np.stack([frames(), frames() * 4])
    waiting = Taken("fp32", "onnxruntime", 1, latency, np.stack([frames() * 0.8, frames()]), 1.0, 1.0, 1, bare=True)
    assert waiting.waited_share == pytest.approx(0.2)
