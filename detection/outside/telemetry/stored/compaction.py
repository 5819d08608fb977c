"""Arrivals become Parquet, and small Parquet files larger ones. Killed at any moment, the store holds the same records.

A new file is written whole under its final name before anything that it stands for is removed; see :mod:`.places`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from detection.edge.telemetry.records import Record
from detection.errors import TelemetryError
from detection.outside.telemetry import parquet
from detection.outside.telemetry.columns import rows_of
from detection.outside.telemetry.stored import places
from detection.outside.telemetry.stored.known import Known
from detection.outside.telemetry.stored.places import MINUTES, SLOTS, Piece
from detection.outside.telemetry.stored.store import Store

ROWS = 200_000
"""No Parquet file is made larger than this."""
ARRIVALS_BYTES = 256_000_000
"""So much is taken into one file at once."""
TOGETHER = 8
"""So many neighbours become one file, if they are small enough."""


def compact(store: Store, finish: bool = False) -> int:
    """Turn everything that has arrived into Parquet.

    Args:
        store: open.
        finish: join neighbours even if they are only two.

    Returns:
        How many files were written.

    Raises:
        DiskError: the disk refuses; nothing is lost, run it again.
        TelemetryError: a file is damaged.
    """
    written = 0
    for digest in places.bundles_of(store.folder):
        known = store.recall(digest)
        if known is None:
            raise TelemetryError(f"{store.folder / digest}: its bundle is not known any more; name it again")
        for pieces in _batches(places.look(store.folder / digest).arrivals):
            _arrivals(store, known, pieces)
            written += 1
        for pieces in _neighbours(places.look(store.folder / digest).blocks, 2 if finish else TOGETHER):
            _join(store, digest, pieces)
            written += 1
        add_up(store.folder / digest)
    return written


def add_up(folder: Path) -> None:
    """Make the sums of all Parquet files of a bundle's folder that have none yet, and remove those of files now gone.

    Raises:
        DiskError: the disk refuses; nothing is lost, run it again.
        TelemetryError: a file is damaged.
    """
    blocks = [block.path for block in places.look(folder).blocks]
    wanted = [places.slots_of(block) for block in blocks]
    for stale in set((folder / SLOTS).glob("*.parquet")) - set(wanted):
        stale.unlink(missing_ok=True)
    for block, slots in zip(blocks, wanted, strict=True):
        if not slots.exists():
            slots.parent.mkdir(exist_ok=True)
            parquet.add_up(slots, block, places.SLOT_S)


def records_in(pieces: Sequence[Piece], known: Known) -> Iterator[Record]:
    """The records of arrivals, in order.

    Raises:
        TelemetryError: one is damaged.
        FileNotFoundError: one has been compacted meanwhile.
    """
    for piece in pieces:
        for number, line in enumerate(places.read_arrival(piece.path), start=1):
            yield Record.from_line(line, f"{piece.path.name}:{number}", known.digest, known.edges)


def _arrivals(store: Store, known: Known, pieces: Sequence[Piece]) -> None:
    path = _block(store.folder / known.digest, pieces)
    parquet.write(path, rows_of(list(records_in(pieces, known)), known.edges))
    store.compacted(pieces, parquet.identities(path))


def _join(store: Store, digest: str, pieces: Sequence[Piece]) -> None:
    path = _block(store.folder / digest, pieces)
    parquet.merge(path, [piece.path for piece in pieces])
    store.compacted(pieces, parquet.identities(path))


def _block(folder: Path, pieces: Sequence[Piece]) -> Path:
    return folder / MINUTES / places.block_name(pieces[0].first, pieces[-1].last)


def _batches(arrivals: Sequence[Piece]) -> Iterator[list[Piece]]:
    batch: list[Piece] = []
    size = 0
    for piece in arrivals:
        batch.append(piece)
        size += piece.path.stat().st_size
        if size >= ARRIVALS_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _neighbours(blocks: Sequence[Piece], together: int) -> Iterator[list[Piece]]:
    group: list[Piece] = []
    rows = 0
    for piece in blocks:
        more = parquet.rows_in(piece.path)
        if group and rows + more > ROWS:
            if len(group) >= together:
                yield group
            group, rows = [], 0
        group.append(piece)
        rows += more
    if len(group) >= together:
        yield group
