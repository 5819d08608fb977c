"""Baselines that cameras learnt in the field: a folder that only grows, one sub-folder for each period accepted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detection.edge.telemetry.histogram import Edges
from detection.errors import DocumentError, TelemetryError
from detection.outside import documents, files, tables
from detection.rules.field.watching.learnt import FORMAT, Acceptance
from detection.rules.field.watching.tally import Tally, together

ACCEPTANCE, MINUTES = "acceptance.json", "minutes.parquet"
_BEGINS, _FRAMES = "begins_s", "frames"


def write(folder: Path, acceptance: Acceptance, minutes: Tally) -> Path:
    """Keep a period; the acceptance is written last, so that half a baseline is none.

    Args:
        folder: of all baselines.
        acceptance: who accepted it; the digest of the table is filled in.
        minutes: of the one camera.

    Returns:
        The baseline's own folder.

    Raises:
        TelemetryError: the same period was accepted before.
    """
    place = folder / acceptance.name
    if (place / ACCEPTANCE).exists():
        raise TelemetryError(f"{place}: this period of {acceptance.camera!r} was accepted before; nothing to do")
    place.mkdir(parents=True, exist_ok=True)
    tables.write_columns(place / MINUTES, _columns(minutes))
    documents.write_value(place / ACCEPTANCE, replace(acceptance, table_sha256=files.sha256(place / MINUTES)))
    return place


def acceptances(folder: Path, bundle: str) -> dict[str, Path]:
    """Camera to the folder of its newest baseline under ``bundle``.

    Raises:
        DocumentError: a damaged acceptance.
    """
    found: dict[str, tuple[Acceptance, Path]] = {}
    for path in sorted(folder.glob(f"baseline-*/{ACCEPTANCE}")):
        one = documents.read_value(Acceptance, path)
        if one.format != FORMAT:
            raise DocumentError(f"{path}: format {one.format}, expected {FORMAT}; accept the period again")
        known = found.get(one.camera)
        if one.bundle == bundle and (known is None or known[0].accepted_at < one.accepted_at):
            found[one.camera] = (one, path.parent)
    return {camera: place for camera, (_, place) in sorted(found.items())}


def read(folder: Path, bundle: str, edges: Mapping[str, Edges]) -> Tally | None:
    """What cameras have learnt under ``bundle``; none if no camera has.

    Raises:
        DocumentError: a baseline was changed or is damaged.
    """
    learnt = [_read(place, camera, edges) for camera, place in acceptances(folder, bundle).items()]
    return together(learnt) if learnt else None


def _read(place: Path, camera: str, edges: Mapping[str, Edges]) -> Tally:
    acceptance = documents.read_value(Acceptance, place / ACCEPTANCE)
    columns = tables.read_columns(place / MINUTES)
    if files.sha256(place / MINUTES) != acceptance.table_sha256:
        raise DocumentError(f"{place / MINUTES}: is not the table that was accepted; bring it back from a copy")
    wanted = {f"{name}.{number}" for name, inner in edges.items() for number in range(len(inner) + 2)}
    if set(columns) != wanted | {_BEGINS, _FRAMES}:
        raise DocumentError(f"{place / MINUTES}: its bins are not the bundle's; accept the period again")
    counts = {
        name: np.stack([_whole(columns[f"{name}.{number}"]) for number in range(len(inner) + 2)], axis=1)
        for name, inner in edges.items()
    }
    begins = _whole(columns[_BEGINS])
    return Tally(np.full(len(begins), camera, object), begins, _whole(columns[_FRAMES]), counts)


def _columns(minutes: Tally) -> dict[str, NDArray[np.generic]]:
    columns: dict[str, NDArray[np.generic]] = {_BEGINS: minutes.begins_s, _FRAMES: minutes.frames}
    for name, table in minutes.counts.items():
        columns |= {f"{name}.{number}": table[:, number] for number in range(table.shape[1])}
    return columns


def _whole(column: NDArray[np.generic]) -> NDArray[np.int64]:
    return column.astype(np.int64)
