"""The receiver's store: what is acknowledged is on the disk, whatever happens next; what comes twice is stored once.

An acknowledgement means that the records stand in a file that was synced, renamed, and its folder synced. A name is
device, boot and sequence: the same name with the same content is known already, with another content it is refused.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from detection.edge.telemetry.records import Record
from detection.errors import TelemetryError
from detection.outside import files
from detection.outside.files import DiskError
from detection.outside.telemetry import parquet
from detection.outside.telemetry.columns import digest_of
from detection.outside.telemetry.intake import Kind, Numbered, Refusal
from detection.outside.telemetry.stored import known, places
from detection.outside.telemetry.stored.known import Known
from detection.outside.telemetry.stored.names import Identities, Name, Names
from detection.outside.telemetry.stored.places import INCOMING, Contents, Piece


@dataclass(frozen=True, slots=True)
class Added:
    """What became of a request's records.

    Attributes:
        stored: so many are new, and on the disk.
        known: so many were there already, the same to the last digit.
        refusals: others are called so.
    """

    stored: int
    known: int
    refusals: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True)
class _Line:
    name: Name
    bundle: str
    text: bytes
    digest: int


class Store:
    """A folder that one receiver writes and anybody reads."""

    def __init__(self, folder: Path, reserve_bytes: int = 0) -> None:
        """Open it, or make it; sweep up after an interruption and learn every name in it.

        Args:
            folder: the store.
            reserve_bytes: of the disk that arrivals leave free, so that compacting them has room.

        Raises:
            TelemetryError: another receiver has it, or a file in it is damaged.
            DiskError: the disk refuses.
        """
        self.folder = folder
        self._reserve_bytes = reserve_bytes
        self._guard = threading.Lock()
        self._names = Names()
        self._fresh: dict[Name, int] = {}
        self._number = 0
        self._lock = _locked(folder)
        for digest in places.bundles_of(folder):
            self._learn(places.look(folder / digest))
        self._recall = lru_cache(maxsize=256)(self._remembered)
        self._digests = lru_cache(maxsize=1024)(parquet.digests)

    def close(self) -> None:
        """Let another receiver have it."""
        os.close(self._lock)

    def __len__(self) -> int:
        return len(self._names)

    @property
    def waiting(self) -> int:
        """Records that are not in Parquet yet."""
        return len(self._fresh)

    def recall(self, digest: str) -> Known | None:
        """What is known of a bundle."""
        try:
            return self._recall(digest)
        except KeyError:
            return None

    def add(self, records: Sequence[Numbered]) -> Added:
        """Store those that are new; on return they are durable.

        Raises:
            DiskError: the disk is full or refuses; send them again later. What is stored already is known then.
        """
        with self._guard:
            new: dict[Name, _Line] = {}
            seen, refusals = 0, []
            for numbered in records:
                line = _line_of(numbered.record)
                before = new[line.name].digest if line.name in new else self._digest(line.name)
                if before is None:
                    new[line.name] = line
                elif before == line.digest:
                    seen += 1
                else:
                    refusals.append(_conflict(numbered.line, line.name))
            for bundle in sorted({line.bundle for line in new.values()}):
                self._keep(bundle, [line for line in new.values() if line.bundle == bundle])
            return Added(len(new), seen, tuple(refusals))

    def compacted(self, replaced: Sequence[Piece], found: Identities) -> None:
        """A Parquet file holds these pieces' records now: remove them."""
        with self._guard:
            for device, boot, sequence in zip(found.device, found.boot, found.sequence.tolist(), strict=True):
                self._fresh.pop(Name(device, boot, sequence), None)
            for piece in replaced:
                piece.path.unlink(missing_ok=True)

    def _keep(self, bundle: str, lines: Sequence[_Line]) -> None:
        content = b"".join(line.text for line in lines)
        _require_room(self.folder, self._reserve_bytes + len(content))
        self._number += 1
        path = self.folder / bundle / INCOMING / places.arrival_name(self._number, content)
        try:
            places.prepare(self.folder, bundle)
            files.write_bytes(path, content)
        except (DiskError, OSError) as error:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)  # it may have its name already, and it was not acknowledged
            raise DiskError(f"{path}: cannot be written ({error}); free space on its disk") from error
        self._names.add([line.name for line in lines])
        self._fresh |= {line.name: line.digest for line in lines}

    def _digest(self, name: Name) -> int | None:
        """What the record of this name comes to; None if there is none.

        A record that comes again comes soon again, as a rule: the newest files are looked at first.
        """
        if name in self._fresh:
            return self._fresh[name]
        if name not in self._names:
            return None
        blocks = [
            block for bundle in places.bundles_of(self.folder) for block in places.look(self.folder / bundle).blocks
        ]
        for block in sorted(blocks, key=lambda block: -block.last):
            found = self._digests(block.path, name.device, name.boot)
            if name.sequence in found:
                return found[name.sequence]
        raise TelemetryError(f"{self.folder}: no file holds {name}, which was there; bring the store's files back")

    def _learn(self, contents: Contents) -> None:
        for path in contents.leftovers:
            path.unlink(missing_ok=True)
        for block in contents.blocks:
            self._names.add_all(parquet.identities(block.path))
        for arrival in contents.arrivals:
            read = {_name_of(line): digest_of(line) for line in places.read_arrival(arrival.path)}
            self._names.add(list(read))
            self._fresh |= read
        self._number = max([self._number, *(piece.last for piece in (*contents.blocks, *contents.arrivals))])

    def _remembered(self, digest: str) -> Known:
        found = known.recall(self.folder, digest)
        if found is None:
            raise KeyError(digest)  # not cached: it may be named at any time
        return found


def _line_of(record: Record) -> _Line:
    text = record.to_line().encode()
    return _Line(Name(*record.name), record.origin.bundle, text, digest_of(text))


def _name_of(line: bytes) -> Name:
    """Of a line that we wrote, and that is what its file's name promises."""
    value = json.loads(line)
    return Name(value["device"], value["boot"], value["sequence"])


def _conflict(line: int, name: Name) -> Refusal:
    reason = (
        f"line {line}: record {name.sequence} of run {name.boot} is there already with another content; "
        "two devices with one name, or a run that began anew under an old one"
    )
    return Refusal(line, Kind.CONFLICT, reason)


def _require_room(folder: Path, wanted_bytes: int) -> None:
    found = os.statvfs(folder)
    free = found.f_bavail * found.f_frsize
    if free < wanted_bytes:
        raise DiskError(f"{folder}: {free} bytes are free, {wanted_bytes} are wanted; free space on its disk")


def _locked(folder: Path) -> int:
    try:
        (folder / places.BUNDLES).mkdir(parents=True, exist_ok=True)
        places.sync(folder)
        places.sync(folder.parent)
        lock = os.open(folder / places.LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise DiskError(f"{folder}: cannot be opened ({error.strerror or error}); mend it, or name another") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(lock)
        raise TelemetryError(f"{folder}: another receiver has it; stop that one, or name another store") from error
    return lock
