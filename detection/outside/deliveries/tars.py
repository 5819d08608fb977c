"""A tar as a delivery: its headers are read one after the other, its files later, where they stand.

The headers are taken apart here and not by the standard library, whose reader follows links, expands sparse files,
takes extended headers of any size into memory, and was seen to hang on crafted numbers.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from detection.errors import SourceError
from detection.outside.deliveries import streams
from detection.outside.deliveries.headers import BLOCK_BYTES, Extended, Header, HeaderError, extended, header, long_name
from detection.outside.deliveries.members import Member, accepted, grown_bytes, shown
from detection.outside.deliveries.stock import Stock
from detection.rules.labels.intake.limits import Limits

START_BYTES = 6
"""So many bytes tell how a tar is packed."""

_EXTENDED_BYTES = 1 << 16
"""No name needs a longer extended header."""
_OVERHEAD_BYTES = 4 * BLOCK_BYTES
"""Header, extended header and padding of one member: they pack so well that a million empty files look like a bomb."""
_HEADERS_BYTES = 256 << 20
"""What a bomb may write for that reason."""
_REFUSED = {
    b"1": "is a hard link; put the file itself there",
    b"2": "is a link; put the file itself there",
    b"3": "is a device; take it away",
    b"4": "is a device; take it away",
    b"6": "is a pipe; take it away",
    b"S": "is a sparse file; pack it plainly",
}
_WITHOUT_BYTES = frozenset({b"1", b"2", b"3", b"4", b"5", b"6"})


@dataclass(slots=True)
class _Ahead:
    """What extended headers said about the next member."""

    name: str | None = None
    size: int | None = None
    fault: str = ""


@dataclass(slots=True)
class _Reader:
    """Walks over the headers of a plain tar of ``total`` bytes."""

    descriptor: int
    total: int
    at: int = 0
    ahead: _Ahead = field(default_factory=_Ahead)

    def members(self) -> Iterator[Member]:
        """Every entry; the last is a fault if the file is damaged or cut short."""
        while True:
            try:
                entry = self._next()
            except HeaderError as error:
                yield Member(f"byte {self.at}", 0, fault=str(error))
                return
            if entry is None:
                return
            if entry.kind in (b"L", b"K", b"x", b"g"):
                continue
            yield self._member(entry)

    def _next(self) -> Header | None:
        """The next header, its extended content taken in; None at the end mark."""
        block = self.read(self.at, BLOCK_BYTES)
        if len(block) < BLOCK_BYTES:
            raise HeaderError("the file ends without the end mark of a tar: it is cut short; pack it again")
        if not any(block):
            self._end()
            return None
        entry = header(block)
        if entry.kind in (b"L", b"K", b"x", b"g"):
            self._take(entry)
        return entry

    def _take(self, entry: Header) -> None:
        if entry.size > _EXTENDED_BYTES:
            raise HeaderError(f"an extended header has {entry.size} bytes; expected at most {_EXTENDED_BYTES}")
        content = self.read(self.at + BLOCK_BYTES, entry.size)
        if len(content) < entry.size:
            raise HeaderError("an extended header is cut short; pack it again")
        if entry.kind == b"L":
            self.ahead.name = long_name(content)
        if entry.kind in (b"x", b"g"):
            self._believe(extended(content), everywhere=entry.kind == b"g")
        self.at += BLOCK_BYTES + _padded(entry.size)

    def _believe(self, said: Extended, everywhere: bool) -> None:
        if everywhere and (said.name is not None or said.size is not None or said.fault):
            raise HeaderError("a header for all members gives names or sizes; pack it again")
        self.ahead.name = self.ahead.name if said.name is None else said.name
        self.ahead.size = self.ahead.size if said.size is None else said.size
        self.ahead.fault = self.ahead.fault or said.fault

    def _member(self, entry: Header) -> Member:
        name = entry.name if self.ahead.name is None else self.ahead.name
        size = entry.size if self.ahead.size is None else self.ahead.size
        folder = entry.kind == b"5" or name.endswith("/")
        fault = self.ahead.fault or _fault(entry.kind, folder, size)
        start = self.at + BLOCK_BYTES
        self.at = start + (0 if entry.kind in _WITHOUT_BYTES else _padded(size))
        self.ahead = _Ahead()
        if start + size > self.total and entry.kind not in _WITHOUT_BYTES:
            fault = fault or f"{size} bytes are announced, {self.total - start} left: the file is cut short"
        return Member(name, size, start, folder=folder, fault=fault)

    def _end(self) -> None:
        while self.at < self.total:
            block = self.read(self.at, 1 << 20)
            if any(block):
                raise HeaderError("something stands behind the end mark; pack it again")
            self.at += len(block)

    def read(self, at: int, size: int) -> bytes:
        """Bytes at a place, fewer at the end of the file."""
        return os.pread(self.descriptor, size, at) if at < self.total else b""


@contextmanager
def stock(path: Path, limits: Limits) -> Iterator[Stock]:
    """List a tar, packed or plain.

    Raises:
        SourceError: damaged, or holds what is refused; all faults together.
    """
    packed_bytes = path.stat().st_size
    with _plain(path, packed_bytes, limits) as stream:
        reader = _Reader(stream.fileno(), os.fstat(stream.fileno()).st_size)
        _refuse_others(reader, path)
        members = accepted(str(path), reader.members(), limits, packed_bytes)
        yield Stock(str(path), members, lambda member: _read(reader, member, str(path)))


def _refuse_others(reader: _Reader, path: Path) -> None:
    block = reader.read(0, BLOCK_BYTES)
    try:
        if len(block) == BLOCK_BYTES and (not any(block) or header(block)):
            return
    except HeaderError as error:
        raise _other(path) from error
    raise _other(path)


def _other(path: Path) -> SourceError:
    return SourceError(f"{path}: is neither a folder nor a zip nor a tar; mend the path, or unpack it")


def _plain(path: Path, packed_bytes: int, limits: Limits) -> IO[bytes]:
    with path.open("rb") as stream:
        packing = streams.packing_of(stream.read(START_BYTES))
    if packing is None:
        return path.open("rb")
    overhead = limits.members * _OVERHEAD_BYTES
    most, limit = min(
        (limits.total_bytes + overhead, "limits.total_bytes"),
        (grown_bytes(packed_bytes, limits) + min(overhead, _HEADERS_BYTES), "limits.expansion"),
    )
    return streams.unpacked(path, packing, most, limit)


def _fault(kind: bytes, folder: bool, size: int) -> str:
    if folder and size:
        return "is a folder with bytes; pack it again"
    if kind in (b"0", b"\0", b"7", b"5"):
        return ""
    return _REFUSED.get(kind, f"is of the kind {kind!r}, which is no plain file; pack it again")


def _read(reader: _Reader, member: Member, place: str) -> bytes:
    content = reader.read(member.at, member.size)
    if len(content) != member.size:
        raise SourceError(f"{place}: {shown(member.name)} is cut short; pack it again")
    return content


def _padded(size: int) -> int:
    return -(-size // BLOCK_BYTES) * BLOCK_BYTES
