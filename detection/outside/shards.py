"""Image files in tar shards: written once, read by place, proven by hash on every read.

A shard is immutable and reproducible: no clock, owner or mode of this machine enters it, so the same images in the
same order give the same bytes. A member is named by its content, ``<sha256>.<extension>``; nothing is ever extracted.
"""

from __future__ import annotations

import hashlib
import io
import tarfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from detection.errors import SourceError
from detection.outside import files

EXTENSIONS = ("jpg", "png", "bmp", "webp", "tif")


@dataclass(frozen=True, slots=True)
class Place:
    """Where one image's bytes stand.

    Attributes:
        shard: file name of the shard.
        offset: first byte in it.
        length: how many bytes.
    """

    shard: str
    offset: int
    length: int


class ShardWriter:
    """Appends images to ``<prefix>000000.tar``, ``<prefix>000001.tar`` ... of a folder, each whole or not at all."""

    def __init__(self, folder: Path, shard_bytes: int, prefix: str = "") -> None:
        self._folder = folder
        self._shard_bytes = shard_bytes
        self._prefix = prefix
        self._finished = 0
        self._open = ExitStack()
        self._tar: tarfile.TarFile | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._open.__exit__(kind, error, traceback)

    def add(self, digest: str, extension: str, content: bytes) -> Place:
        """Append one image.

        Args:
            digest: SHA-256 of ``content``, lower-case hex.
            extension: one of :data:`EXTENSIONS`.
            content: the image file's bytes.

        Raises:
            DiskError: the disk is full or refuses; the shard being written is gone.
        """
        if self._tar is not None and self._tar.offset + len(content) > self._shard_bytes:
            self._finish()
        tar = self._tar or self._begin()
        member = tarfile.TarInfo(f"{digest}.{extension}")
        member.size, member.mode = len(content), 0o444
        tar.addfile(member, io.BytesIO(content))
        padded = -(-len(content) // tarfile.BLOCKSIZE) * tarfile.BLOCKSIZE
        return Place(self._name(), tar.offset - padded, len(content))

    def _name(self) -> str:
        return f"{self._prefix}{self._finished:06d}.tar"

    def _begin(self) -> tarfile.TarFile:
        temporary = self._open.enter_context(files.atomic(self._folder / self._name()))
        tar = tarfile.open(temporary, "w", format=tarfile.USTAR_FORMAT)  # noqa: SIM115 (closed by the stack)
        self._tar = self._open.enter_context(tar)
        return self._tar

    def _finish(self) -> None:
        self._open.close()
        self._tar = None
        self._finished += 1


def read_member(shard: Path, offset: int, length: int, digest: str) -> bytes:
    """The bytes of one image, proven to be the ones collected.

    Args:
        shard: the shard file.
        offset: first byte of the image in it.
        length: how many bytes.
        digest: SHA-256 that the bytes must have, lower-case hex.

    Raises:
        SourceError: the shard is missing, shorter than it was, or changed.
    """
    try:
        with shard.open("rb") as stream:
            stream.seek(offset)
            content = stream.read(length)
    except OSError as error:
        raise SourceError(f"{shard}: cannot be read ({error.strerror or error}); run stage collect again") from error
    found = hashlib.sha256(content).hexdigest()
    if found != digest:
        raise SourceError(
            f"{shard}: the {length} bytes from {offset} have SHA-256 {found[:12]}..., expected {digest[:12]}...; "
            "the shard is damaged: restore it, or run stage collect again"
        )
    return content
