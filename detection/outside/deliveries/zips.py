"""A zip as a delivery. The central directory says what there is; each member is unpacked into memory, counted.

Only stored and deflated members are read: they need no more memory than they give, and every tool writes them.
"""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from detection.errors import SourceError
from detection.outside.deliveries.members import Member, accepted, refused, shown
from detection.outside.deliveries.stock import Stock
from detection.rules.labels.intake.limits import Limits

STARTS = (b"PK\x03\x04", b"PK\x05\x06")
"""First bytes of a zip with and without members."""

_ENTRY = b"PK\x01\x02"
_ENTRY_BYTES = 46
_HEADER_BYTES = 30
_NAME_BYTES = 512
"""Room that an entry of the central directory gets, beside its own, before it counts as too long."""
_TAIL_BYTES = 1 << 17
"""The end record of a zip and its comment are shorter."""
_ENCRYPTED = 0x1 | 0x40 | 0x2000
_FAULTS = (
    zipfile.BadZipFile, OSError, ValueError, EOFError, NotImplementedError, RuntimeError, OverflowError, IndexError,
    struct.error, zlib.error,
)  # fmt: skip
"""What the standard library was seen to raise on damaged zips."""


class _CrowdedError(Exception):
    """The central directory names more members than we take."""


class _Directory(io.BufferedReader):
    """A file whose central directory is counted before it is taken apart: 100 bytes there cost 1,000 here."""

    def __init__(self, path: Path, members: int) -> None:
        super().__init__(io.FileIO(path))
        self._members = members
        self.listed = False

    def read(self, size: int | None = -1, /) -> bytes:
        if self.listed:
            return super().read(size)
        most = (self._members + 1) * (_ENTRY_BYTES + _NAME_BYTES) + _TAIL_BYTES
        content = super().read(_TAIL_BYTES if size is None or size < 0 else min(size, most))
        if len(content) == most or content.count(_ENTRY) > self._members:
            raise _CrowdedError(f"holds more than {self._members} files and folders (limits.members)")
        return content


@contextmanager
def stock(path: Path, limits: Limits) -> Iterator[Stock]:
    """List a zip.

    Raises:
        SourceError: damaged, or holds what is refused; all faults together.
    """
    place = str(path)
    with _Directory(path, limits.members) as directory:
        archive = _archive(directory, place)
        packed = archive.infolist()
        members = accepted(place, _members(packed, archive.start_dir), limits, path.stat().st_size)
        yield Stock(place, members, lambda member: _read(archive, packed[member.at], place))


def _archive(directory: _Directory, place: str) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(directory)
    except _CrowdedError as error:
        raise refused(place, [str(error)]) from error
    except _FAULTS as error:
        raise SourceError(f"{place}: is damaged or no zip ({error}); pack it again") from error
    directory.listed = True
    return archive


def _members(packed: Sequence[zipfile.ZipInfo], end: int) -> Iterator[Member]:
    overlapping = _overlapping(packed, end)
    for at, item in enumerate(packed):
        name = item.orig_filename
        fault = "shares its bytes with another member; pack it again" if at in overlapping else _fault(item)
        yield Member(name, item.file_size, at, folder=name.endswith("/"), fault=fault)


def _fault(item: zipfile.ZipInfo) -> str:
    kind = stat.S_IFMT(item.external_attr >> 16)
    if kind == stat.S_IFLNK:
        return "is a link; put the file itself there"
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return "is a device; take it away"
    if item.flag_bits & _ENCRYPTED:
        return "is encrypted; pack it without a password"
    if item.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        return f"is packed by method {item.compress_type}; pack it stored or deflated"
    if item.orig_filename.endswith("/") and item.file_size:
        return "is a folder with bytes; pack it again"
    return ""


def _overlapping(packed: Sequence[zipfile.ZipInfo], end: int) -> set[int]:
    """Positions of members whose bytes are another's too: such a zip holds far more than its size."""
    order = sorted(range(len(packed)), key=lambda at: packed[at].header_offset)
    starts = [*(packed[at].header_offset for at in order), end]
    return {at for at, following in zip(order, starts[1:], strict=True) if _least_end(packed[at]) > following}


def _least_end(item: zipfile.ZipInfo) -> int:
    return item.header_offset + _HEADER_BYTES + len(item.orig_filename) + item.compress_size


def _read(archive: zipfile.ZipFile, item: zipfile.ZipInfo, place: str) -> bytes:
    """At most ``file_size`` bytes are unpacked, whatever the stream holds; a checksum tells if it held others."""
    try:
        with archive.open(item) as stream:
            content = stream.read(item.file_size + 1)
    except _FAULTS as error:
        raise SourceError(f"{place}: {shown(item.filename)} is damaged ({error}); pack it again") from error
    if len(content) != item.file_size:
        told = f"{len(content)} bytes; its entry says {item.file_size}"
        raise SourceError(f"{place}: {shown(item.filename)} has {told}; pack it again")
    return content
