"""Columns of strings by number: sorting or searching a million Python strings takes many times as long."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detection.rules.labels.samples import Strings

Integers = NDArray[np.int64]


class Ranked(NamedTuple):
    """The distinct ``values`` of a column, ascending, and which of them each row ``(n,)`` holds."""

    values: Strings
    number: Integers


class Found(NamedTuple):
    """Where wanted values stand: ``row`` ``(m,)``, -1 where ``found`` ``(m,)`` is False."""

    row: Integers
    found: NDArray[np.bool_]


def ranked(column: Strings) -> Ranked:
    """As ``np.unique`` with its inverse; quick where there are few values, or where they ascend already."""
    if len(column) > 1 and bool((column[1:] >= column[:-1]).all()):
        new = np.concatenate([[True], column[1:] != column[:-1]]).astype(bool)
        return Ranked(column[new], np.cumsum(new).astype(np.int64) - 1)
    listed = column.tolist()
    values = sorted(set(listed))
    place = {value: number for number, value in enumerate(values)}
    named = np.empty(len(values), object)
    named[:] = values
    return Ranked(named, np.fromiter((place[value] for value in listed), np.int64, len(listed)))


def numbered(column: Strings) -> Integers:
    """``(n,)`` the rank of each value."""
    return ranked(column).number


def rows_of(column: Strings, wanted: Strings) -> Found:
    """The last row of ``column`` that equals each of ``wanted``; quick where equal ones stand side by side."""
    first = np.flatnonzero(np.concatenate([[True], wanted[1:] != wanted[:-1]])[: len(wanted)])
    repeats = np.diff(np.append(first, len(wanted)))
    if len(first) == len(column) and bool((column == wanted[first]).all()) and bool((column[1:] > column[:-1]).all()):
        rows = np.arange(len(first), dtype=np.int64)
    else:
        place = {name: row for row, name in enumerate(column.tolist())}
        rows = np.fromiter((place.get(name, -1) for name in wanted[first].tolist()), np.int64, len(first))
    rows = np.repeat(rows, repeats)
    return Found(rows, rows >= 0)
