"""Work over many rows, by Daft: on this machine's cores, or on a Ray cluster by one setting.

What is measured of pixels: Daft carries rows that say where a frame's bytes stand; each worker reads its own from the
shards, proves them by their hash and measures them. So a cluster needs the same folder of shards at the same path, and
this package, on every node. Telemetry is added up from Parquet files, which every node must see likewise. The answer is
the same to the last bit, wherever and in whatever order it is computed.

Daft and Ray report their use to their makers unless they are told not to, when they are first imported: that is here.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.edge.vision.frames import PIXEL_LIMIT
from detection.errors import EnvironmentMissingError, SourceError
from detection.outside import pixels, shards
from detection.outside.pixels import UNREADABLE, Pixels
from detection.rules.labels.samples import Frames
from detection.rules.labels.statistics import Statistics

os.environ.update(DO_NOT_TRACK="true", DAFT_ANALYTICS_ENABLED="0", RAY_USAGE_STATS_ENABLED="0")

BATCH = 32
"""Frames that a worker measures before it takes new ones."""

FRAMES_A_PART = 2_000
"""Frames that travel to one node of a cluster together."""


@dataclass(frozen=True, slots=True)
class Engine:
    """Where the work is done.

    Attributes:
        runner: ``native`` on this machine, ``ray`` on a cluster.
        address: of the cluster's head; none starts a cluster of this machine alone.
    """

    runner: Literal["native", "ray"] = "native"
    address: str | None = None


def measure(folder: Path, frames: Frames, engine: Engine, pixel_limit: int = PIXEL_LIMIT) -> Statistics:
    """Measure the pixels of all frames that have any.

    Args:
        folder: of the shards.
        frames: those without a shard are passed over.
        engine: where to do it; the first call of a process decides for all.
        pixel_limit: pixels above which a frame is not decoded, and unreadable.

    Returns:
        One row a frame, ordered by frame id; unreadable where the bytes are missing, damaged or no picture.

    Raises:
        EnvironmentMissingError: there is no such cluster, or no Ray.
    """
    daft = import_module("daft")
    present = frames.take(frames.shard != "")
    if not len(present):
        return _statistics({"frame": []} | {field.name: [] for field in fields(Pixels)})
    start(engine, "params.yaml: validate")
    rows = daft.from_pydict(
        {
            "frame": present.id.tolist(),
            "place": [str(folder.absolute() / shard) for shard in present.shard],
            "offset": present.offset.tolist(),
            "length": present.length.tolist(),
        }
    )
    if engine.runner == "ray":
        rows = rows.into_partitions(-(-len(present) // FRAMES_A_PART))
    measured = _measured(daft)(rows["frame"], rows["place"], rows["offset"], rows["length"], pixel_limit)
    return _statistics(rows.select(rows["frame"], measured).to_pydict())


def sums(
    paths: Sequence[Path], key: str, time: str, length_s: float, columns: Sequence[str], engine: Engine
) -> dict[str, NDArray[np.generic]]:
    """Add up columns of Parquet files by a text and stretches of time.

    Args:
        paths: files of the same columns; on a cluster, at the same place on every node.
        key: name of the column of texts.
        time: name of the column of times, UTC.
        length_s: of a stretch; stretches begin at multiples of it since 1970.
        columns: of whole numbers, to be added up.
        engine: where to do it; the first call of a process decides for all.

    Returns:
        One row per text and stretch, in any order: ``key``, ``time`` as seconds since 1970 UTC, and the sums, int64.

    Raises:
        EnvironmentMissingError: there is no such cluster, or no Ray.
    """
    daft = import_module("daft")
    start(engine, "telemetry")
    whole = daft.DataType.int64()
    rows = daft.read_parquet([str(path.absolute()) for path in paths])
    seconds = rows[time].cast(daft.DataType.timestamp("ms", "UTC")).cast(whole) // 1000
    stretch = (seconds // int(length_s) * int(length_s)).cast(whole)
    grouped = rows.with_column(time, stretch).groupby(key, time).agg(*(rows[name].sum() for name in columns))
    table = grouped.to_arrow()
    found: dict[str, NDArray[np.generic]] = {name: table[name].to_numpy() for name in (time, *columns)}
    found[key] = np.array(table[key].to_pylist(), object)
    return found


def start(engine: Engine, asked: str) -> None:
    """Choose where Daft works; it takes one engine a process, once.

    Args:
        engine: which.
        asked: who wants it, for the message.

    Raises:
        EnvironmentMissingError: there is no such cluster, or no Ray.
    """
    try:
        _started(engine)
    except (ImportError, OSError, RuntimeError, ValueError) as error:
        reason = next(iter(str(error).strip().splitlines()), type(error).__name__)
        raise EnvironmentMissingError(
            f"{asked}: no Ray cluster at {engine.address or 'this machine'} ({reason}); "
            "start one, mend the address, or set runner to native"
        ) from error


@cache
def _started(engine: Engine) -> None:
    daft = import_module("daft")
    if engine.runner == "native":
        daft.set_runner_native()
    else:
        # Without an address Ray joins the cluster that an earlier run left the name of, and waits for it if it is gone.
        daft.set_runner_ray(engine.address or "local")


def _measured(daft: Any) -> Any:
    """:func:`_rows` as a function of Daft's columns."""
    kinds = {bool: daft.DataType.bool(), int: daft.DataType.int64(), float: daft.DataType.float32()}
    columns = {field.name: kinds[type(getattr(UNREADABLE, field.name))] for field in fields(Pixels)}
    columns["hash"] = daft.DataType.uint64()
    kind = daft.DataType.struct(columns)
    return daft.func.batch(return_dtype=kind, unnest=True, batch_size=BATCH, use_process=False)(_rows)


def _rows(
    frame: Iterable[str], place: Iterable[str], offset: Iterable[int], length: Iterable[int], pixel_limit: int
) -> list[dict[str, object]]:
    """What a worker does with a batch; a thread each, since decoding and hashing leave the interpreter alone."""
    cv2.setNumThreads(1)
    return [
        _plain(_row(Path(where), begin, size, digest, pixel_limit))
        for digest, where, begin, size in zip(frame, place, offset, length, strict=True)
    ]


def _plain(row: Pixels) -> dict[str, object]:
    """As Daft takes a structure; ``asdict`` copies each value and takes ten times as long."""
    return {name: getattr(row, name) for name in Pixels.__slots__}


def _row(shard: Path, offset: int, length: int, digest: str, pixel_limit: int) -> Pixels:
    try:
        return pixels.measure(shards.read_member(shard, offset, length, digest), pixel_limit)
    except SourceError:
        return UNREADABLE


def _statistics(columns: dict[str, list[Any]]) -> Statistics:
    """Daft's answer as our table, ordered by frame."""
    order = sorted(range(len(columns["frame"])), key=columns["frame"].__getitem__)
    kinds = {"frame": object, "readable": bool, "width": np.int64, "height": np.int64, "hash": np.uint64}
    return Statistics(
        **{
            field.name: np.array([columns[field.name][row] for row in order], kinds.get(field.name, np.float32))
            for field in fields(Statistics)
        }
    )
