"""The one hard loop of matching: partners for a small table of overlaps, so that the overlaps sum to the most.

Shortest augmenting paths with potentials (Kuhn 1955; Jonker and Volgenant 1987), compiled. In most frames every box has
at most one candidate and no search is needed; what is left after such certain couples is solved exactly.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Integers = NDArray[np.int64]
Reals = NDArray[np.float64]


@njit(cache=True)
def partners(worth: Reals) -> Integers:
    """``(n,)`` the column each row is given, -1 for none; a worth of 0 is no candidate.

    Args:
        worth: ``(n, m)`` what each couple is worth, 0 or more; ``n`` and ``m`` may be 0.
    """
    partner = np.full(len(worth), -1, np.int64)
    row_open, column_open = _certain(worth, partner)
    rows, columns = np.flatnonzero(row_open), np.flatnonzero(column_open)
    if len(rows) == 0 or len(columns) == 0:
        return partner
    flipped = len(rows) > len(columns)
    few, many = (columns, rows) if flipped else (rows, columns)
    cost = np.empty((len(few), len(many)))
    for a in range(len(few)):
        for b in range(len(many)):
            cost[a, b] = -(worth[many[b], few[a]] if flipped else worth[few[a], many[b]])
    chosen = _cheapest(cost)
    for a in range(len(few)):
        row, column = (many[chosen[a]], few[a]) if flipped else (few[a], many[chosen[a]])
        if worth[row, column] > 0:
            partner[row] = column
    return partner


@njit(cache=True)
def _certain(worth, partner):  # type: ignore[no-untyped-def]
    """Couple rows and columns that have only each other; say which others still have candidates."""
    n, m = worth.shape
    of_row, of_column, last = np.zeros(n, np.int64), np.zeros(m, np.int64), np.zeros(n, np.int64)
    for i in range(n):
        for j in range(m):
            if worth[i, j] > 0:
                of_row[i] += 1
                of_column[j] += 1
                last[i] = j
    row_open, column_open = of_row > 0, of_column > 0
    for i in range(n):
        if of_row[i] == 1 and of_column[last[i]] == 1:
            partner[i] = last[i]
            row_open[i] = column_open[last[i]] = False
    return row_open, column_open


@njit(cache=True)
def _cheapest(cost):  # type: ignore[no-untyped-def]
    """``(n,)`` a column of its own for every row, together cheapest; ``n`` is at most the number of columns."""
    n, m = cost.shape
    of_row, of_column = np.zeros(n + 1), np.zeros(m + 1)
    holder = np.zeros(m + 1, np.int64)  # row that holds a column, from 1; 0 for none
    for row in range(1, n + 1):
        holder[0] = row
        _augment(cost, of_row, of_column, holder)
    chosen = np.empty(n, np.int64)
    for column in range(1, m + 1):
        if holder[column] > 0:
            chosen[holder[column] - 1] = column - 1
    return chosen


@njit(cache=True)
def _augment(cost, of_row, of_column, holder):  # type: ignore[no-untyped-def]
    """Give one more row a column along the cheapest path; the row waits at column 0."""
    columns = len(of_column)
    nearest = np.full(columns, np.inf)
    came_from = np.zeros(columns, np.int64)
    reached = np.zeros(columns, np.bool_)
    at = 0
    while holder[at] != 0:
        reached[at] = True
        row, step, following = holder[at], np.inf, 0
        for column in range(1, columns):
            if not reached[column]:
                reduced = cost[row - 1, column - 1] - of_row[row] - of_column[column]
                if reduced < nearest[column]:
                    nearest[column], came_from[column] = reduced, at
                if nearest[column] < step:
                    step, following = nearest[column], column
        for column in range(columns):
            if reached[column]:
                of_row[holder[column]] += step
                of_column[column] -= step
            else:
                nearest[column] -= step
        at = following
    while at != 0:
        holder[at] = holder[came_from[at]]
        at = came_from[at]
