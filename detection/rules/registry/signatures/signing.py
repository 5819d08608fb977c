"""The bytes that people sign in the registry, and whether a signature of them is good.

A statement is written as canonical JSON behind its type (pre-authentication encoding, as bundles have it), so that what
was signed as an approval can never be read as an order, nor as a bundle's statement. Whose key it is, and whether that
person may, is told by the guards.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, ClassVar, Protocol

from detection.edge.trust.keys import Key, pem_of
from detection.edge.trust.signatures import valid
from detection.rules.spec.people import People


class Statement(Protocol):
    """Any dataclass of plain values."""

    __dataclass_fields__: ClassVar[dict[str, Any]]


_KEY_BYTES, _SIGNATURE_BYTES = 32, 64


def payload(kind: str, statement: Statement) -> bytes:
    """The very bytes that a signature covers: type and statement, each behind its length.

    Args:
        kind: media type of the statement; one of its own for each kind of statement.
        statement: plain values; moments are written in UTC, to the microsecond.
    """
    text = json.dumps(asdict(statement), sort_keys=True, separators=(",", ":"), allow_nan=False, default=_spelled)
    body, name = text.encode("ascii"), kind.encode("ascii")
    return b"DSSEv1 %d %b %d %b" % (len(name), name, len(body), body)


def is_good(public: str, signature: str, signed: bytes) -> bool:
    """The key made this signature of these bytes.

    Args:
        public: Base64 of the key's 32 bytes, in its one spelling; anything else is no key.
        signature: Base64 of 64 bytes, likewise.
        signed: as :func:`payload` gives them.
    """
    raw, value = _decoded(public), _decoded(signature)
    if len(raw) != _KEY_BYTES or len(value) != _SIGNATURE_BYTES:
        return False
    return valid(Key(hashlib.sha256(raw).hexdigest(), "", pem_of(raw)), value, signed)


def holder_fault(person: str, public: str, at: datetime, people: People) -> str:
    """Why a key did not stand for a person at a moment, in words; ``""`` if it did.

    What is kept is checked again with this, years later: a key that was revoked since was good until then.
    """
    known = next((one for one in people.people if one.id == person), None)
    if known is None:
        return f"{person!r} is not in specs/people.yaml; people stay there when they leave, their keys are revoked"
    key = next((one for one in known.keys if one.public == public), None)
    if key is None:
        return f"key {public[:12]}... is none of {person!r}; keys stay in specs/people.yaml, with revoked_at"
    if key.revoked_at is not None and key.revoked_at <= at:
        return f"key {public[:12]}... of {person!r} was revoked from {moment(key.revoked_at)}; it signed {moment(at)}"
    return ""


def moment(at: datetime) -> str:
    """A moment as registry and statements write it: ``2026-11-21T03:15:00.123456Z``."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _spelled(value: object) -> str:
    if isinstance(value, datetime):
        return moment(value)
    raise TypeError(f"a statement holds plain values, not {type(value).__name__}")


def _decoded(text: str) -> bytes:
    """Bytes from Base64 in its one spelling; none from any other."""
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
    return content if base64.b64encode(content).decode() == text else b""
