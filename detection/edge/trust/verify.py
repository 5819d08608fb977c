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
from pathlib import Path

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
    faults = [*_wrong_set(folder, manifest)]
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
    """A file of a bundle that is not in its manifest.

    Raises:
        BundleError: not a plain file with one name, or larger than ``largest`` bytes.
        OSError: it cannot be read.
    """
    status = path.lstat()
    fault = _unfit(status)
    if fault is None and status.st_size > largest:
        fault = f"has {status.st_size} bytes; expected at most {largest}"
    if fault is not None:
        raise BundleError(f"{path}: {fault}; fetch the bundle again")
    return path.read_bytes()


def _unfit(status: os.stat_result) -> str | None:
    if not stat.S_ISREG(status.st_mode):
        return "is not a plain file"
    if status.st_nlink > 1:
        return f"has {status.st_nlink} names (hard links), so it can change under another; copy the bundle"
    return None


def _wrong_set(folder: Path, manifest: Manifest) -> Iterator[str]:
    expected = {entry.name for entry in manifest.files} | {manifests.NAME}
    folders = {"/".join(name.split("/")[:depth]) for name in expected for depth in range(1, name.count("/") + 1)}
    for entry in _walk(folder):
        name = Path(entry.path).relative_to(folder).as_posix()
        if entry.is_symlink():
            yield f"{name}: is a link; expected none"
        elif entry.is_dir(follow_symlinks=False):
            if name not in folders:
                yield f"{name}/: does not belong to the bundle"
        elif name not in expected and name != manifests.SIGNATURES:
            yield f"{name}: does not belong to the bundle"


def _walk(folder: Path) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as listing:
        for entry in listing:
            yield entry
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(Path(entry.path))


def _wrong_content(folder: Path, entry: FileEntry) -> str | None:
    path = folder / entry.name
    try:
        status = path.lstat()
        if (unfit := _unfit(status)) is not None:
            return f"{entry.name}: {unfit}"
        if status.st_size != entry.bytes:
            return f"{entry.name}: {status.st_size} bytes; expected {entry.bytes}"
        found = _sha256(path)
    except OSError as error:
        return f"{entry.name}: cannot be read ({error.strerror})"
    return None if found == entry.sha256 else f"{entry.name}: SHA-256 {found[:12]}...; expected {entry.sha256[:12]}..."


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()
