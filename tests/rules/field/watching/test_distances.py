"""Distances against hand values, published figures and another library."""

from __future__ import annotations

from math import log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy.spatial.distance import jensenshannon

from detection.rules.field.watching.distances import BANDWIDTH, Kernel, js, psi, squared
from detection.rules.field.watching.tally import Counts

HISTOGRAMS = arrays.arrays(np.int64, 8, elements=st.integers(0, 1000)).filter(lambda counts: counts.sum() > 0)


def test_the_published_bucket_contributes_what_was_published() -> None:
    """A bucket that goes from 0.20 to 0.30 adds 0.0405."""
    other_bucket = (0.7 - 0.8) * log(0.7 / 0.8)
    assert float(psi(np.array([20, 80, 0]), np.array([30, 70, 0]))) - other_bucket == pytest.approx(0.0405, abs=5e-5)


@given(HISTOGRAMS, HISTOGRAMS)
def test_swapping_the_sides_changes_nothing_and_no_value_is_negative_or_endless(one: Counts, other: Counts) -> None:
    """A distance: symmetric, finite, 0 and up, whatever bins are empty."""
    for distance in (psi, js):
        assert 0 <= float(distance(one, other)) == pytest.approx(float(distance(other, one)))
        assert np.isfinite(distance(one, other))


@given(HISTOGRAMS)
def test_equal_shares_are_no_distance(counts: Counts) -> None:
    """Ten times the frames of the same world are the same world."""
    assert float(psi(counts, counts * 10)) == pytest.approx(0, abs=1e-12)
    assert float(js(counts, counts * 10)) == pytest.approx(0, abs=1e-12)


@given(HISTOGRAMS, st.integers(1, 1000), st.sampled_from([0, 7]))
def test_mass_outside_the_reference_is_never_lost(reference: Counts, moved: int, end: int) -> None:
    """The more of a window lies in an end that the reference never met, the further away it is."""
    reference = reference.copy()
    reference[3] += 1
    reference[end] = 0
    less, more = reference * 2, reference * 2
    less[end] += moved
    more[end] += 2 * moved
    for distance in (psi, js):
        assert 0 < float(distance(reference, less)) < float(distance(reference, more))


def test_half_of_all_values_out_of_range_is_an_enormous_change() -> None:
    """Closed edges made this 0.021 and called it stable."""
    reference = np.array([0, 250, 250, 250, 250, 0, 0])
    assert float(psi(reference, np.array([0, 125, 125, 125, 125, 500, 0]))) > 2


@given(HISTOGRAMS, HISTOGRAMS)
def test_jensen_shannon_is_scipys(one: Counts, other: Counts) -> None:
    assert float(js(one, other)) == pytest.approx(float(jensenshannon(one, other, base=2)) ** 2, abs=1e-9)


def test_no_common_bin_is_one_bit() -> None:
    assert float(js(np.array([3, 0]), np.array([0, 9]))) == 1


def test_the_kernels_cosines_give_the_gaussian_kernel() -> None:
    """Mean over many pairs within the error that 64 cosines have."""
    dice = np.random.default_rng(0)
    points = dice.random((200, 3)).astype(np.float32)
    cosines = Kernel.of(3).embedded(points)
    gaps = ((points[:, None] - points[None]) ** 2).sum(axis=2)
    exact = np.exp(-gaps / (2 * 3 * BANDWIDTH**2))
    assert np.abs(cosines @ cosines.T - exact).mean() < 0.08


def test_the_same_points_are_no_distance_and_others_are_some() -> None:
    points = np.random.default_rng(0).random((50, 3)).astype(np.float32)
    cosines, moved = Kernel.of(3).embedded(points), Kernel.of(3).embedded(points + np.float32(0.2))
    assert float(squared(cosines.mean(axis=0) - cosines.mean(axis=0))) == 0
    assert float(squared(cosines.mean(axis=0) - moved.mean(axis=0))) > 0.005
