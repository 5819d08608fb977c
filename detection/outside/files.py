"""Our disk: whole files or none. Every other module writes through here.

A file is written under a temporary name beside its place, synced, renamed, and its folder synced: after a crash or a
power cut there is the old file or the new one (design: "write to a temporary name, fsync, rename").
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from detection.errors import DetectionError, SourceError


class DiskError(DetectionError):
    """The disk refused: free space, or mend the permissions, and run again."""


@contextmanager
def atomic(path: Path) -> Iterator[Path]:
    """Give a temporary path to write to; on success it becomes ``path``, on any fault nothing is left.

    Raises:
        DiskError: the disk is full or refuses.
    """
    temporary = _temporary(path)
    try:
        yield temporary
        _sync(temporary)
        temporary.chmod(0o644)
        temporary.replace(path)
        _sync(path.parent)
    except OSError as error:
        raise _refused(path, error) from error
    finally:
        temporary.unlink(missing_ok=True)


def write_bytes(path: Path, content: bytes) -> None:
    """Write ``content`` whole or not at all."""
    with atomic(path) as temporary:
        temporary.write_bytes(content)


def write_text(path: Path, content: str) -> None:
    """Write ``content`` as UTF-8, whole or not at all."""
    write_bytes(path, content.encode())


def write_json(path: Path, value: Any) -> None:
    """Write plain values as JSON: keys sorted, NaN refused, same value same bytes."""
    write_text(path, json.dumps(value, indent=2, sort_keys=True, allow_nan=False, ensure_ascii=False) + "\n")


def sha256(path: Path) -> str:
    """Digest of a file's bytes, lower-case hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def empty_folder(path: Path) -> Path:
    """Make ``path`` a folder with nothing in it, whatever stood there."""
    try:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
        path.mkdir(parents=True)
    except OSError as error:
        raise DiskError(f"{path}: cannot be made anew ({error.strerror or error}); mend it, then rerun") from error
    return path


def listing(folder: Path, suffixes: frozenset[str]) -> list[str]:
    """Files below a folder, as names relative to it with ``/``, sorted; hidden files and folders are passed over.

    Args:
        folder: where to look; linked folders are not entered.
        suffixes: lower-case suffixes wanted, each with its dot.

    Raises:
        SourceError: no such folder, or names that are not Unicode.
    """
    if not folder.is_dir():
        raise SourceError(f"{folder}: no such folder; mend the path")
    names = []
    for place, folders, found in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith((".", "__MACOSX"))]
        inside = Path(place).relative_to(folder)
        names += [
            (inside / n).as_posix() for n in found if not n.startswith(".") and Path(n).suffix.lower() in suffixes
        ]
    strange = [repr(name) for name in names if not name.isprintable()]
    if strange:
        raise SourceError(
            f"{folder}: {len(strange)} file name(s) with unprintable characters; rename them", strange[:20]
        )
    return sorted(names)


def read_lines(path: Path) -> list[str]:
    """Lines of a text file that hold something, without the white space around them.

    Raises:
        SourceError: missing, or not text.
    """
    try:
        return [line.strip() for line in path.read_text("utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"{path}: cannot be read as text ({error}); expected one name a line") from error


def _temporary(path: Path) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    except OSError as error:
        raise _refused(path, error) from error
    os.close(descriptor)
    return Path(name)


def _refused(path: Path, error: OSError) -> DiskError:
    return DiskError(f"{path}: cannot be written ({error.strerror or error}); free space or mend it, then rerun")


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
