"""The index finds every pair that comparing all with all finds, and no other."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from detection.rules.labels import near_duplicates
from detection.rules.labels.statistics import Hashes


def distances(hashes: Hashes, others: Hashes) -> NDArray[np.int64]:
    """Bits between all and all, by unpacking them."""
    bits = np.unpackbits(
        (hashes[:, None] ^ others[None, :]).view(np.uint8).reshape(len(hashes), len(others), 8), axis=2
    )
    return np.asarray(bits.sum(axis=2), np.int64)


def sample(n: int, seed: int) -> Hashes:
    """Hashes in families: each differs from another in 0 to 12 bits, so that every radius finds some."""
    dice = np.random.default_rng(seed)
    hashes = dice.integers(0, 2**64, n, dtype=np.uint64)
    for row in range(1, n):
        if dice.random() < 0.7:
            flips = dice.choice(64, dice.integers(0, 13), replace=False).astype(np.uint64)
            hashes[row] = hashes[dice.integers(0, row)] ^ np.bitwise_or.reduce(np.uint64(1) << flips, initial=0)
    return hashes


@pytest.mark.parametrize("radius", range(17))
def test_pairs_are_those_of_comparing_all_with_all(radius: int) -> None:
    """Every radius that the spec allows, each sharing out its bits otherwise over the parts."""
    hashes = sample(400, radius)
    expected = np.argwhere(np.triu(distances(hashes, hashes) <= radius, 1))
    assert np.array_equal(near_duplicates.pairs(hashes, radius), expected)
    assert len(expected)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 2**64 - 1), max_size=8), st.integers(0, 16))
def test_any_few_hashes(values: list[int], radius: int) -> None:
    """None, one, equal ones, all bits set."""
    hashes = np.array([*values, *values[:2]], np.uint64)
    expected = np.argwhere(np.triu(distances(hashes, hashes) <= radius, 1))
    assert np.array_equal(near_duplicates.pairs(hashes, radius), expected.reshape(-1, 2))


@pytest.mark.parametrize("radius", [0, 3, 6, 11])
def test_the_forest_hangs_together_what_the_pairs_do(radius: int) -> None:
    """With fewer edges than rows."""
    hashes = sample(500, radius)
    found, forest = near_duplicates.pairs(hashes, radius), near_duplicates.forest(hashes, radius)
    graph = coo_array((np.ones(len(found)), (found[:, 0], found[:, 1])), shape=(500, 500))
    count, expected = connected_components(graph, directed=False)
    assert np.array_equal(near_duplicates.clusters(hashes, radius), expected)
    assert len(forest) == 500 - count
    assert (distances(hashes, hashes)[forest[:, 0], forest[:, 1]] <= radius).all()


def test_a_night_of_equal_frames_stays_small() -> None:
    """100,000 black frames are five thousand million pairs, and one cluster."""
    hashes = np.concatenate([np.zeros(100_000, np.uint64), np.array([1, 2**63 - 1], np.uint64)])
    assert near_duplicates.forest(hashes, 6).shape == (100_000, 2)
    assert near_duplicates.clusters(hashes, 6).max() == 1


def test_the_nearest_is_the_first_of_the_nearest() -> None:
    """Against comparing all with all."""
    hashes = sample(300, 1)
    queries, candidates = hashes[:100], np.concatenate([hashes[100:], hashes[100:]])
    found, expected = near_duplicates.nearest(queries, candidates), distances(queries, candidates)
    assert np.array_equal(found.row, expected.argmin(axis=1))
    assert np.array_equal(found.bits, expected.min(axis=1))


@pytest.mark.parametrize("at_once", [0, 10**9], ids=["by the index", "all with all"])
@pytest.mark.parametrize("wanted", [1, 7])
def test_the_closest_pairs_across_sides_are_exact(monkeypatch: pytest.MonkeyPatch, wanted: int, at_once: int) -> None:
    """Whatever way the size of the data makes it go."""
    monkeypatch.setattr(near_duplicates, "COMPARED_AT_ONCE", at_once)
    for seed in range(5):
        hashes, side = sample(300, seed), np.random.default_rng(seed).integers(0, 3, 300)
        rows = near_duplicates._one_of_each(hashes, side)
        apart = distances(hashes[rows], hashes[rows]) + 100 * (side[rows][:, None] == side[rows][None, :])
        expected = np.sort(apart[np.triu_indices(len(rows), 1)])[:wanted]
        found = near_duplicates.closest(hashes, side, wanted)
        assert found.bits.tolist() == expected.tolist()
        assert (side[found.pairs[:, 0]] != side[found.pairs[:, 1]]).all()
        assert distances(hashes, hashes)[found.pairs[:, 0], found.pairs[:, 1]].tolist() == expected.tolist()


def test_one_side_alone_has_no_closest_pair() -> None:
    """Nor have no frames at all."""
    for n in (0, 1, 9):
        assert len(near_duplicates.closest(sample(n, 0), np.zeros(n, np.int64), 3).bits) == 0
