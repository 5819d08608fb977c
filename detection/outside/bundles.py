"""Bundles on our disk: written whole beside their place, checked as a device would, renamed."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from detection.edge.trust import manifest as manifests
from detection.edge.trust.bundle import Bundle, open_bundle
from detection.edge.trust.manifest import FileEntry, Identity, Manifest, Target, Variant, Watch
from detection.errors import BundleError
from detection.outside import files
from detection.rules import variants as rules
from detection.rules.spec import targets as spec
from detection.rules.spec.detector import Installation


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
    return place(folder, {**contents, manifests.NAME: _manifest(identity, contents)})


def place(folder: Path, contents: Mapping[str, bytes]) -> Bundle:
    """Write a bundle whose manifest is among its files: whole beside its place, checked as a device would, renamed.

    Args:
        folder: becomes the bundle; what stood there is removed first.
        contents: bytes of each file by its name, the manifest's too.

    Raises:
        BundleError: what a device would refuse.
        DiskError: the disk is full or refuses.
    """
    shutil.rmtree(folder, ignore_errors=True)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".part", dir=folder.parent))
    except OSError as error:
        raise files.DiskError(f"{folder}: cannot be made ({error.strerror or error}); mend it, then rerun") from error
    try:
        for name, content in sorted(contents.items()):
            files.write_bytes(temporary / name, content)
        open_bundle(temporary)
        temporary.chmod(0o755)
        temporary.rename(folder)
        _sync(folder.parent)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return open_bundle(folder)


def shipped(variant: rules.Variant) -> Variant:
    """A converted variant as the manifest names it."""
    file = f"models/{variant.file}"
    return Variant(variant.name, file, variant.engine, variant.precision, variant.width, variant.height)


def target(of: spec.Target) -> Target:
    """A target of the specification as the manifest names it."""
    return Target(of.id, of.machine, of.engine, of.variant, of.p95_ms, of.memory_mb)


def supplied(targets: Sequence[spec.Target], variants: rules.Variants) -> tuple[spec.Target, ...]:
    """The targets whose variant ran here; an engine that was built and not run was not judged, and does not ship.

    Raises:
        BundleError: there is none.
    """
    names = [variant.name for variant in variants.variants]
    found = tuple(one for one in targets if one.variant in names)
    if not found:
        asked = ", ".join(f"{one.id} ({one.variant})" for one in targets)
        raise BundleError(
            f"no target runs a variant that was judged ({', '.join(names)}); the targets are {asked}; "
            "mend specs/targets and run `dvc repro` again"
        )
    return found


def watch(of: Installation) -> Watch:
    """The specification's rules for a new installation as the manifest spells them."""
    return Watch(of.watch_s, of.stall_s, of.failed_share_maximum, of.p95_factor_maximum, of.starts_maximum)


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
    manifest = identity.with_files(entries).to_bytes()
    Manifest.from_bytes(manifest)
    return manifest


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
