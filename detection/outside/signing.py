"""Signing bundles: a signed copy beside the one that DVC keeps, one statement for all who sign it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from detection.edge.trust import envelope as envelopes
from detection.edge.trust import manifest as manifests
from detection.edge.trust.bundle import Bundle, open_bundle
from detection.edge.trust.envelope import Envelope
from detection.edge.trust.signatures import read_signatures
from detection.edge.trust.statement import Statement, statement_of
from detection.errors import BundleError
from detection.outside import bundles, files
from detection.outside.keys import Signer

SIGNED = Path("export/signed")
"""Where signed bundles go unless told otherwise: a folder ``<name>-<counter>`` each."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A signed bundle.

    Attributes:
        folder: where it lies.
        statement: what all signers state.
        signers: ids of the keys, in order.
    """

    folder: Path
    statement: Statement
    signers: tuple[str, ...]


def sign(source: Path, signer: Signer, expires: str | None = None, output: Path | None = None) -> Signed:
    """Sign a bundle; a bundle that bears signatures already gets one more.

    Args:
        source: a bundle. One that bears no signature is copied, and the copy signed.
        signer: who signs.
        expires: last day of installations, ``YYYY-MM-DD``; what an earlier signer said with None.
        output: where the copy goes; ``export/signed/<name>-<counter>`` with None.

    Raises:
        BundleError: the bundle is not whole, the copy's place holds another bundle, or signers would state different
            things.
        DiskError: the disk is full or refuses.
    """
    bundle = open_bundle(source)
    folder = source if is_signed(source) else _place(bundle, output)
    if is_signed(folder):
        envelope = _one_more(folder, open_bundle(folder), signer, expires)
        files.write_bytes(folder / envelopes.NAME, envelope.to_bytes())
    else:
        payload = statement_of(bundle.manifest, expires).to_bytes()
        envelope = Envelope(payload, ()).signed(signer.key.id, signer.sign(payload))
        bundles.place(folder, _contents(bundle) | {envelopes.NAME: envelope.to_bytes()})
    return Signed(folder, Statement.from_bytes(envelope.payload), tuple(one.key_id for one in envelope.signatures))


def is_signed(folder: Path) -> bool:
    """A file of signatures lies in the bundle; whose they are is not looked at."""
    return (folder / envelopes.NAME).exists()


def read_signed(folder: Path) -> Signed:
    """What a signed bundle claims: who signed, and what; nothing is proven by that.

    Raises:
        BundleError: not signed, or damaged.
    """
    envelope = Envelope.from_bytes(read_signatures(folder))
    return Signed(folder, Statement.from_bytes(envelope.payload), tuple(one.key_id for one in envelope.signatures))


def _place(bundle: Bundle, output: Path | None) -> Path:
    manifest = bundle.manifest
    folder = output or SIGNED / f"{manifest.name}-{manifest.counter}"
    if not folder.exists():
        return folder
    there = open_bundle(folder)
    if there.digest != bundle.digest:
        raise BundleError(
            f"{folder}: holds another bundle, {there.manifest.name} {there.manifest.counter} with digest "
            f"{there.digest[:12]}...; a counter names one release for good: raise bundle.counter in params.yaml, "
            "or remove the folder if it was never sent out"
        )
    return folder


def _one_more(folder: Path, bundle: Bundle, signer: Signer, expires: str | None) -> Envelope:
    envelope = Envelope.from_bytes(read_signatures(folder))
    stated = Statement.from_bytes(envelope.payload)
    own = statement_of(bundle.manifest, expires or stated.expires)
    if stated != own:
        raise BundleError(
            f"{folder}: its signers state manifest {stated.manifest_sha256[:12]}... until {stated.expires}, you would "
            f"state {own.manifest_sha256[:12]}... until {own.expires}; all sign the same: leave --expires out, or let "
            "everybody sign a fresh copy"
        )
    return envelope.signed(signer.key.id, signer.sign(envelope.payload))


def _contents(bundle: Bundle) -> dict[str, bytes]:
    contents = {entry.name: bundle.read(entry.name) for entry in bundle.manifest.files}
    return contents | {manifests.NAME: bundle.manifest.to_bytes()}
