"""Telemetry as drift takes it, from a receiver's store or from the segments that one runtime left.

Reading a store while its receiver writes is safe: files appear whole, and a file that a compaction has removed
meanwhile is found again in the one that replaced it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from detection.edge.telemetry.histogram import Edges
from detection.edge.telemetry.latency import STEPS, Latencies, none
from detection.edge.telemetry.outbox import read_segments
from detection.edge.telemetry.records import Record
from detection.edge.trust.bundle import Bundle
from detection.errors import TelemetryError
from detection.outside import daft
from detection.outside.daft import Engine
from detection.outside.telemetry import parquet
from detection.outside.telemetry.columns import MINUTE, Part, bins_of, flat, rows_of, summable, tally_of
from detection.outside.telemetry.stored import places
from detection.outside.telemetry.stored.compaction import records_in
from detection.outside.telemetry.stored.known import Known
from detection.outside.telemetry.stored.places import Contents
from detection.rules.field.watching.tally import Tally

Made = TypeVar("Made")

MINUTE_S = 60.0
_TRIES = 8


@dataclass(frozen=True, slots=True, eq=False)
class Telemetry:
    """What was told under one bundle: look once, read as often as needed.

    Attributes:
        folder: of the segments, or of the store.
        bundle: SHA-256 of the manifest that was running.
        edges: of each signal.
        records: that are in no Parquet file.
        blocks: Parquet files.
    """

    folder: Path
    bundle: str
    edges: Mapping[str, Edges]
    records: tuple[Record, ...]
    blocks: tuple[Path, ...]

    @property
    def variants(self) -> tuple[str, ...]:
        """Model variants that ran, sorted."""
        return tuple(sorted({record.origin.variant for record in self.records} | self._texts("variant")))

    @property
    def cameras(self) -> tuple[str, ...]:
        """Their names, sorted."""
        return tuple(sorted({record.camera for record in self.records} | self._texts("camera")))

    def minutes(self, first: str = "", last: str | None = None, length_s: float = MINUTE_S) -> Tally:
        """All of some cameras, added up into stretches of ``length_s`` seconds; a minute is the shortest there is.

        Args:
            first: camera from which on, in the order of :attr:`cameras`.
            last: camera up to which, itself included; None for all.
            length_s: of a stretch.
        """
        bins = bins_of(self.edges)
        chosen = [r for r in self.records if first <= r.camera and (last is None or r.camera <= last)]
        parts = [_part(chosen, self.edges)]
        for block in self.blocks:
            found = parquet.minutes(block, summable(bins), first, last)
            parts.append(Part(found.camera, found.minute_s, found.columns))
        return _summed(tally_of(parts, bins), length_s)

    def windows(self, length_s: float, engine: Engine) -> Tally:
        """The same of all cameras, by Daft: on this machine, or on a Ray cluster that sees the store's folder.

        Raises:
            EnvironmentMissingError: there is no such cluster.
        """
        bins = bins_of(self.edges)
        parts = [_part(self.records, self.edges)]
        for files in _summed_files(self.blocks, length_s):
            found = daft.sums(files, "camera", MINUTE, length_s, summable(bins), engine)
            parts.append(Part(found["camera"], found[MINUTE], found))  # type: ignore[arg-type]
        return _summed(tally_of(parts, bins), length_s)

    def latencies(self, step: str = STEPS[-1]) -> dict[str, Latencies]:
        """One step's counts by camera, over everything."""
        summed: dict[str, Latencies] = {}
        for record in self.records:
            summed[record.camera] = summed.get(record.camera, none()) + record.latency[step]
        for block in self.blocks:
            for camera, counts in parquet.latencies(block, step).items():
                summed[camera] = summed.get(camera, none()) + counts
        return dict(sorted(summed.items()))

    def _texts(self, name: str) -> set[str]:
        return {text for block in self.blocks for text in parquet.distinct(block, name)}


def telemetry_of(folder: Path, bundle: Bundle) -> Telemetry:
    """What a folder holds of a bundle's telemetry.

    Args:
        folder: that ``run --telemetry`` wrote to, or a receiver's store.
        bundle: that was running, verified.

    Raises:
        TelemetryError: no record at all, or a damaged or foreign one.
        BundleError: the bundle's reference is not one.
    """
    return telemetry_with(folder, bundle.digest, bundle.reference().edges)


def telemetry_with(folder: Path, digest: str, edges: Mapping[str, Edges]) -> Telemetry:
    """See :func:`telemetry_of`; for whoever has the edges alone."""
    if not places.is_store(folder):
        found = Telemetry(folder, digest, edges, tuple(read_segments(folder, digest, edges)), ())
        wanted = "expected *.jsonl as `run --telemetry` writes it"
    else:
        found = _settled(lambda: _of_store(folder, digest, edges))
        wanted = "no device has told anything under this bundle; `detection telemetry list` shows what is there"
    if not found.records and not found.blocks:
        raise TelemetryError(f"{folder}: holds no record of bundle {digest[:12]}; {wanted}")
    return found


def _of_store(store: Path, digest: str, edges: Mapping[str, Edges]) -> Telemetry:
    contents: Contents = places.look(store / digest)
    records = tuple(records_in(contents.arrivals, Known(digest, "", 0, edges)))
    return Telemetry(store, digest, edges, records, tuple(block.path for block in contents.blocks))


def _settled(look: Callable[[], Made]) -> Made:
    """What is read while files are replaced, once nothing vanishes in between."""
    for _ in range(_TRIES - 1):
        try:
            return look()
        except FileNotFoundError:
            continue
    return look()


def _summed_files(blocks: Sequence[Path], length_s: float) -> Iterator[list[Path]]:
    """Files to add up together: of each block, what the store added up beforehand where that serves and is there."""
    serves = length_s % places.SLOT_S == 0
    slots = [block for block in blocks if serves and places.slots_of(block).exists()]
    rest = [block for block in blocks if block not in slots]
    yield from (files for files in ([places.slots_of(block) for block in slots], rest) if files)


def _part(records: Sequence[Record], edges: Mapping[str, Edges]) -> Part:
    rows = rows_of(records, edges)
    return Part(rows.texts["camera"], rows.minute_s, flat(rows))


def _summed(ordered: Tally, length_s: float) -> Tally:
    """Added up; stretches that are whole already are not copied."""
    alone = (ordered.camera[1:] != ordered.camera[:-1]) | (ordered.begins_s[1:] != ordered.begins_s[:-1])
    whole = alone.all() and not (ordered.begins_s % length_s).any()
    return ordered if whole else ordered.summed(length_s)
