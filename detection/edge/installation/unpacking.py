"""A bundle from wherever it lies into an empty slot: copied file by file, held to its manifest on the way, synced."""

from __future__ import annotations

import hashlib
from pathlib import Path

from detection.edge.installation import disk
from detection.edge.installation.disk import InstallationError
from detection.edge.trust import envelope
from detection.edge.trust import manifest as manifests
from detection.edge.trust.verify import Verified, plain_bytes, verified
from detection.errors import BundleError


def unpack(bundle: Verified, folder: Path) -> Verified:
    """Copy a bundle.

    What was checked and what is copied may differ if somebody writes to the source meanwhile: each file is held to the
    manifest as it is copied, and the copy is checked once more as a whole.

    Args:
        bundle: the source, checked.
        folder: becomes the copy; must not exist.

    Raises:
        BundleError: the source changed meanwhile.
        InstallationError: the disk refused.
    """
    try:
        _copy(bundle, folder)
    except OSError as error:
        raise InstallationError(
            f"{folder}: cannot be filled ({error.strerror or error}); nothing changed; free space, call again"
        ) from error
    copy = verified(folder)
    if copy.digest != bundle.digest:
        raise BundleError(f"{bundle.folder}: changed while it was copied; fetch it again")
    return copy


def _copy(bundle: Verified, folder: Path) -> None:
    folder.mkdir(0o755)
    folders = {folder}
    for entry in bundle.manifest.files:
        place = folder / entry.name
        for parent in reversed(place.relative_to(folder).parents[:-1]):
            if folder / parent not in folders:
                (folder / parent).mkdir(0o755)
                folders.add(folder / parent)
        content = _read(bundle.folder / entry.name, entry.bytes)
        if hashlib.sha256(content).hexdigest() != entry.sha256:
            raise BundleError(f"{entry.name}: changed while it was copied; fetch the bundle again")
        disk.create(place, content)
    for name, largest in ((manifests.NAME, manifests.MAXIMUM_BYTES), (envelope.NAME, envelope.MAXIMUM_BYTES)):
        disk.create(folder / name, _read(bundle.folder / name, largest))
    for made in sorted(folders, reverse=True):
        disk.sync_folder(made)
    disk.sync_folder(folder.parent)


def _read(path: Path, largest: int) -> bytes:
    try:
        return plain_bytes(path, largest)
    except OSError as error:
        raise BundleError(f"{path}: cannot be read ({error.strerror or error}); fetch the bundle again") from error
