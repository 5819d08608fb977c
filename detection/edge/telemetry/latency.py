"""How long each step of a frame takes: counts in geometric bins, alike on every device and in every release.

Bin ``k`` holds ``(0.01 ms * 1.1^(k-1), 0.01 ms * 1.1^k]``; the first also what is faster, the last what is slower. A
percentile is told as the middle of its bin, off by at most :data:`RELATIVE_ERROR` of itself. What took longer than the
target allows is a counter of its own (``over_limit``), exact.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from detection.edge import checked

STEPS = ("read", "prepare", "infer", "finish", "signals", "total")
"""``read`` until the frame is decoded (a camera's: until it is taken up), ``prepare`` the tensor, ``infer`` by the
model, ``finish`` boxes and calibration, ``signals`` all that telemetry and the guard cost, ``total`` from the frame's
arrival until its answer."""

RATIO = 1.1
RELATIVE_ERROR = math.sqrt(RATIO) - 1
"""Of a percentile: 4.9 %."""
FIRST_MS = 0.01
BOUNDS_MS: NDArray[np.float64] = np.array([FIRST_MS * RATIO**power for power in range(165)])
"""``(165,)`` upper bounds of all bins but the last; they reach to a minute."""
BINS = len(BOUNDS_MS) + 1

Latencies = NDArray[np.int64]
"""``(BINS,)`` counts."""


def none() -> Latencies:
    """No frame yet."""
    return np.zeros(BINS, np.int64)


def counted(milliseconds: Sequence[Sequence[float]] | NDArray[np.float64]) -> NDArray[np.int64]:
    """``(s, BINS)`` the bins of each step's latencies.

    Args:
        milliseconds: ``(n, s)`` what each of ``n`` frames took, at least one.
    """
    bins = BOUNDS_MS.searchsorted(np.array(milliseconds, np.float64))
    steps = bins.shape[1]
    return np.bincount((bins + BINS * np.arange(steps)).ravel(), minlength=BINS * steps).reshape(steps, BINS)


def percentile_ms(counts: Latencies, share: float) -> float:
    """What ``share`` of the frames do not exceed; NaN of none.

    Args:
        counts: of any number of minutes, cameras or devices, added up.
        share: such as 0.95.
    """
    total = int(counts.sum())
    if total == 0:
        return math.nan
    place = int(np.searchsorted(np.cumsum(counts), max(math.ceil(share * total), 1)))
    return float(FIRST_MS * RATIO ** (place - 0.5))


def to_json(steps: Mapping[str, Latencies]) -> dict[str, list[list[int]]]:
    """By step, ``[bin, count]`` of every bin that was met."""
    return {
        step: [[int(place), int(counts[place])] for place in np.flatnonzero(counts)] for step, counts in steps.items()
    }


def from_json(value: object, where: str) -> dict[str, Latencies]:
    """What :func:`to_json` wrote.

    Raises:
        BundleError: an unknown or missing step, bins out of order or unknown, a count below 1.
    """
    fields = checked.Fields(value, where, STEPS)
    return {step: _counts(fields.any(step), f"{where}: {step}") for step in STEPS}


def _counts(value: object, where: str) -> Latencies:
    counts = none()
    last = -1
    for place, many in checked.many(value, where, _pair):
        if place <= last:
            checked.fault(where, "bins in ascending order", [last, place])
        counts[place], last = many, place
    return counts


def _pair(value: object, where: str) -> tuple[int, int]:
    pair = checked.many(value, where, lambda item, _: item)
    if len(pair) != 2:
        checked.fault(where, "a bin and its count", value)
    fields = checked.Fields({"bin": pair[0], "count": pair[1]}, where, ("bin", "count"))
    return fields.whole("bin", 0, BINS - 1), fields.whole("count", 1, 2**53)
