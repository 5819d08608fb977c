"""Deliveries: a folder, a zip or a tar that somebody handed over, read file by file and never extracted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from detection.rules.labels.intake.limits import Limits


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
    """
    yield from ()
    raise NotImplementedError
