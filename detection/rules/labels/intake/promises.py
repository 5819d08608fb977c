"""What a folder promises to hold: ``data/collect/manifest.json``, re-hashed by ``detection data verify``."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Promise:
    """One file.

    Attributes:
        name: relative to the folder of the manifest, with ``/``.
        size: bytes.
        sha256: of its bytes, lower-case hex.
    """

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Promises:
    """Every file of a folder but the manifest itself, sorted by name."""

    files: tuple[Promise, ...]
