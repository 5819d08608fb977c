"""Deliveries: a folder, a zip or a tar that somebody handed over, read file by file and never extracted.

What it is is told by its first bytes, not by its name. A folder that holds everything else of an archive stays part
of the names. Hidden files (``.DS_Store``, ``__MACOSX/...``) are passed over; their names are checked all the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from detection.errors import SourceError
from detection.outside.deliveries import folder, tars, zips
from detection.rules.labels.intake.limits import Limits

ARCHIVE_SUFFIXES = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
"""How archives are named; for messages and help, since nothing is told by the name."""


class Delivery(Protocol):
    """Files by name; names are relative, with ``/``, printable, and never lead out of the delivery."""

    @property
    def place(self) -> str:
        """What to call it in a message: the path of the folder or archive."""

    def listing(self, suffixes: frozenset[str]) -> list[str]:
        """Names of the files with one of these lower-case suffixes, sorted; hidden ones are passed over."""

    def holds(self, name: str) -> bool:
        """Whether a file of this name is there."""

    def read(self, name: str) -> bytes:
        """All bytes of one file.

        Raises:
            SourceError: no such file, damaged, or over a limit.
        """

    def digest(self) -> str:
        """SHA-256 over name and SHA-256 of every file, sorted by name: equal if and only if the content is."""


@contextmanager
def opened(path: Path, limits: Limits) -> Iterator[Delivery]:
    """Open a folder or an archive (``.zip``, ``.tar``, ``.tar.gz``, ``.tgz``, ``.tar.bz2``, ``.tar.xz``).

    Raises:
        SourceError: missing, no archive, or with links, absolute names, ``..``, names that differ in case or
            Unicode form alone, or beyond the limits; all such faults together.
        DiskError: no room to unpack a packed tar, for which a temporary file without a name is needed.
    """
    if path.is_dir():
        yield folder.stock(path, limits)
        return
    if path.exists() and not path.is_file():
        raise SourceError(f"{path}: is neither a folder nor a file; mend the path")
    try:
        with path.open("rb") as stream:
            start = stream.read(tars.START_BYTES)
    except OSError as error:
        raise SourceError(f"{path}: cannot be opened ({error.strerror or error}); mend the path") from error
    with (zips if start.startswith(zips.STARTS) else tars).stock(path, limits) as stock:
        yield stock
