"""The telemetry folder: append-only segments of records, each written whole or not at all.

A segment is written under a temporary name, synced, renamed, and its folder synced; it never changes afterwards, and
whoever has received it removes it. Its name ends with the beginning of its SHA-256: a flipped bit is found. A disk that
refuses must not stop the detector: records wait, the oldest are dropped and counted when too many do.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from detection.edge.telemetry.histogram import Edges
from detection.edge.telemetry.records import Record
from detection.errors import TelemetryError

SUFFIX = ".jsonl"
DIGITS = 16
"""Of a segment's SHA-256, in its name."""
WAITING_MAXIMUM = 4096
"""Records that wait for a disk that refuses; about three days of one camera."""
RECORDS_MAXIMUM = 512
"""Of one segment: a receiver takes so many in one request."""


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
        """Write all that waits; False if the disk refused, then it goes on waiting."""
        while self._waiting:
            some = self._waiting[:RECORDS_MAXIMUM]
            content = "".join(record.to_line() for record in some).encode()
            try:
                write_whole(self._folder / segment_name(self.boot, self._segments, content), content)
            except OSError:
                return False
            self._segments += 1
            del self._waiting[: len(some)]
        return True


def segment_name(boot: str, number: int, content: bytes) -> str:
    """What a run's segment of that number is called, if it holds these bytes."""
    return f"{boot}-{number:08d}-{hashlib.sha256(content).hexdigest()[:DIGITS]}{SUFFIX}"


def segments_of(folder: Path) -> list[Path]:
    """The segments of a telemetry folder, in the order of their names: a run's own in the order of their writing.

    Raises:
        TelemetryError: it is no folder.
    """
    if not folder.is_dir():
        raise TelemetryError(f"{folder}: is not a folder; name what `run --telemetry` wrote to")
    return sorted(folder.glob(f"*{SUFFIX}"))


def read_segment(path: Path) -> list[bytes]:
    """Its lines.

    Raises:
        TelemetryError: unreadable, or not what its name promises.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise TelemetryError(f"{path}: cannot be read ({error.strerror or error}); copy it again") from error
    parts = re.fullmatch(rf"[0-9a-f]{{16}}-\d{{8}}-([0-9a-f]{{{DIGITS}}}){re.escape(SUFFIX)}", path.name)
    if parts is None or not hashlib.sha256(content).hexdigest().startswith(parts[1]):
        raise TelemetryError(
            f"{path}: is not the segment its name promises (boot-number-SHA-256); it was changed: leave it out"
        )
    return content.splitlines()


def read_segments(folder: Path, bundle: str, edges: Mapping[str, Edges]) -> Iterator[Record]:
    """Every record of a telemetry folder once, in the order of the segments' names.

    Args:
        folder: with the segments of any number of runs.
        bundle: SHA-256 of the manifest whose reference gives the edges.
        edges: for each signal.

    Raises:
        TelemetryError: no folder, a damaged segment, or a damaged or foreign line.
    """
    seen: set[tuple[str, str, int]] = set()
    for path in segments_of(folder):
        for number, line in enumerate(read_segment(path), start=1):
            record = Record.from_line(line, f"{path.name}:{number}", bundle, edges)
            if record.name not in seen:
                seen.add(record.name)
                yield record


def write_whole(path: Path, content: bytes) -> None:
    """A file that is there whole, synced, or not at all.

    Raises:
        OSError: the disk refuses; nothing is left.
    """
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
