"""Devices to install on, and signed bundles to install: small ones that are kept, and ones that fail in the field."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import fields, replace
from pathlib import Path

from detection.edge import checked
from detection.edge.installation.slots import Root
from detection.edge.trust import envelope
from detection.edge.trust.bundle import Bundle
from detection.edge.trust.envelope import Envelope
from detection.edge.trust.keys import NAME as TRUST
from detection.edge.trust.keys import Trust
from detection.edge.trust.manifest import Identity, Manifest, Watch
from detection.edge.trust.statement import statement_of
from detection.outside import bundles, keys
from detection.outside.keys import Signer
from tests.examples_bundles import thresholds_of, write_colour_bundle

SIGNER = keys.generate("tester")
"""Made anew in every run; nobody keeps its private half."""
PYTHON = Path(sys.executable)
AT_ONCE = Watch(window_s=0, stall_s=5, failed_share_maximum=0.2, p95_factor_maximum=3, starts_maximum=3)
"""Kept as soon as it was started."""
SMALL = Watch(window_s=3, stall_s=2, failed_share_maximum=0.2, p95_factor_maximum=3, starts_maximum=2)
"""A trial of some seconds."""


def write_trust(folder: Path, *signers: Signer, threshold: int = 1) -> Path:
    """A folder of trust in these signers; in :data:`SIGNER` where none is named."""
    trusted = tuple(sorted((signer.key for signer in signers or (SIGNER,)), key=lambda key: key.id))
    folder.mkdir(parents=True)
    for key in trusted:
        (folder / f"{key.name}.pem").write_bytes(key.pem)
    (folder / TRUST).write_bytes(Trust(threshold, trusted).to_bytes())
    return folder


def sign(folder: Path, manifest: Manifest, *signers: Signer, expires: str | None = None) -> None:
    """Put a ``bundle.sig`` by these signers into a bundle's folder."""
    payload = statement_of(manifest, expires).to_bytes()
    signed = Envelope(payload, ())
    for signer in signers or (SIGNER,):
        signed = signed.signed(signer.key.id, signer.sign(payload))
    (folder / envelope.NAME).write_bytes(signed.to_bytes())


def write_release(
    folder: Path, counter: int, watch: Watch = AT_ONCE, changed: Mapping[str, bytes] | None = None, p95_ms: float = 1000
) -> Bundle:
    """A signed release of the colour detector.

    Args:
        folder: becomes the bundle.
        counter: of the release.
        watch: its trial's rules.
        changed: files of other contents; thresholds follow a changed model.
        p95_ms: what its target allows.
    """
    made = write_colour_bundle(folder, counter)
    contents = {entry.name: made.read(entry.name) for entry in made.manifest.files} | dict(changed or {})
    contents["thresholds.json"] = _thresholds(contents["models/fp32.onnx"])
    known = {field.name: getattr(made.manifest, field.name) for field in fields(Identity)}
    targets = tuple(replace(target, p95_ms=p95_ms) for target in made.manifest.targets)
    written = bundles.write(folder, Identity(**known | {"watch": watch, "targets": targets}), contents)
    sign(folder, written.manifest)
    return written


def stub_python(path: Path) -> Path:
    """A program that succeeds at whatever it is asked: where the children of an installer are not what is tested."""
    path.write_text("#!/bin/sh\nexit 0\n")
    path.chmod(0o755)
    return path


def new_root(folder: Path) -> Root:
    """An empty device."""
    folder.mkdir(parents=True)
    return Root(folder)


def _thresholds(model: bytes) -> bytes:
    return checked.canonical(thresholds_of(model))
