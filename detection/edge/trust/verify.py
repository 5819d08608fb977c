"""Nothing of a bundle is used before all of it has been checked: the exact set of files, their sizes, their digests.

Links are refused wherever they point, symbolic and hard ones, and so is everything that is neither a plain file nor a
folder on the way to one. All faults of a bundle are reported together.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from detection.edge.trust import manifest as manifests
from detection.edge.trust.manifest import FileEntry, Manifest
from detection.errors import BundleError

_CHUNK_BYTES = 1 << 20
_FAULTS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Verified:
    """A bundle whose every file is as its manifest says; who made it is not said by that.

    Attributes:
        folder: where it lies.
        manifest: what it is.
        digest: SHA-256 of the manifest's bytes: the bundle's name for good.
    """

    folder: Path
    manifest: Manifest
    digest: str


def verified(folder: Path) -> Verified:
    """Check a bundle, whole.

    Args:
        folder: the bundle's folder; it may itself be reached through a link, nothing in it may.

    Raises:
        BundleError: not a bundle, damaged, incomplete, or with anything that does not belong to it.
    """
    content = _manifest_bytes(folder)
    manifest = Manifest.from_bytes(content)
    faults = [*islice(_wrong_set(folder, manifest), manifests.MAXIMUM_FILES)]
    faults += [fault for entry in manifest.files if (fault := _wrong_content(folder, entry))]
    if faults:
        shown = sorted(set(faults))[:_FAULTS_SHOWN]
        raise BundleError(f"{folder}: is not the bundle it says; fetch it again ({len(faults)} fault(s))", shown)
    return Verified(folder, manifest, hashlib.sha256(content).hexdigest())


def _manifest_bytes(folder: Path) -> bytes:
    try:
        return plain_bytes(folder / manifests.NAME, manifests.MAXIMUM_BYTES)
    except OSError as error:
        raise BundleError(
            f"{folder}: has no readable {manifests.NAME} ({error.strerror}); name a bundle's folder"
        ) from error


def plain_bytes(path: Path, largest: int) -> bytes:
    """A file that somebody else may have put there, or may change at any moment; nothing but a plain one is read.

    Raises:
        BundleError: not a plain file with one name, or larger than ``largest`` bytes.
        OSError: it cannot be read.
    """
    fault, content = _unfit(path.lstat()), b""
    if fault is None:
        with _opened(path) as stream:
            status = os.fstat(stream.fileno())
            fault, content = _unfit(status), stream.read(largest + 1)
        if fault is None and len(content) > largest:
            fault = f"has {max(status.st_size, len(content))} bytes; expected at most {largest}"
    if fault is not None:
        raise BundleError(f"{path}: {fault}; fetch the bundle again")
    return content


def _opened(path: Path) -> BinaryIO:
    """Opened without following a link or waiting at a pipe, should one have come since it was looked at."""
    return os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC), "rb")


def _unfit(status: os.stat_result) -> str | None:
    if not stat.S_ISREG(status.st_mode):
        return "is not a plain file"
    if status.st_nlink > 1:
        return f"has {status.st_nlink} names (hard links), so it can change under another; copy the bundle"
    return None


def _wrong_set(folder: Path, manifest: Manifest) -> Iterator[str]:
    expected = {entry.name for entry in manifest.files} | {manifests.NAME, manifests.SIGNATURES}
    folders = {"/".join(name.split("/")[:depth]) for name in expected for depth in range(1, name.count("/") + 1)}
    for below in ("", *sorted(folders)):
        try:
            with os.scandir(folder / below) as listing:
                for entry in listing:
                    name = f"{below}/{entry.name}" if below else entry.name
                    if entry.is_symlink():
                        yield f"{name}: is a link; expected none"
                    elif entry.is_dir(follow_symlinks=False):
                        if name not in folders:
                            yield f"{name}/: does not belong to the bundle"
                    elif name not in expected:
                        yield f"{name}: does not belong to the bundle"
        except OSError as error:
            yield f"{below or '.'}/: cannot be listed ({error.strerror or error})"


def _wrong_content(folder: Path, entry: FileEntry) -> str | None:
    path = folder / entry.name
    try:
        if (unfit := _unfit(path.lstat())) is not None:
            return f"{entry.name}: {unfit}"
        with _opened(path) as stream:
            status = os.fstat(stream.fileno())
            if (unfit := _unfit(status)) is not None:
                return f"{entry.name}: {unfit}"
            if status.st_size != entry.bytes:
                return f"{entry.name}: {status.st_size} bytes; expected {entry.bytes}"
            found = _sha256(stream, entry.bytes)
    except OSError as error:
        return f"{entry.name}: cannot be read ({error.strerror})"
    return None if found == entry.sha256 else f"{entry.name}: SHA-256 {found[:12]}...; expected {entry.sha256[:12]}..."


def _sha256(stream: BinaryIO, length_bytes: int) -> str:
    """Of so many bytes and whatever one more read gives: a file that grows meanwhile has no end."""
    digest, left = hashlib.sha256(), length_bytes + 1
    while left > 0 and (chunk := stream.read(min(_CHUNK_BYTES, left))):
        digest.update(chunk)
        left -= len(chunk)
    return digest.hexdigest()
