"""Who may sign: the public keys that a device trusts, and how many of them must have signed.

A folder of trust holds ``trust.json`` and one ``<name>.pem`` a key, as ``openssl pkey -pubout`` writes it. Standard
library alone; what a signature proves is told by :mod:`detection.edge.trust.signatures`.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from pathlib import Path

from detection.edge import checked
from detection.errors import BundleError

NAME = "trust.json"
FORMAT = 1
MAXIMUM_KEYS = 64
KEY_NAME = r"[a-z0-9][a-z0-9_-]{0,63}"

_DIGEST = r"[0-9a-f]{64}"
_ED25519 = bytes.fromhex("302a300506032b6570032100")
"""How the DER form of every Ed25519 public key begins (RFC 8410); its 32 bytes follow."""
_RAW_BYTES = 32
_FIRST, _LAST = b"-----BEGIN PUBLIC KEY-----\n", b"\n-----END PUBLIC KEY-----\n"


@dataclass(frozen=True, slots=True)
class Key:
    """One public key.

    Attributes:
        id: SHA-256 of its 32 raw bytes, lower-case hex.
        name: whose it is, for people.
        pem: the file's bytes.
    """

    id: str
    name: str
    pem: bytes

    @property
    def raw(self) -> bytes:
        """Its 32 bytes."""
        return raw_of(self.pem, self.name)


@dataclass(frozen=True, slots=True)
class Trust:
    """The keys that count, and how many different ones must have signed."""

    threshold: int
    keys: tuple[Key, ...]

    def key(self, key_id: str) -> Key | None:
        """A trusted key by its id."""
        return next((key for key in self.keys if key.id == key_id), None)

    def to_bytes(self) -> bytes:
        """``trust.json``; the keys themselves lie beside it."""
        listed = [{"id": key.id, "name": key.name} for key in self.keys]
        return checked.canonical({"format": FORMAT, "keys": listed, "threshold": self.threshold})


def key_of(name: str, pem: bytes) -> Key:
    """A public key by the bytes of its file.

    Raises:
        BundleError: not an Ed25519 public key in the one spelling that openssl writes.
    """
    return Key(hashlib.sha256(raw_of(pem, name)).hexdigest(), name, pem)


def raw_of(pem: bytes, where: str) -> bytes:
    """The 32 bytes of a public key.

    Raises:
        BundleError: see :func:`key_of`.
    """
    body = pem.removeprefix(_FIRST).removesuffix(_LAST)
    try:
        der = base64.b64decode(body, validate=True)
    except binascii.Error:
        der = b""
    raw = der.removeprefix(_ED25519)
    if len(raw) != _RAW_BYTES or pem_of(raw) != pem:
        raise BundleError(
            f"{where}: is not an Ed25519 public key as `openssl pkey -pubout` writes it; ask its owner for the file"
        )
    return raw


def pem_of(raw: bytes) -> bytes:
    """The one spelling of a public key of 32 bytes."""
    return _FIRST + base64.b64encode(_ED25519 + raw) + _LAST


def read_trust(folder: Path) -> Trust:
    """Read a folder of trust, whole: exactly the keys that ``trust.json`` lists.

    Raises:
        BundleError: missing, not canonical, a threshold that the keys cannot meet, or keys that are not those listed.
    """
    where = str(folder / NAME)
    content = _read(folder / NAME)
    value = checked.parse(content, where)
    fields = checked.Fields(value, where, ("format", "keys", "threshold"))
    fields.whole("format", FORMAT, FORMAT)
    checked.require_canonical(value, content, where)
    listed = fields.many("keys", _listed)
    ids, names = [key_id for key_id, _ in listed], [name for _, name in listed]
    if not 1 <= len(listed) <= MAXIMUM_KEYS or ids != sorted(set(ids)) or len(set(names)) != len(names):
        checked.fault(f"{where}: keys", f"1 to {MAXIMUM_KEYS} keys ordered by id, each once", names)
    found = sorted(path.stem for path in folder.glob("*.pem"))
    if found != sorted(names):
        checked.fault(str(folder), f"a .pem file for each of {sorted(names)} and no other", found)
    return Trust(fields.whole("threshold", 1, len(listed)), tuple(_key(folder, *one) for one in listed))


def _listed(value: object, where: str) -> tuple[str, str]:
    fields = checked.Fields(value, where, ("id", "name"))
    return fields.text("id", _DIGEST), fields.text("name", KEY_NAME)


def _key(folder: Path, key_id: str, name: str) -> Key:
    path = folder / f"{name}.pem"
    content = _read(path)
    key = Key(hashlib.sha256(raw_of(content, str(path))).hexdigest(), name, content)
    if key.id != key_id:
        checked.fault(str(path), f"the key whose SHA-256 is {key_id[:12]}...", key.id)
    return key


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BundleError(
            f"{path}: cannot be read ({error.strerror or error}); name a folder with {NAME} and its keys"
        ) from error
