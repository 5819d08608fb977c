"""Bundles on our disk: written whole beside their place, checked as a device would, renamed."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from detection.edge.trust import manifest as manifests
from detection.edge.trust.bundle import Bundle
from detection.edge.trust.manifest import FileEntry, Manifest, Variant
from detection.edge.trust.verify import open_bundle
from detection.edge.vision.decode import Settings
from detection.errors import BundleError
from detection.outside import files


@dataclass(frozen=True, slots=True)
class Identity:
    """What a bundle says of itself; the fields are the manifest's.

    Attributes:
        name: of the product.
        counter: grows with every release.
        classes: class ids in the order of the model's outputs.
        settings: of the detector.
        pixel_limit: frames with more pixels are refused.
        spec_sha256: digest of the spec that judged it.
        variants: the first is the default.
    """

    name: str
    counter: int
    classes: tuple[str, ...]
    settings: Settings
    pixel_limit: int
    spec_sha256: str
    variants: tuple[Variant, ...]


def write(folder: Path, identity: Identity, contents: Mapping[str, bytes]) -> Bundle:
    """Make ``folder`` a bundle of exactly these files; the same parts give the same bytes.

    Args:
        folder: becomes the bundle; what stood there is removed first, so that a fault leaves none, never a mixture.
        identity: what the manifest says.
        contents: bytes of each file by its name in the bundle.

    Raises:
        BundleError: a name, a variant or a document that a device would refuse.
        DiskError: the disk is full or refuses.
    """
    manifest = _manifest(identity, contents)
    shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".part", dir=folder.parent))
    except OSError as error:
        raise files.DiskError(f"{folder}: cannot be made ({error.strerror or error}); mend it, then rerun") from error
    try:
        for name, content in sorted(contents.items()):
            files.write_bytes(temporary / name, content)
        files.write_bytes(temporary / manifests.NAME, manifest)
        open_bundle(temporary)
        temporary.chmod(0o755)
        temporary.rename(folder)
        _sync(folder.parent)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return open_bundle(folder)


def read_part(path: Path) -> bytes:
    """The bytes of a file that an earlier stage made and that goes into a bundle.

    Raises:
        BundleError: missing or unreadable.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise BundleError(f"{path}: cannot be read ({error.strerror or error}); run `dvc repro` again") from error


def _manifest(identity: Identity, contents: Mapping[str, bytes]) -> bytes:
    entries = tuple(
        FileEntry(name, len(content), hashlib.sha256(content).hexdigest()) for name, content in sorted(contents.items())
    )
    manifest = Manifest(
        identity.name,
        identity.counter,
        identity.classes,
        identity.settings,
        identity.pixel_limit,
        identity.spec_sha256,
        identity.variants,
        entries,
    ).to_bytes()
    Manifest.from_bytes(manifest)
    return manifest


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
