"""Keys of people who sign, and bundles that they signed. Private halves live in memory alone."""

from __future__ import annotations

from pathlib import Path

from detection.edge.settings import Settings
from detection.edge.trust import envelope, keys
from detection.edge.trust.envelope import Envelope
from detection.edge.trust.keys import Trust
from detection.edge.trust.manifest import FileEntry, Manifest, Variant
from detection.edge.trust.statement import Statement, statement_of
from detection.edge.trust.verify import Verified, verified
from detection.outside.keys import Signer, generate
from tests.examples_bundles import TARGETS, WATCH, write_colour_bundle

ANNA, BEN, CARL = (generate(name) for name in ("anna", "ben", "carl"))
MANIFEST = Manifest(
    "parcels", 3, ("box", "tube"), Settings(0.6, 0.01, 100), 1000, "0" * 64,
    (Variant("fp32", "models/fp32.onnx", "onnxruntime", "fp32", 64, 64),),
    TARGETS, WATCH,
    (FileEntry("a.json", 1, "1" * 64), FileEntry("models/fp32.onnx", 2, "2" * 64)),
)  # fmt: skip
"""Of a bundle that lies nowhere."""
STRANGER = generate("stranger")
"""Somebody whom nobody trusts."""


def trust_in(*signers: Signer, threshold: int = 1) -> Trust:
    """Trust in these keys."""
    return Trust(threshold, tuple(sorted((signer.key for signer in signers), key=lambda key: key.id)))


def write_trust(folder: Path, trust: Trust) -> Path:
    """A folder of trust as it travels to a device."""
    folder.mkdir(parents=True, exist_ok=True)
    for key in trust.keys:
        (folder / f"{key.name}.pem").write_bytes(key.pem)
    (folder / keys.NAME).write_bytes(trust.to_bytes())
    return folder


def sealed(statement: Statement, *signers: Signer) -> bytes:
    """``bundle.sig`` of a statement, whatever it says."""
    payload = statement.to_bytes()
    signed = Envelope(payload, ())
    for signer in signers:
        signed = signed.signed(signer.key.id, signer.sign(payload))
    return signed.to_bytes()


def seal(folder: Path, *signers: Signer, expires: str | None = None) -> Verified:
    """Sign the bundle that lies in a folder, in place."""
    found = verified(folder)
    (folder / envelope.NAME).write_bytes(sealed(statement_of(found.manifest, expires), *signers))
    return found


def write_signed_bundle(folder: Path, *signers: Signer, counter: int = 1, expires: str | None = None) -> Verified:
    """A colour bundle, signed."""
    write_colour_bundle(folder, counter)
    return seal(folder, *signers, expires=expires)
