"""A store's folders, and which of its files count.

    STORE/lock                                   held by the one receiver that writes
    STORE/bundles/<digest>.json                  edges of each bundle whose telemetry is taken
    STORE/<digest>/incoming/<number>-<sha>.jsonl what arrived, as it arrived; a request's records of one bundle
    STORE/<digest>/minutes/<first>-<last>.parquet the same as columns: all arrivals of these numbers
    STORE/<digest>/slots/<first>-<last>.parquet  that file's counts, added up by camera and five minutes; may be missing

Numbers only ever grow. A Parquet file stands for all arrivals within its numbers, so whatever lies within the numbers
of another file is a leftover of an interrupted compaction: it is passed over by readers and removed by the writer. One
rename is all that a compaction needs. Sums are made of a Parquet file that stands and found by its name: those that are
missing are made by the next compaction, those of a file that is gone are passed over and removed.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

from detection.errors import TelemetryError

INCOMING, MINUTES, SLOTS, BUNDLES, LOCK = "incoming", "minutes", "slots", "bundles", "lock"
SLOT_S = 300
"""Stretches that a store adds up beforehand."""
DIGEST = re.compile(r"[0-9a-f]{64}")
_ARRIVAL = re.compile(r"(\d{10})-([0-9a-f]{16})\.jsonl")
_BLOCK = re.compile(r"(\d{10})-(\d{10})\.parquet")


@dataclass(frozen=True, slots=True)
class Piece:
    """One file of records: arrivals ``first`` to ``last``; a file of arrivals has one number."""

    first: int
    last: int
    path: Path

    @property
    def whole(self) -> bool:
        """Whether it is a Parquet file."""
        return self.path.suffix == ".parquet"


@dataclass(frozen=True, slots=True)
class Contents:
    """What one bundle's folder holds.

    Attributes:
        arrivals: that no Parquet file holds, ascending.
        blocks: Parquet files that no other holds, ascending.
        leftovers: everything else that looks like ours.
    """

    arrivals: tuple[Piece, ...]
    blocks: tuple[Piece, ...]
    leftovers: tuple[Path, ...]


def arrival_name(number: int, content: bytes) -> str:
    """What an arrival's file is called; damage to it does not go unseen."""
    return f"{number:010d}-{hashlib.sha256(content).hexdigest()[:16]}.jsonl"


def block_name(first: int, last: int) -> str:
    """What a Parquet file is called."""
    return f"{first:010d}-{last:010d}.parquet"


def slots_of(block: Path) -> Path:
    """Where a Parquet file's sums stand, if they do."""
    return block.parent.parent / SLOTS / block.name


def is_store(folder: Path) -> bool:
    """Whether a folder is a receiver's store, not a device's folder of segments."""
    return (folder / BUNDLES).is_dir()


def bundles_of(store: Path) -> list[str]:
    """Digests of the bundles that have a folder, sorted."""
    return sorted(place.name for place in store.iterdir() if place.is_dir() and DIGEST.fullmatch(place.name))


def prepare(store: Path, digest: str) -> None:
    """Make a bundle's folders, for good: a power cut must not take the folder of what was acknowledged.

    Raises:
        OSError: the disk refuses.
    """
    for folder in (store, store / digest, *(store / digest / name for name in (INCOMING, MINUTES, SLOTS))):
        if not folder.is_dir():
            folder.mkdir(parents=True, exist_ok=True)
            sync(folder)
            sync(folder.parent)


def look(folder: Path) -> Contents:
    """What a bundle's folder holds; nothing if there is no such folder."""
    found, leftovers = [], []
    for path in sorted(folder.glob("*/*")) + sorted(folder.glob("*/.*.part")):
        piece = _piece(path)
        if piece is not None:
            found.append(piece)
        elif path.name.endswith(".part"):
            leftovers.append(path)
    standing = _standing(found)
    kept = {piece.path for piece in standing}
    leftovers += [piece.path for piece in found if piece.path not in kept]
    blocks = tuple(piece for piece in standing if piece.whole)
    return Contents(tuple(piece for piece in standing if not piece.whole), blocks, tuple(leftovers))


def read_arrival(path: Path) -> list[bytes]:
    """The lines of an arrival's file.

    Raises:
        TelemetryError: damaged.
        FileNotFoundError: it has been compacted meanwhile.
    """
    content = path.read_bytes()
    if path.name != arrival_name(int(path.name[:10]), content):
        raise TelemetryError(
            f"{path}: is not what its name promises; the disk has changed it: move it away, its device has it no more"
        )
    return content.splitlines(keepends=True)


def sync(folder: Path) -> None:
    """Make the names in a folder last."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _piece(path: Path) -> Piece | None:
    found = _ARRIVAL.fullmatch(path.name)
    if found is not None and path.parent.name == INCOMING:
        return Piece(int(found[1]), int(found[1]), path)
    found = _BLOCK.fullmatch(path.name)
    if found is not None and path.parent.name == MINUTES:
        return Piece(int(found[1]), int(found[2]), path)
    return None


def _standing(pieces: list[Piece]) -> list[Piece]:
    """Those that lie within no other, ascending. Ranges are nested or apart; of equals the Parquet file stands."""
    standing: list[Piece] = []
    for piece in sorted(pieces, key=lambda piece: (piece.first, -piece.last, not piece.whole)):
        if not standing or not standing[-1].whole or piece.last > standing[-1].last:
            standing.append(piece)
    return standing
