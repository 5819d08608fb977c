"""``bundle.sig``: a statement and its signatures, in one spelling (DSSE, https://github.com/secure-systems-lab/dsse).

Base64 and JSON both have many spellings of one value; here each has one, so that any changed bit of the file is
refused. Standard library alone; this module says what was signed, not whether the signature is good.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from itertools import pairwise

from detection.edge import checked
from detection.edge.trust import manifest as manifests

NAME = manifests.SIGNATURES
PAYLOAD_TYPE = "application/vnd.detection.bundle+json"
MAXIMUM_BYTES = 65_536
MAXIMUM_SIGNATURES = 64

_DIGEST = r"[0-9a-f]{64}"
_BASE64 = r"[A-Za-z0-9+/]*={0,2}"
_SIGNATURE_BYTES = 64


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature: whose, and its 64 bytes."""

    key_id: str
    value: bytes


@dataclass(frozen=True, slots=True)
class Envelope:
    """What was signed and by whom.

    Attributes:
        payload: the bytes of a :class:`~detection.edge.trust.statement.Statement`.
        signatures: ordered by key id, each key at most once.
    """

    payload: bytes
    signatures: tuple[Signature, ...]

    def signed(self, key_id: str, value: bytes) -> Envelope:
        """With one more signature; one that the same key made before is replaced."""
        others = [signature for signature in self.signatures if signature.key_id != key_id]
        ordered = sorted([*others, Signature(key_id, value)], key=lambda signature: signature.key_id)
        return Envelope(self.payload, tuple(ordered))

    def to_bytes(self) -> bytes:
        """The file's bytes."""
        return checked.canonical(
            {
                "payload": _spelled(self.payload),
                "payloadType": PAYLOAD_TYPE,
                "signatures": [{"keyid": one.key_id, "sig": _spelled(one.value)} for one in self.signatures],
            }
        )

    @classmethod
    def from_bytes(cls, content: bytes) -> Envelope:
        """Read and check all of it.

        Raises:
            BundleError: not canonical, or any field that is missing, unknown or out of bounds.
        """
        if len(content) > MAXIMUM_BYTES:
            checked.fault(NAME, f"at most {MAXIMUM_BYTES} bytes", len(content))
        value = checked.parse(content, NAME)
        fields = checked.Fields(value, NAME, ("payload", "payloadType", "signatures"))
        checked.require_canonical(value, content, NAME)
        if fields.any("payloadType") != PAYLOAD_TYPE:
            checked.fault(f"{NAME}: payloadType", PAYLOAD_TYPE, fields.any("payloadType"))
        signatures = fields.many("signatures", _signature)
        ids = [signature.key_id for signature in signatures]
        if not 1 <= len(ids) <= MAXIMUM_SIGNATURES or any(a >= b for a, b in pairwise(ids)):
            checked.fault(f"{NAME}: signatures", f"1 to {MAXIMUM_SIGNATURES} ordered by key, each once", ids)
        return cls(_decoded(fields, "payload"), signatures)


def pae(payload: bytes) -> bytes:
    """The bytes that a signature covers: type and payload, each behind its length."""
    kind = PAYLOAD_TYPE.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(payload), payload)


def _signature(value: object, where: str) -> Signature:
    fields = checked.Fields(value, where, ("keyid", "sig"))
    signature = _decoded(fields, "sig")
    if len(signature) != _SIGNATURE_BYTES:
        checked.fault(f"{where}: sig", f"{_SIGNATURE_BYTES} bytes", f"{len(signature)} bytes")
    return Signature(fields.text("keyid", _DIGEST), signature)


def _spelled(content: bytes) -> str:
    return base64.b64encode(content).decode()


def _decoded(fields: checked.Fields, name: str) -> bytes:
    """Bytes from base64; unused bits at the end must be zero, or one signature would have four spellings."""
    text = fields.text(name, _BASE64)
    try:
        content = base64.b64decode(text, validate=True)
    except binascii.Error:
        content = b""
    if _spelled(content) != text:
        checked.fault(f"{fields.where}: {name}", "base64 in its one spelling", text)
    return content
