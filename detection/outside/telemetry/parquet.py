"""Records in Parquet: wide, sorted by camera and minute, written whole or not at all. Here alone pyarrow is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray
from pyarrow import compute

from detection.edge.telemetry.latency import BINS, STEPS, Latencies
from detection.errors import TelemetryError
from detection.outside import files
from detection.outside.telemetry.columns import DIGEST, LATENCY, MINUTE, SEQUENCE, TEXTS, Columns, Lists, Rows, flat
from detection.outside.telemetry.stored.names import Identities, Integers, Strings

ROWS_A_GROUP = 20_000
"""Cameras are read a part at a time: a part should not cost the reading of its neighbours. In smaller groups the two
hundred columns cost more than the numbers in them."""


def write(path: Path, rows: Rows) -> None:
    """Write records.

    Raises:
        DiskError: the disk refuses; nothing is left.
    """
    columns = {name: pa.array(rows.texts[name], pa.string()) for name in TEXTS}
    columns |= {SEQUENCE: pa.array(rows.sequence), DIGEST: pa.array(rows.digest)}
    columns[MINUTE] = pa.array(rows.minute_s.astype("datetime64[s]")).cast(pa.timestamp("ms", "UTC"))
    columns |= {name: pa.array(np.ascontiguousarray(column)) for name, column in flat(rows).items()}
    columns |= {LATENCY + step: _lists(rows.latency[step]) for step in STEPS}
    _write(path, pa.table(columns))


def merge(path: Path, sources: Sequence[Path]) -> None:
    """Write what some files hold as one.

    Raises:
        DiskError: the disk refuses; nothing is left.
        TelemetryError: one is damaged.
    """
    _write(path, pa.concat_tables([_read(source) for source in sources]))


def add_up(path: Path, source: Path, length_s: int) -> None:
    """Write a file's counts added up by camera and stretches of time; what cannot be added up is left out.

    Raises:
        DiskError: the disk refuses; nothing is left.
        TelemetryError: the source is damaged.
    """
    names = [field.name for field in _metadata(source).schema.to_arrow_schema() if pa.types.is_int32(field.type)]
    table = _read(source, ["camera", MINUTE, *names])
    camera = table["camera"].combine_chunks().dictionary_encode()
    begins = table[MINUTE].cast(pa.int64()).to_numpy() // (1000 * length_s) * (1000 * length_s)
    fresh = np.ones(len(begins), bool)
    fresh[1:] = (np.diff(camera.indices.to_numpy()) != 0) | (np.diff(begins) != 0)
    first = np.flatnonzero(fresh)
    columns = {"camera": camera.take(pa.array(first)).cast(pa.string())}
    columns[MINUTE] = pa.array(begins[first]).cast(pa.timestamp("ms", "UTC"))
    columns |= {name: pa.array(np.add.reduceat(table[name].to_numpy(), first, dtype=np.int64)) for name in names}
    with files.atomic(path) as temporary:
        _put(temporary, pa.table(columns))


def rows_in(path: Path) -> int:
    """How many records a file holds."""
    return int(_metadata(path).num_rows)


def identities(path: Path) -> Identities:
    """Names of a file's records.

    Raises:
        TelemetryError: it is damaged.
    """
    table = _read(path, ["device", "boot", SEQUENCE, DIGEST])
    device, boot = (_strings(table[name]) for name in ("device", "boot"))
    return Identities(device, boot, table[SEQUENCE].to_numpy(), table[DIGEST].to_numpy())


def digests(path: Path, device: str, boot: str) -> dict[int, int]:
    """Sequence to digest of one run's records in a file.

    Raises:
        TelemetryError: it is damaged.
    """
    field = compute.field
    table = _read(path, [SEQUENCE, DIGEST], (field("device") == device) & (field("boot") == boot))
    return dict(zip(table[SEQUENCE].to_pylist(), table[DIGEST].to_pylist(), strict=True))


def distinct(path: Path, name: str) -> set[str]:
    """The different values of a column of texts."""
    return set(_read(path, [name])[name].unique().to_pylist())


@dataclass(frozen=True, slots=True, eq=False)
class Minutes:
    """Rows of some cameras, ordered by camera, then minute.

    Attributes:
        camera: ``(n,)``.
        minute_s: ``(n,)`` seconds since 1970 UTC.
        columns: the others asked for, by name, ``(n,)`` each.
    """

    camera: Strings
    minute_s: Integers
    columns: Columns

    def __len__(self) -> int:
        return len(self.camera)


def minutes(path: Path, names: Sequence[str], first: str = "", last: str | None = None) -> Minutes:
    """A file's rows of some cameras; only the parts of it that have any are read.

    Args:
        path: the file.
        names: of the columns.
        first: camera from which on.
        last: camera up to which, itself included; None for all.
    """
    metadata = _metadata(path)
    place = metadata.schema.names.index("camera")
    groups = []
    for number in range(metadata.num_row_groups):
        known = metadata.row_group(number).column(place).statistics
        if known is None or not known.has_min_max or (first <= known.max and (last is None or known.min <= last)):
            groups.append(number)
    with pq.ParquetFile(path, metadata=metadata) as file:
        table = file.read_row_groups(groups, ["camera", MINUTE, *names], use_threads=False)
    camera = _strings(table["camera"])
    begin = int(np.searchsorted(camera, first, side="left"))
    end = len(camera) if last is None else int(np.searchsorted(camera, last, side="right"))
    columns = {name: table[name].to_numpy()[begin:end] for name in names}
    return Minutes(camera[begin:end], table[MINUTE].cast(pa.int64()).to_numpy()[begin:end] // 1000, columns)


def latencies(path: Path, step: str) -> dict[str, Latencies]:
    """One step's counts of each camera, over all of a file's minutes."""
    table = _read(path, ["camera", LATENCY + step])
    coded = table["camera"].combine_chunks().dictionary_encode()
    lists = table[LATENCY + step].combine_chunks()
    pairs = lists.flatten().to_numpy().reshape(-1, 2).astype(np.int64)
    owner = np.repeat(coded.indices.to_numpy(), np.diff(lists.offsets.to_numpy()) // 2)
    shape = (len(coded.dictionary), BINS)
    summed = np.bincount(owner * BINS + pairs[:, 0], weights=pairs[:, 1], minlength=shape[0] * BINS).reshape(shape)
    return dict(zip(coded.dictionary.to_pylist(), summed.astype(np.int64), strict=True))


@dataclass(frozen=True, slots=True, eq=False)
class Timed:
    """``n`` minutes or parts of some, in any order.

    Attributes:
        begins_s: ``(n,)`` seconds since 1970 UTC.
        frames: ``(n,)`` looked at.
        failed: ``(n,)`` of them without a sound answer.
        latencies: ``(n, BINS)`` counts of one step.
    """

    begins_s: Integers
    frames: Integers
    failed: Integers
    latencies: NDArray[np.int64]


def timed(path: Path, step: str, since_s: int) -> Timed:
    """A file's rows from a moment on."""
    table = _read(path, [MINUTE, "frames", "failed", LATENCY + step])
    table = table.filter(compute.greater_equal(table[MINUTE].cast(pa.int64()), since_s * 1000))
    lists = table[LATENCY + step].combine_chunks()
    pairs = lists.flatten().to_numpy(zero_copy_only=False).reshape(-1, 2).astype(np.int64)
    owner = np.repeat(np.arange(len(table)), lists.value_lengths().to_numpy(zero_copy_only=False) // 2)
    latencies = np.zeros((len(table), BINS), np.int64)
    np.add.at(latencies, (owner, pairs[:, 0]), pairs[:, 1])
    begins_s = table[MINUTE].cast(pa.int64()).to_numpy() // 1000
    frames, failed = (table[name].to_numpy().astype(np.int64) for name in ("frames", "failed"))
    return Timed(begins_s, frames, failed, latencies)


@dataclass(frozen=True, slots=True, eq=False)
class Described:
    """Some columns of texts, and the minutes.

    Attributes:
        texts: by name, ``(n,)``.
        minute_s: ``(n,)`` seconds since 1970 UTC.
    """

    texts: Mapping[str, Strings]
    minute_s: Integers


def described(path: Path, names: Sequence[str]) -> Described:
    """Columns of texts of a file's rows, and their minutes."""
    table = _read(path, [MINUTE, *names])
    return Described({name: _strings(table[name]) for name in names}, table[MINUTE].cast(pa.int64()).to_numpy() // 1000)


def _write(path: Path, table: pa.Table) -> None:
    ordered = table.sort_by([("camera", "ascending"), (MINUTE, "ascending"), ("device", "ascending")])
    with files.atomic(path) as temporary:
        _put(temporary, ordered)


def _put(path: Path, table: pa.Table) -> None:
    """Groups are chosen by texts alone; a smallest and a largest count of every bin would only have to be read."""
    stated = [name for name in TEXTS if name in table.column_names]
    pq.write_table(table, path, compression="zstd", row_group_size=ROWS_A_GROUP, write_statistics=stated)


def _read(path: Path, names: list[str] | None = None, rows: object = None) -> pa.Table:
    try:
        return pq.read_table(path, columns=names, filters=rows)
    except FileNotFoundError:
        raise
    except (OSError, pa.ArrowException) as error:
        raise _damaged(path, error) from error


@lru_cache(maxsize=256)
def _metadata(path: Path) -> pq.FileMetaData:
    """Of a file that never changes once it is there."""
    try:
        return pq.read_metadata(path)
    except FileNotFoundError:
        raise
    except (OSError, pa.ArrowException) as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> TelemetryError:
    return TelemetryError(f"{path}: cannot be read as Parquet ({error}); bring it back from a copy of the store")


def _lists(lists: Lists) -> pa.ListArray:
    return pa.ListArray.from_arrays(pa.array(lists.offsets), pa.array(lists.values))


def _strings(column: pa.ChunkedArray) -> Strings:
    coded = column.combine_chunks().dictionary_encode()
    if isinstance(coded, pa.ChunkedArray):
        coded = coded.combine_chunks()
    names = np.array(coded.dictionary.to_pylist(), object)
    taken: Strings = names[coded.indices.to_numpy()] if len(names) else np.zeros(0, object)
    return taken
