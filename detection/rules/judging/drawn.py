"""Average precision and recall when groups are drawn with repetition: a thousand draws for the price of a few.

A draw only changes how often each group counts, so nothing is matched or sorted again. Draws are taken in blocks: one
walk down the curve of a class adds up the weights of a whole block, and precisions are looked at only where something
was found, since elsewhere they only fall. Nothing as long as the detections is ever held for each draw.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from detection.rules.judging.average_precision import RECALLS
from detection.rules.judging.matching import DETECTIONS_PER_FRAME_AND_CLASS, OVERLAPS, Flags, Integers, Matches, Reals

Bits = NDArray[np.uint16]
"""``(n,)``, bit t speaks of ``OVERLAPS[t]``."""
BLOCK = 128
"""Draws walked together: their sums stay in the fastest cache."""
_ROOM = 2_000_000
"""Numbers held twice for one block of draws, 32 MB; a class in which more was found gets smaller blocks."""

_RECALLS = len(RECALLS)
_STEP = float(RECALLS[1])
_ROUNDING = 1e-7
"""Hundredths of recall nearer than this to a whole number are one: others are as far as 1 / objects."""


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """Detections of one slice in the order of the curve, and how many objects each group holds.

    Attributes:
        label: ``(n,)`` number of the class, ascending; within it best score first, ties in the canonical order.
        hits: ``(n,)`` bit t is set where it found a demanded object at ``OVERLAPS[t]``.
        counted: ``(n,)`` bit t is 0 where it is neither right nor wrong (out of a size range).
        rank: ``(n,)`` how many detections of its frame and class go before it.
        group: ``(n,)`` number of the frame's group.
        truths: ``(classes, groups)`` objects demanded.
    """

    label: Integers
    hits: Bits
    counted: Bits
    rank: Integers
    group: Integers
    truths: Integers


def standing(matches: Matches, group_of: Integers, classes: int, groups: int) -> Standing:
    """Reduce what was matched at :data:`OVERLAPS` to what a draw needs.

    Args:
        matches: what was found.
        group_of: group of each frame, by frame number; -1 for a frame that is not in the slice.
        classes: how many classes there are.
        groups: how many groups there are; some may have no frame with boxes.
    """
    group = group_of[matches.frame]
    kept = np.flatnonzero(group >= 0)
    counted = matches.counted[kept]
    truth_group = group_of[matches.truth_frame]
    place = (matches.truth_label * groups + truth_group)[truth_group >= 0]
    return Standing(
        label=matches.label[kept],
        hits=_bits((matches.partner[kept] >= 0) & counted),
        counted=_bits(counted),
        rank=matches.rank[kept],
        group=group[kept],
        truths=np.bincount(place, minlength=classes * groups).astype(np.int64).reshape(classes, groups),
    )


def drawn_precisions(standing: Standing, draws: Integers) -> Reals:
    """Average precision of every class at every overlap, for every draw.

    Args:
        standing: the slice.
        draws: ``(r, groups)`` how often each group counts.

    Returns:
        ``(r, classes, 10)`` in [0, 1]; NaN where a class has no truth in a draw.
    """
    often = draws.astype(np.float64)
    wanted = often @ standing.truths.T
    result = np.where(wanted[:, :, None] > 0, np.zeros(len(OVERLAPS)), np.nan)
    edges = np.searchsorted(standing.label, np.arange(len(standing.truths) + 1))
    place = np.flatnonzero(standing.hits)
    hit_edges = np.searchsorted(place, edges)
    most = int(np.diff(hit_edges).max(initial=1))
    block = int(np.clip(_ROOM // most, 1, BLOCK))
    room = np.empty((2, most, block))
    columns = (standing.counted, standing.group)
    found = (place, standing.hits[place], hit_edges)
    for first in range(0, len(draws), block):
        some = slice(first, first + block)
        weight = np.ascontiguousarray(often[some].T)
        _walk(columns, found, edges, weight, np.ascontiguousarray(wanted[some].T), room, result[some])
    return result


def drawn_recalls(standing: Standing, draws: Integers, maximum: int = DETECTIONS_PER_FRAME_AND_CLASS) -> Reals:
    """``(r, classes, 10)`` share of objects found by the best ``maximum`` of a frame and class; NaN without truth."""
    shape = standing.truths.shape
    often = draws.astype(np.float64)
    wanted = (often @ standing.truths.T)[:, :, None]
    place = standing.label * shape[1] + standing.group
    best = standing.rank < maximum
    found = np.empty((len(draws), shape[0], len(OVERLAPS)))
    for t in range(len(OVERLAPS)):
        right = place[best & ((standing.hits >> t) & 1 > 0)]
        found[:, :, t] = often @ np.bincount(right, minlength=shape[0] * shape[1]).reshape(shape).T
    return np.divide(found, wanted, out=np.full_like(found, np.nan), where=wanted > 0)


def mean_over_classes(values: Reals) -> Reals:
    """Mean over axis 1, the classes, of those that are there; NaN if none is.

    Args:
        values: ``(r, classes, ...)``.

    Returns:
        ``(r, ...)``.
    """
    present = ~np.isnan(values)
    count = present.sum(axis=1)
    total = np.where(present, values, 0.0).sum(axis=1)
    means: Reals = np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)
    return means


def _bits(flags: Flags) -> Bits:
    """``(n, t)`` flags as one number each."""
    bits = np.zeros(len(flags), np.uint16)
    for t in range(flags.shape[1]):
        bits |= flags[:, t].astype(np.uint16) << np.uint16(t)
    return bits


@njit(cache=True)
def _walk(columns, found, edges, weight, wanted, room, result):  # type: ignore[no-untyped-def]
    """Fill in every class at every overlap for one block of draws; ``result`` is ``(block, classes, t)``."""
    counted, group = columns
    place, hits, hit_edges = found
    overlaps = result.shape[2]
    ap = np.empty(weight.shape[1])
    for c in range(len(wanted)):
        rows = place[hit_edges[c] : hit_edges[c + 1]]
        if wanted[c].max() == 0 or len(rows) == 0:
            continue
        seen, of_one = room[0], room[1]
        bits, groups = hits[hit_edges[c] : hit_edges[c + 1]], group[rows]
        mixed = _add_up(counted, group, (edges[c], rows, overlaps), weight, seen)
        for t in range(overlaps):
            if len(mixed):
                _add_mixed(counted, group, (mixed, rows, 1 << t), weight, (seen, of_one))
                _descend(bits, groups, 1 << t, weight, of_one, wanted[c], ap)
            else:
                _descend(bits, groups, 1 << t, weight, seen, wanted[c], ap)
            for r in range(len(ap)):
                if wanted[c, r] > 0:
                    result[r, c, t] = ap[r]


@njit(cache=True)
def _add_up(counted, group, stretch, weight, seen):  # type: ignore[no-untyped-def]
    """How many detections were seen, up to and with each that found something at any overlap.

    Those that count at some overlaps alone are left out; their rows are returned.
    """
    begin, rows, overlaps = stretch
    width, whole = weight.shape[1], (1 << overlaps) - 1
    total = np.zeros(width)
    mixed = []
    i = begin
    for k in range(len(rows)):
        while i <= rows[k]:
            bits = counted[i] & whole
            if bits == whole:
                g = group[i]
                for r in range(width):
                    total[r] += weight[g, r]
            elif bits:
                mixed.append(i)
            i += 1
        seen[k, :width] = total
    return np.array(mixed, np.int64) if len(mixed) else np.empty(0, np.int64)


@njit(cache=True)
def _add_mixed(counted, group, stretch, weight, seen):  # type: ignore[no-untyped-def]
    """Add those that count at one overlap, but not at all of them."""
    mixed, rows, bit = stretch
    whole, of_one = seen
    width = weight.shape[1]
    total = np.zeros(width)
    j = 0
    for k in range(len(rows)):
        while j < len(mixed) and mixed[j] <= rows[k]:
            if counted[mixed[j]] & bit:
                total += weight[group[mixed[j]]]
            j += 1
        for r in range(width):
            of_one[k, r] = whole[k, r] + total[r]


@njit(cache=True, error_model="numpy")
def _descend(hits, group, bit, weight, seen, wanted, ap):  # type: ignore[no-untyped-def]
    """Average precision of one class at one overlap, ``(block,)``, from the last detection that found something up.

    Precision made monotone times how many of the 101 recalls are reached there and not before.
    """
    width = len(ap)
    right, falling, truths = np.zeros(width), np.zeros(width), np.ones(width)
    above, below = np.zeros(width), np.zeros(width)
    for k in range(len(hits)):
        if hits[k] & bit:
            for r in range(width):
                right[r] += weight[group[k], r]
    for r in range(width):
        ap[r] = 0.0
        truths[r] = wanted[r] if wanted[r] > 0 else 1.0
    _reach(right, truths, above)
    for k in range(len(hits) - 1, -1, -1):
        if hits[k] & bit:
            _raise(right, seen[k], falling)
            _subtract(right, weight[group[k]])
            _reach(right, truths, below)
            for r in range(width):
                ap[r] += falling[r] * (above[r] - below[r])
            above, below = below, above
    for r in range(width):
        ap[r] = (ap[r] + falling[r] * above[r]) / _RECALLS


@njit(cache=True, error_model="numpy")
def _raise(right, seen, falling):  # type: ignore[no-untyped-def]
    """Precision made monotone. Short loops over few columns each: only these become vector instructions."""
    for r in range(len(right)):
        precision = right[r] / (seen[r] if seen[r] > 1.0 else 1.0)
        falling[r] = precision if precision > falling[r] else falling[r]


@njit(cache=True)
def _subtract(right, weight):  # type: ignore[no-untyped-def]
    for r in range(len(right)):
        right[r] -= weight[r]


@njit(cache=True, error_model="numpy")
def _reach(right, truths, reached):  # type: ignore[no-untyped-def]
    """How many of COCO's 101 recalls are reached: multiples of a rounded 0.01, of which some lie an ulp too high."""
    for r in range(len(right)):
        recall = right[r] / truths[r]
        whole = np.floor(recall * (_RECALLS - 1) + _ROUNDING)
        reached[r] = whole + (1.0 if whole * _STEP <= recall else 0.0)
