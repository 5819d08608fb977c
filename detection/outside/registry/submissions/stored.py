"""Where a bundle can be found again: under its name in DVC's cache if DVC has it, else where it lies."""

from __future__ import annotations

import hashlib
from pathlib import Path

from detection.edge.trust.bundle import Bundle
from detection.edge.trust.manifest import NAME
from detection.outside import dvc
from detection.outside.dvc import FOLDER, Listed

LOCK = Path("dvc.lock")


def place_of(bundle: Bundle, lock: Path = LOCK) -> str:
    """``dvc:<md5>.dir`` of a bundle that DVC recorded; a path below the workspace; ``elsewhere`` for any other.

    The name in the cache is computed from the bundle itself, so it cannot be that of another one.
    """
    name = cache_name(bundle)
    if lock.is_file() and f"md5: {name}\n" in lock.read_text("utf-8"):
        return f"dvc:{name}"
    here = bundle.folder.resolve()
    workspace = Path.cwd()
    return here.relative_to(workspace).as_posix() if here.is_relative_to(workspace) else "elsewhere"


def cache_name(bundle: Bundle) -> str:
    """The MD5 of the bundle as a folder of DVC, signatures left out."""
    names = [*(entry.name for entry in bundle.manifest.files), NAME]
    listed = tuple(Listed(name, _md5(_content(bundle, name))) for name in names)
    return _md5(dvc.list_bytes(listed)) + FOLDER


def _content(bundle: Bundle, name: str) -> bytes:
    return bundle.manifest.to_bytes() if name == NAME else bundle.read(name)


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()
