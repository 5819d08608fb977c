"""Records as columns: one row a record, one whole number a column. What a store holds and what windows are summed from.

Columns of a row: who counted (``device``, ``boot``, ``sequence``, ``bundle``, ``variant``), what (``camera``,
``minute``), ``digest``, one for each counter (``frames``), one for each bin (``brightness.03``, ``score/box.11``; the
last is NaN's), and one list for each step's latency (``latency.total``: bin, count, bin, count ...).
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone

import numpy as np
from numpy.typing import NDArray

from detection.edge.telemetry.counters import COUNTERS
from detection.edge.telemetry.histogram import Edges
from detection.edge.telemetry.latency import STEPS
from detection.edge.telemetry.records import Record
from detection.outside.telemetry.stored.names import Integers, Strings
from detection.rules.field.watching.tally import Tally

Columns = Mapping[str, NDArray[np.generic]]
Short = NDArray[np.int32]

MOST = 2**31 - 1
"""No counter of a minute is larger."""
LATENCY = "latency."
_AT_ONCE = 1024
TEXTS = ("device", "boot", "bundle", "variant", "camera")
DIGEST, MINUTE, SEQUENCE = "digest", "minute", "sequence"


@dataclass(frozen=True, slots=True, eq=False)
class Lists:
    """A list of whole numbers for each of ``n`` rows.

    Attributes:
        values: all of them, one row's after the other's.
        offsets: ``(n + 1,)`` where each row's begin.
    """

    values: Short
    offsets: Short


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """``n`` records.

    Attributes:
        texts: ``(n,)`` for each of :data:`TEXTS`.
        sequence: ``(n,)``.
        digest: ``(n,)``; see :func:`digest_of`.
        minute_s: ``(n,)`` its beginning, seconds since 1970 UTC.
        counters: ``(n,)`` for each counter, in order.
        counts: ``(n, bins)`` for each signal, in order.
        latency: for each step.
    """

    texts: Mapping[str, Strings]
    sequence: Integers
    digest: Integers
    minute_s: Integers
    counters: Mapping[str, Short]
    counts: Mapping[str, Short]
    latency: Mapping[str, Lists]


def digest_of(line: bytes) -> int:
    """What a record's line comes to, in 8 bytes: whoever sends another record by the same name is found out."""
    return int.from_bytes(hashlib.sha256(line).digest()[:8], "big", signed=True)


def seconds_of(minute: str) -> int:
    """A record's minute as seconds since 1970 UTC."""
    return int(datetime.strptime(minute, "%Y-%m-%dT%H:%M:00Z").replace(tzinfo=timezone.utc).timestamp())


def bins_of(edges: Mapping[str, Edges]) -> dict[str, int]:
    """How many bins each signal has, NaN's included."""
    return {signal: len(inner) + 2 for signal, inner in edges.items()}


def bin_columns(bins: Mapping[str, int]) -> Iterator[str]:
    """Names of all bins' columns, in order."""
    for signal, many in bins.items():
        for place in range(many):
            yield f"{signal}.{place:02d}"


def summable(bins: Mapping[str, int]) -> tuple[str, ...]:
    """Names of all columns that add up."""
    return (*COUNTERS, *bin_columns(bins))


def rows_of(records: Sequence[Record], edges: Mapping[str, Edges]) -> Rows:
    """Records as columns; none of their counts above :data:`MOST`."""
    origins = [record.origin for record in records]
    texts = {name: _texts([getattr(origin, name) for origin in origins]) for name in TEXTS[:-1]}
    counters = np.array([record.counters.values() for record in records], np.int32).reshape(-1, len(COUNTERS))
    return Rows(
        texts | {"camera": _texts([record.camera for record in records])},
        np.array([record.sequence for record in records], np.int64),
        np.array([digest_of(record.to_line().encode()) for record in records], np.int64),
        np.array([seconds_of(record.minute) for record in records], np.int64),
        {name: counters[:, place] for place, name in enumerate(COUNTERS)},
        {name: _counts(records, name, many) for name, many in bins_of(edges).items()},
        {step: _lists([record.latency[step] for record in records]) for step in STEPS},
    )


def flat(rows: Rows) -> dict[str, NDArray[np.generic]]:
    """All columns that add up, by name."""
    columns: dict[str, NDArray[np.generic]] = dict(rows.counters)
    for signal, table in rows.counts.items():
        columns |= {f"{signal}.{place:02d}": table[:, place] for place in range(table.shape[1])}
    return columns


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Rows as they come from one place; columns of all of :func:`summable`.

    Attributes:
        camera: ``(n,)``.
        begins_s: ``(n,)`` seconds since 1970 UTC.
        columns: by name.
    """

    camera: Strings
    begins_s: Integers
    columns: Columns


def tally_of(parts: Sequence[Part], bins: Mapping[str, int]) -> Tally:
    """Rows as drift takes them, by camera, then time; rows of one camera and time stand beside each other.

    Args:
        parts: at least one.
        bins: of each signal.
    """
    camera = np.concatenate([part.camera for part in parts])
    begins = np.concatenate([part.begins_s for part in parts])
    number = {name: place for place, name in enumerate(sorted(set(camera)))}
    order = np.lexsort((begins, np.fromiter(map(number.__getitem__, camera), np.int64, len(camera))))
    filled = [part for part in parts if len(part.camera)] or parts[:1]
    alone = filled[0].columns if len(filled) == 1 else None
    table = _turned(
        [
            alone[name] if alone is not None else np.concatenate([part.columns[name] for part in filled])
            for name in summable(bins)
        ],
        order,
    )
    counters = {name: np.ascontiguousarray(table[:, column]) for column, name in enumerate(COUNTERS)}
    ends = itertools.accumulate(bins.values(), initial=len(COUNTERS))
    counts = {name: table[:, start : start + bins[name]] for name, start in zip(bins, ends, strict=False)}
    return Tally(camera[order], begins[order], counters["frames"] - counters["failed"], counts, counters)


def _turned(columns: Sequence[NDArray[np.generic]], order: Integers) -> Integers:
    """``c`` columns as ``(n, c)`` in an order of the rows; a part at a time stays in the processor's cache."""
    table = np.empty((len(order), len(columns)), np.int64)
    for start in range(0, len(table), _AT_ONCE):
        rows = order[start : start + _AT_ONCE]
        part = np.empty((len(columns), len(rows)), np.int64)
        for filled, column in zip(part, columns, strict=True):
            filled[:] = column[rows]
        table[start : start + _AT_ONCE] = part.T
    return table


def _texts(values: Sequence[str]) -> Strings:
    return np.array(values, object)


def _counts(records: Sequence[Record], signal: str, bins: int) -> Short:
    return np.array([record.tally.signals[signal].counts for record in records], np.int32).reshape(-1, bins)


def _lists(counts: Sequence[NDArray[np.int64]]) -> Lists:
    pairs = []
    for row in counts:
        met = np.flatnonzero(row)
        pairs.append(np.stack([met, row[met]], axis=1).ravel().astype(np.int32))
    offsets = np.cumsum([0, *(len(pair) for pair in pairs)]).astype(np.int32)
    return Lists(np.concatenate([*pairs, np.zeros(0, np.int32)]), offsets)
