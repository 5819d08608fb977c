"""What a store holds, told by bundle and device."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from detection.errors import TelemetryError
from detection.outside.telemetry import parquet
from detection.outside.telemetry.columns import seconds_of
from detection.outside.telemetry.stored import known, places
from detection.outside.telemetry.stored.compaction import records_in
from detection.outside.telemetry.stored.names import Integers, Strings


@dataclass(frozen=True, slots=True)
class Row:
    """One device's telemetry under one bundle.

    Attributes:
        model: the bundle's name and counter.
        bundle: SHA-256 of its manifest.
        device: who told.
        cameras: how many.
        records: how many.
        waiting: of them not in Parquet yet.
        first_s: oldest minute, seconds since 1970 UTC.
        last_s: newest.
    """

    model: str
    bundle: str
    device: str
    cameras: int
    records: int
    waiting: int
    first_s: int
    last_s: int


def of(store: Path) -> list[Row]:
    """By model, bundle and device.

    Raises:
        TelemetryError: it is no store, or a file in it is damaged.
    """
    if not places.is_store(store):
        raise TelemetryError(f"{store}: is no store; name what `telemetry receive --store` writes to")
    rows: list[Row] = []
    for bundle in known.all_of(store):
        contents = places.look(store / bundle.digest)
        parts = [parquet.described(block.path, ("device", "camera")) for block in contents.blocks]
        waiting = list(records_in(contents.arrivals, bundle))
        device = np.array([record.origin.device for record in waiting], object)
        camera = np.array([record.camera for record in waiting], object)
        minute = np.array([seconds_of(record.minute) for record in waiting], np.int64)
        told = _Told(
            np.concatenate([*(part.texts["device"] for part in parts), device]),
            np.concatenate([*(part.texts["camera"] for part in parts), camera]),
            np.concatenate([*(part.minute_s for part in parts), minute]),
            np.repeat([False, True], [sum(len(part.minute_s) for part in parts), len(waiting)]),
        )
        rows += told.rows(f"{bundle.name} {bundle.counter}", bundle.digest)
    return rows


@dataclass(frozen=True, slots=True, eq=False)
class _Told:
    device: Strings
    camera: Strings
    minute_s: Integers
    waiting: np.ndarray[tuple[int], np.dtype[np.bool_]]

    def rows(self, model: str, bundle: str) -> Iterator[Row]:
        for device in sorted(set(self.device)):
            mine = self.device == device
            minutes, waiting = self.minute_s[mine], int(self.waiting[mine].sum())
            cameras = len(set(self.camera[mine]))
            yield Row(model, bundle, device, cameras, len(minutes), waiting, int(minutes.min()), int(minutes.max()))
