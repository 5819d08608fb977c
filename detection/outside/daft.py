"""What is measured of every frame's pixels, by Daft: on this machine's cores, or on a Ray cluster by one setting.

Daft carries rows that say where a frame's bytes stand; each worker reads its own from the shards, proves them by their
hash and measures them. So a cluster needs the same folder of shards at the same path, and this package, on every node.
The answer is the same to the last bit, wherever and in whatever order it is computed: rows are measured one by one and
ordered by frame at the end.

Daft and Ray report their use to their makers unless they are told not to, when they are first imported: that is here.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

import cv2
import numpy as np

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
    _start(engine)
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


@cache
def _start(engine: Engine) -> None:
    """Daft takes one engine a process, once."""
    daft = import_module("daft")
    if engine.runner == "native":
        daft.set_runner_native()
        return
    try:
        daft.set_runner_ray(engine.address)
    except (ImportError, OSError, RuntimeError, ValueError) as error:
        reason = next(iter(str(error).strip().splitlines()), type(error).__name__)
        raise EnvironmentMissingError(
            f"params.yaml: validate: no Ray cluster at {engine.address or 'this machine'} ({reason}); "
            "start one, mend the address, or set runner to native"
        ) from error


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
