"""Which pictures are nearly the same? Pairs of 64-bit perceptual hashes within a Hamming radius, exact, by an index.

Multi-index hashing after M. Norouzi, A. Punjani and D. Fleet, "Fast search in Hamming space with multi-index hashing",
CVPR 2012: the hash is cut into four parts of 16 bits. Two hashes within the radius are near in at least one part, so
only hashes that fall into near buckets of some part are ever compared. The radius is shared out over the parts one bit
at a time, which needs fewer buckets than the paper's equal shares and misses nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from detection.rules.labels import hamming
from detection.rules.labels.statistics import Hashes

Integers = NDArray[np.int64]

COMPARED_AT_ONCE = 4_000_000_000
"""Ordered pairs up to which :func:`closest` compares everything, which takes seconds."""
_RADII = (0, 2, 4, 6, 8, 10, 12, 16, hamming.BITS)


@dataclass(frozen=True, slots=True, eq=False)
class Nearest:
    """For each query the nearest candidate's row ``(q,)`` and how many bits away it is ``(q,)``."""

    row: Integers
    bits: Integers


@dataclass(frozen=True, slots=True, eq=False)
class Near:
    """``k`` pairs of rows, the nearest first.

    Attributes:
        pairs: ``(k, 2)``, the smaller row first.
        bits: ``(k,)`` how many bits they differ in, ascending.
    """

    pairs: Integers
    bits: Integers


def pairs(hashes: Hashes, radius: int) -> Integers:
    """All pairs of rows within ``radius`` bits: ``(k, 2)``, the smaller row first, sorted; ``k`` may be 0.

    Every pair takes 16 bytes, and of ``n`` equal hashes there are ``n * (n - 1) / 2``: where only the question is what
    hangs together, :func:`forest` and :func:`clusters` stay small.
    """
    hashes = np.asarray(hashes, np.uint64)
    found = [hamming.near(table, radius, np.zeros(0, np.int64)) for table in hamming.tables(hashes, radius)]
    return _sorted(np.concatenate([np.zeros((0, 2), np.int64), *found]))


def forest(hashes: Hashes, radius: int) -> Integers:
    """Pairs that tie together all rows within ``radius`` bits, step by step: ``(k, 2)``, sorted, ``k`` below ``n``.

    Memory does not grow with the number of pairs: equal hashes are joined first, and of the others only the pairs that
    join two trees are kept.
    """
    distinct, first, which = np.unique(np.asarray(hashes, np.uint64), return_index=True, return_inverse=True)
    rows = np.arange(len(hashes), dtype=np.int64)
    equal = np.stack([first[which], rows], axis=1)[first[which] != rows]
    roots = np.arange(len(distinct), dtype=np.int64)
    found = [hamming.near(table, radius, roots) for table in hamming.tables(distinct, radius)]
    return _sorted(np.concatenate([equal.astype(np.int64), *(first[edges] for edges in found)]))


def clusters(hashes: Hashes, radius: int) -> Integers:
    """``(n,)`` numbers from 0: rows that hang together by steps of at most ``radius`` bits have the same."""
    edges = forest(hashes, radius)
    graph = coo_array((np.ones(len(edges), np.int8), (edges[:, 0], edges[:, 1])), shape=(len(hashes), len(hashes)))
    return np.asarray(connected_components(graph, directed=False)[1], np.int64)


def nearest(queries: Hashes, candidates: Hashes) -> Nearest:
    """The nearest candidate of each query; of equally near ones the first. ``candidates`` holds at least one."""
    row, bits = np.zeros(len(queries), np.int64), np.zeros(len(queries), np.int64)
    hamming.nearest(np.asarray(queries, np.uint64), np.asarray(candidates, np.uint64), row, bits)
    return Nearest(row, bits)


def closest(hashes: Hashes, side: Integers, wanted: int) -> Near:
    """The nearest pairs of rows that stand on different sides, at most ``wanted`` of them; exact.

    Args:
        hashes: ``(n,)``.
        side: ``(n,)`` numbers of the sides.
        wanted: how many pairs; among equally near ones it is the scan's order that chooses.
    """
    radii = _RADII[-1:] if len(hashes) ** 2 <= COMPARED_AT_ONCE else _RADII
    found = _across(hashes, side, radii[0], wanted)
    for radius in radii[1:]:
        if len(found.bits) >= wanted:
            break
        found = _across(hashes, side, radius, wanted)
    return found


def within(hashes: Hashes, side: Integers, radius: int, wanted: int) -> Near:
    """As :func:`closest`, of pairs no more than ``radius`` bits apart."""
    return _across(hashes, side, radius, wanted)


def _across(hashes: Hashes, side: Integers, radius: int, wanted: int) -> Near:
    rows = _one_of_each(np.asarray(hashes, np.uint64), np.asarray(side, np.int64))
    hashes, side = np.asarray(hashes, np.uint64)[rows], np.asarray(side, np.int64)[rows]
    kept = hamming.levels(wanted)
    for table in [hamming.whole(hashes)] if radius == hamming.BITS else hamming.tables(hashes, radius):
        hamming.across(table, side, radius, kept)
    bits = np.repeat(np.arange(len(kept.sizes), dtype=np.int64), kept.sizes)
    found = np.concatenate([level[:size] for level, size in zip(kept.rows, kept.sizes, strict=True)])
    found = np.sort(rows[found], axis=1)
    order = np.lexsort((found[:, 1], found[:, 0], bits))[:wanted]
    return Near(found[order], bits[order])


def _one_of_each(hashes: Hashes, side: Integers) -> Integers:
    """Rows that are the first of their hash and side, ascending."""
    order = np.lexsort((side, hashes))
    new = np.ones(len(order), bool)
    new[1:] = (np.diff(hashes[order]) != 0) | (np.diff(side[order]) != 0)
    return np.sort(order[new])


def _sorted(found: Integers) -> Integers:
    found = np.sort(found, axis=1)
    return found[np.lexsort((found[:, 1], found[:, 0]))]
