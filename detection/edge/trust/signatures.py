"""Did enough of the trusted keys sign this very bundle? The device's only use of cryptography."""

from __future__ import annotations

from pathlib import Path

from detection.edge.trust.envelope import MAXIMUM_BYTES, NAME, Envelope, pae
from detection.edge.trust.keys import Key, Trust
from detection.edge.trust.statement import Statement, statement_of
from detection.edge.trust.verify import Verified, plain_bytes
from detection.errors import BundleError, EnvironmentMissingError

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
except ModuleNotFoundError as error:
    raise EnvironmentMissingError(
        "signatures are checked with the package `cryptography`, which is not installed here; "
        "install the bundle's requirements.txt first"
    ) from error


def require_signed(verified: Verified, trust: Trust) -> Statement:
    """Check ``bundle.sig``: every signature in it, and that there are enough.

    A signature by a key that is not trusted is refused even where enough others are good: somebody put it there, and
    nobody here can say what it is worth.

    Args:
        verified: the bundle, its files checked.
        trust: whose signatures count.

    Returns:
        What all of them signed.

    Raises:
        BundleError: not signed, damaged, by a stranger, by too few, or signed for another bundle.
        EnvironmentMissingError: at import, where the package ``cryptography`` is missing.
    """
    envelope = Envelope.from_bytes(read_signatures(verified.folder))
    signed = pae(envelope.payload)
    for signature in envelope.signatures:
        key = trust.key(signature.key_id)
        if key is None:
            raise BundleError(
                f"{NAME}: signed by {signature.key_id[:12]}..., a key that is not trusted here; trusted are "
                f"{[one.name for one in trust.keys]}; fetch the bundle from those who signed the one before it"
            )
        if not valid(key, signature.value, signed):
            raise BundleError(f"{NAME}: the signature of {key.name} is not good; fetch the bundle again")
    if len(envelope.signatures) < trust.threshold:
        raise BundleError(
            f"{NAME}: signed by {len(envelope.signatures)} trusted key(s); expected {trust.threshold}; "
            "let another keeper of a key sign it: detection bundle sign"
        )
    statement = Statement.from_bytes(envelope.payload)
    _require_about(statement, verified)
    return statement


def valid(key: Key, signature: bytes, signed: bytes) -> bool:
    """The key made this signature of these bytes."""
    try:
        Ed25519PublicKey.from_public_bytes(key.raw).verify(signature, signed)
    except InvalidSignature:
        return False
    return True


def read_signatures(folder: Path) -> bytes:
    """The bytes of ``bundle.sig``.

    Raises:
        BundleError: there is none, or no plain file.
    """
    path = folder / NAME
    try:
        return plain_bytes(path, MAXIMUM_BYTES)
    except FileNotFoundError as error:
        raise BundleError(f"{folder}: is not signed (no {NAME}); sign it: detection bundle sign") from error
    except OSError as error:
        raise BundleError(f"{path}: cannot be read ({error.strerror or error}); fetch the bundle again") from error


def _require_about(statement: Statement, verified: Verified) -> None:
    found = statement_of(verified.manifest, statement.expires)
    if statement.manifest_sha256 != verified.digest or statement != found:
        raise BundleError(
            f"{NAME}: was made for {statement.name} {statement.counter}, manifest {statement.manifest_sha256[:12]}...; "
            f"this is {found.name} {found.counter}, manifest {verified.digest[:12]}...; fetch the bundle again"
        )
