"""The telemetry folder: append-only segments of records, each written whole or not at all.

A segment is written under a temporary name, synced, renamed, and its folder synced; it never changes afterwards, and
whoever has received it removes it. A disk that refuses must not stop the detector: records wait, the oldest are dropped
and counted when too many do.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from detection.edge.telemetry.histogram import Edges
from detection.edge.telemetry.records import Record
from detection.errors import TelemetryError

SUFFIX = ".jsonl"
WAITING_MAXIMUM = 4096
"""Records that wait for a disk that refuses; about three days of one camera."""


class Outbox:
    """Where one run of the runtime leaves its records."""

    def __init__(self, folder: Path, boot: str) -> None:
        """Make the folder.

        Args:
            folder: where segments go.
            boot: 16 hex digits that name this run; segments are called after it.

        Raises:
            TelemetryError: the folder cannot be made.
        """
        self.boot = boot
        self.dropped = 0
        self._folder = folder
        self._segments = 0
        self._waiting: list[Record] = []
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise TelemetryError(
                f"{folder}: cannot be made ({error.strerror or error}); name another folder"
            ) from error

    def put(self, record: Record) -> None:
        """Keep a record until the next :meth:`flush`; beyond the maximum the oldest is dropped and counted."""
        self._waiting.append(record)
        if len(self._waiting) > WAITING_MAXIMUM:
            self._waiting.pop(0)
            self.dropped += 1

    @property
    def waiting(self) -> int:
        """Records that are not on disk yet."""
        return len(self._waiting)

    def flush(self) -> bool:
        """Write all that waits as one segment; False if the disk refused, then it goes on waiting."""
        if not self._waiting:
            return True
        path = self._folder / f"{self.boot}-{self._segments:08d}{SUFFIX}"
        content = "".join(record.to_line() for record in self._waiting).encode()
        try:
            _write_whole(path, content)
        except OSError:
            return False
        self._segments += 1
        self._waiting.clear()
        return True


def read_segments(folder: Path, bundle: str, edges: Mapping[str, Edges]) -> Iterator[Record]:
    """Every record of a telemetry folder once, in the order of the segments' names.

    Args:
        folder: with the segments of any number of runs.
        bundle: SHA-256 of the manifest whose reference gives the edges.
        edges: for each signal.

    Raises:
        TelemetryError: no folder, or a damaged or foreign line.
    """
    if not folder.is_dir():
        raise TelemetryError(f"{folder}: is not a folder; name what `run --telemetry` wrote to")
    seen: set[tuple[str, int]] = set()
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        for number, line in enumerate(path.read_bytes().splitlines(), start=1):
            record = Record.from_line(line, f"{path.name}:{number}", bundle, edges)
            if (record.boot, record.sequence) not in seen:
                seen.add((record.boot, record.sequence))
                yield record


def _write_whole(path: Path, content: bytes) -> None:
    temporary = path.with_suffix(".part")
    try:
        with temporary.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
