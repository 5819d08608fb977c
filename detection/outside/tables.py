"""Tables in Parquet: the only file that knows pyarrow. Columns in, columns out, whole files or none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from detection.errors import DocumentError
from detection.outside import files
from detection.rules.labels.samples import Annotations, Assignments, Frames
from detection.rules.labels.statistics import Statistics

Columns = Mapping[str, NDArray[np.generic]]

_CONDITION = "condition."
_CORNERS = ("x1", "y1", "x2", "y2")


def write_columns(path: Path, columns: Columns) -> None:
    """Write equally long columns; the same columns give the same bytes."""
    table = pa.table({name: pa.array(column) for name, column in columns.items()})
    with files.atomic(path) as temporary:
        pq.write_table(table, temporary, compression="zstd")


def read_columns(path: Path) -> dict[str, NDArray[np.generic]]:
    """Read what :func:`write_columns` wrote.

    Raises:
        DocumentError: missing or damaged.
    """
    try:
        table = pq.read_table(path)
    except FileNotFoundError as error:
        raise DocumentError(f"{path}: is not there; run `dvc repro` again, or for the first time") from error
    except (OSError, pa.ArrowException) as error:
        raise DocumentError(f"{path}: cannot be read as Parquet ({error}); run `dvc repro` again") from error
    return {name: _column(table[name]) for name in table.column_names}


def write_frames(path: Path, frames: Frames) -> None:
    """Write the frame table; each condition is a column ``condition.<id>``."""
    plain = {name: getattr(frames, name) for name in Frames.__slots__ if name != "conditions"}
    write_columns(path, plain | {_CONDITION + name: column for name, column in frames.conditions.items()})


def read_frames(path: Path) -> Frames:
    """Read the frame table."""
    columns = read_columns(path)
    conditions = {n.removeprefix(_CONDITION): columns.pop(n) for n in list(columns) if n.startswith(_CONDITION)}
    _expect(path, columns, [name for name in Frames.__slots__ if name != "conditions"])
    return Frames(**columns, conditions=conditions)  # type: ignore[arg-type]


def write_annotations(path: Path, annotations: Annotations) -> None:
    """Write the box table; corners become four columns."""
    plain = {name: getattr(annotations, name) for name in Annotations.__slots__ if name != "corners"}
    corners = {name: annotations.corners[:, i] for i, name in enumerate(_CORNERS)}
    write_columns(path, plain | corners)


def read_annotations(path: Path) -> Annotations:
    """Read the box table."""
    columns = read_columns(path)
    _expect(path, columns, [*(name for name in Annotations.__slots__ if name != "corners"), *_CORNERS])
    corners = np.stack([columns.pop(name) for name in _CORNERS], axis=1).astype(np.float32)
    return Annotations(**columns, corners=corners)  # type: ignore[arg-type]


def write_assignments(path: Path, assignments: Assignments) -> None:
    """Write who looked at which frame."""
    write_columns(path, {name: getattr(assignments, name) for name in Assignments.__slots__})


def read_assignments(path: Path) -> Assignments:
    """Read who looked at which frame."""
    columns = read_columns(path)
    _expect(path, columns, Assignments.__slots__)
    return Assignments(**columns)  # type: ignore[arg-type]


def write_statistics(path: Path, statistics: Statistics) -> None:
    """Write what was measured of every frame."""
    write_columns(path, {name: getattr(statistics, name) for name in Statistics.__slots__})


def read_statistics(path: Path) -> Statistics:
    """Read what was measured of every frame."""
    columns = read_columns(path)
    _expect(path, columns, Statistics.__slots__)
    return Statistics(**columns)  # type: ignore[arg-type]


def _expect(path: Path, columns: Columns, wanted: Iterable[str]) -> None:
    different = sorted(set(columns) ^ set(wanted))
    if different:
        raise DocumentError(f"{path}: other columns than expected ({', '.join(different)}); run `dvc repro` again")


def _column(column: pa.ChunkedArray) -> NDArray[np.generic]:
    if pa.types.is_string(column.type) or pa.types.is_null(column.type):
        return np.array(column.to_pylist(), dtype=object)
    return np.asarray(column.to_numpy())
