"""Packed streams: gzip, bzip2 and xz, unpacked once into an anonymous file, counted on the way."""

from __future__ import annotations

import bz2
import gzip
import lzma
import tempfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, BinaryIO

from detection.errors import SourceError
from detection.outside.files import DiskError

XZ_MEMORY_BYTES = 256 << 20
"""An xz stream chooses how much memory its reader needs; ``xz -9`` wants 65 MB."""

_CHUNK_BYTES = 1 << 20
_FAULTS = (OSError, EOFError, zlib.error, lzma.LZMAError, ValueError)

Packing = Callable[[BinaryIO], Iterator[bytes]]


def packing_of(start: bytes) -> Packing | None:
    """How a file with these first bytes is packed; None if it is not."""
    return next((packing for magic, packing in _PACKINGS.items() if start.startswith(magic)), None)


def unpacked(path: Path, packing: Packing, maximum_bytes: int, limit: str) -> IO[bytes]:
    """Unpack a file into an anonymous temporary one, which is gone when it is closed.

    Args:
        path: the packed file.
        packing: from :func:`packing_of`.
        maximum_bytes: unpacking stops here.
        limit: what to call that limit in a message.

    Raises:
        SourceError: damaged, cut short, or too large.
        DiskError: no room for the temporary file.
    """
    plain = tempfile.TemporaryFile()  # noqa: SIM115 (whoever asked closes it)
    try:
        with path.open("rb") as stream:
            _pour(packing(stream), plain, path, (maximum_bytes, limit))
    except BaseException:
        plain.close()
        raise
    return plain


def _pour(chunks: Iterator[bytes], plain: IO[bytes], path: Path, most: tuple[int, str]) -> None:
    total = 0
    while True:
        try:
            chunk = next(chunks, b"")
        except _FAULTS as error:
            raise SourceError(f"{path}: is damaged or cut short ({error}); pack it again") from error
        if not chunk:
            return
        total += len(chunk)
        if total > most[0]:
            raise SourceError(f"{path}: unpacks to more than {most[0]} bytes ({most[1]}); is it a bomb?")
        try:
            plain.write(chunk)
        except OSError as error:
            told = f"cannot be unpacked into {tempfile.gettempdir()} ({error.strerror or error})"
            raise DiskError(f"{path}: {told}; free space, or set TMPDIR") from error


def _gzip(stream: BinaryIO) -> Iterator[bytes]:
    with gzip.GzipFile(fileobj=stream) as packed:
        while chunk := packed.read(_CHUNK_BYTES):
            yield chunk


def _bzip2(stream: BinaryIO) -> Iterator[bytes]:
    with bz2.BZ2File(stream) as packed:
        while chunk := packed.read(_CHUNK_BYTES):
            yield chunk


def _xz(stream: BinaryIO) -> Iterator[bytes]:
    """The standard library's file of this kind knows no limit on memory, hence the loop."""
    content = stream.read(_CHUNK_BYTES)
    while content:
        packed = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=XZ_MEMORY_BYTES)
        while not packed.eof:
            if packed.needs_input and not content and not (content := stream.read(_CHUNK_BYTES)):
                raise EOFError("the stream ends before its end mark")
            if chunk := packed.decompress(content, _CHUNK_BYTES):
                yield chunk
            content = b""
        content = (packed.unused_data or stream.read(_CHUNK_BYTES)).lstrip(b"\0")  # zeros may stand between streams


_PACKINGS: dict[bytes, Packing] = {b"\x1f\x8b": _gzip, b"BZh": _bzip2, b"\xfd7zXZ\0": _xz}
