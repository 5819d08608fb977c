"""The loops behind near-duplicates: 64-bit hashes in buckets by one part of their bits, compared bucket with bucket."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from detection.rules.labels.statistics import Hashes

Integers = NDArray[np.int64]

PARTS, PART_BITS, BITS = 4, 16, 64
_FIRST_ROOM = 1024


class Table(NamedTuple):
    """Hashes by the value of one part.

    Attributes:
        hashes: ``(n,)`` in the order of the table.
        order: ``(n,)`` rows, those of one bucket side by side, ascending within it.
        starts: ``(values + 1,)`` where each bucket begins in ``order``.
        masks: ``(k,)`` by how much the values of two buckets to be compared may differ, 0 first.
        before: ``(parts,)`` radius within which an earlier part finds a pair; -1 for none.
    """

    hashes: Hashes
    order: Integers
    starts: Integers
    masks: Integers
    before: Integers


def tables(hashes: Hashes, radius: int) -> Iterator[Table]:
    """One table a part, together enough to find every pair within ``radius``.

    The parts' own radii plus one sum to ``radius + 1``: a pair that is further apart than that in every part differs
    in more than ``radius`` bits. A part whose share is nothing has no table.
    """
    shares = [(radius + PARTS - part) // PARTS - 1 for part in range(PARTS)]
    for part, share in enumerate(shares):
        if share >= 0:
            value = ((hashes >> np.uint64(part * PART_BITS)) & np.uint64(2**PART_BITS - 1)).astype(np.int64)
            order = np.argsort(value, kind="stable").astype(np.int64)
            starts = np.concatenate([[0], np.cumsum(np.bincount(value, minlength=2**PART_BITS))]).astype(np.int64)
            before = np.array([*shares[:part], *[-1] * (PARTS - part)], np.int64)
            yield Table(hashes[order], order, starts, _masks(share), before)


def whole(hashes: Hashes) -> Table:
    """One bucket that holds everything, so that everything is compared."""
    rows = np.arange(len(hashes), dtype=np.int64)
    starts = np.array([0, len(hashes)], np.int64)
    return Table(hashes, rows, starts, np.zeros(1, np.int64), np.full(PARTS, -1, np.int64))


def _masks(flips: int) -> Integers:
    """All numbers of a part's bits with at most ``flips`` of them set, ascending."""
    chosen = (bits for k in range(flips + 1) for bits in combinations(range(PART_BITS), k))
    return np.array(sorted(sum(1 << bit for bit in bits) for bits in chosen), np.int64)


@njit(cache=True, inline="always")
def _ones(word):  # type: ignore[no-untyped-def]
    """How many bits are set; LLVM knows this form and makes one instruction of it."""
    word = word - ((word >> np.uint64(1)) & np.uint64(0x5555555555555555))
    word = (word & np.uint64(0x3333333333333333)) + ((word >> np.uint64(2)) & np.uint64(0x3333333333333333))
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return np.int64((word * np.uint64(0x0101010101010101)) >> np.uint64(56))


@njit(cache=True)
def _seen(difference, before):  # type: ignore[no-untyped-def]
    """Whether the table of an earlier part finds the pair."""
    for part in range(PARTS):
        if before[part] >= 0:
            of_part = (difference >> np.uint64(part * PART_BITS)) & np.uint64(2**PART_BITS - 1)
            if _ones(of_part) <= before[part]:
                return True
    return False


@njit(cache=True)
def _root(parent, node):  # type: ignore[no-untyped-def]
    while parent[node] != node:
        parent[node] = parent[parent[node]]
        node = parent[node]
    return node


@njit(cache=True)
def near(table: Table, radius: int, parent: Integers) -> Integers:
    """``(k, 2)`` rows of one table within ``radius`` that no earlier table finds, in no order.

    Args:
        table: of one part.
        radius: bits.
        parent: ``(n,)`` a forest over the rows, changed: pairs that join no two of its trees are left out; or ``(0,)``.
    """
    found, size = np.empty((_FIRST_ROOM, 2), np.int64), 0
    for value in range(len(table.starts) - 1):
        for mask in table.masks:
            other = value ^ mask
            if other < value or table.starts[value] == table.starts[value + 1]:
                continue
            for a in range(table.starts[value], table.starts[value + 1]):
                for b in range(a + 1 if mask == 0 else table.starts[other], table.starts[other + 1]):
                    difference = table.hashes[a] ^ table.hashes[b]
                    if _ones(difference) > radius or _seen(difference, table.before):
                        continue
                    one, two = table.order[a], table.order[b]
                    if len(parent):
                        tree, joined = _root(parent, one), _root(parent, two)
                        if tree == joined:
                            continue
                        parent[max(tree, joined)] = min(tree, joined)
                    if size == len(found):
                        found = np.concatenate((found, np.empty_like(found)))
                    found[size, 0], found[size, 1] = one, two
                    size += 1
    return found[:size].copy()


class Levels(NamedTuple):
    """The first few pairs found at each distance.

    Attributes:
        rows: ``(65, wanted, 2)``.
        sizes: ``(65,)`` how many of ``wanted`` are filled.
    """

    rows: Integers
    sizes: Integers


def levels(wanted: int) -> Levels:
    """Room for ``wanted`` pairs at each distance."""
    return Levels(np.zeros((BITS + 1, wanted, 2), np.int64), np.zeros(BITS + 1, np.int64))


@njit(cache=True)
def _reach(kept, reach):  # type: ignore[no-untyped-def]
    """How far further pairs may be apart to be among the nearest wanted; -1 once all are at hand."""
    total = 0
    for level in range(reach + 1):
        total += kept.sizes[level]
        if total >= kept.rows.shape[1]:
            return level - 1
    return reach


@njit(cache=True)
def across(table: Table, side: Integers, radius: int, kept: Levels) -> None:
    """Add the pairs of one table whose rows stand on different sides; looks no further than it has to.

    Args:
        table: of one part.
        side: ``(n,)`` numbers of the sides.
        radius: bits at most.
        kept: changed; the same for all tables of one radius.
    """
    reach = _reach(kept, radius)
    for value in range(len(table.starts) - 1):
        for mask in table.masks:
            other = value ^ mask
            if other < value or table.starts[value] == table.starts[value + 1]:
                continue
            for a in range(table.starts[value], table.starts[value + 1]):
                for b in range(a + 1 if mask == 0 else table.starts[other], table.starts[other + 1]):
                    difference = table.hashes[a] ^ table.hashes[b]
                    bits, one, two = _ones(difference), table.order[a], table.order[b]
                    if bits > reach or side[one] == side[two] or _seen(difference, table.before):
                        continue
                    kept.rows[bits, kept.sizes[bits], 0], kept.rows[bits, kept.sizes[bits], 1] = one, two
                    kept.sizes[bits] += 1
                    reach = _reach(kept, reach)


@njit(cache=True)
def nearest(queries: Hashes, candidates: Hashes, row: Integers, bits: Integers) -> None:
    """Fill ``row`` and ``bits`` ``(q,)`` with each query's first nearest candidate."""
    for query in range(len(queries)):
        best, place = BITS + 1, 0
        for candidate in range(len(candidates)):
            difference = _ones(queries[query] ^ candidates[candidate])
            if difference < best:
                best, place = difference, candidate
        row[query], bits[query] = place, best
