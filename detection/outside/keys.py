"""Keys that sign bundles, on our disk. The private half is written once, for its owner's eyes, and never read aloud."""

from __future__ import annotations

import os
import re
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from detection.edge.trust import keys
from detection.edge.trust.envelope import pae
from detection.edge.trust.keys import Key
from detection.errors import DetectionError
from detection.outside import files
from detection.outside.files import DiskError

PRIVATE, PUBLIC = ".key", ".pem"
_LOCKED = b"-----BEGIN ENCRYPTED PRIVATE KEY-----"


class KeyFileError(DetectionError):
    """A private key cannot be made or used as asked: do what the message says."""


@dataclass(frozen=True, slots=True)
class Signer:
    """Somebody who can sign.

    Attributes:
        key: the public half.
        private: the private half; never printed.
    """

    key: Key
    private: Ed25519PrivateKey

    def __repr__(self) -> str:
        return f"Signer({self.key.name})"

    def sign(self, payload: bytes) -> bytes:
        """The 64 bytes of a signature over a statement's bytes."""
        return self.private.sign(pae(payload))


def generate(name: str) -> Signer:
    """A new key that lies nowhere yet."""
    private = Ed25519PrivateKey.generate()
    return Signer(keys.key_of(name, keys.pem_of(private.public_key().public_bytes_raw())), private)


def make(folder: Path, name: str, passphrase: bytes | None = None) -> Key:
    """Make a key of two files: ``<name>.key``, for its owner alone, and ``<name>.pem``, for everybody.

    Args:
        folder: where they go; made for its owner alone if it is not there.
        name: whose key it is.
        passphrase: that locks the private half; none with None.

    Raises:
        KeyFileError: the name is none, a file is there already, or the folder is in a git tree that would record it.
        DiskError: the disk is full or refuses.
    """
    if re.fullmatch(keys.KEY_NAME, name) is None:
        raise KeyFileError(f"a key's name must match {keys.KEY_NAME}, got {name!r}; choose another")
    private, public = folder / f"{name}{PRIVATE}", folder / f"{name}{PUBLIC}"
    for path in (private, public):
        if os.path.lexists(path):
            raise KeyFileError(f"{path}: is there already; a key is never overwritten: choose another name or --out")
    if _recorded_by_git(private):
        raise KeyFileError(
            f"{private}: lies in a git tree that does not ignore it, and a private key must never be committed; "
            "choose a folder outside with --out"
        )
    signer = generate(name)
    _write_private(private, _spelled(signer.private, passphrase))
    files.write_bytes(public, signer.key.pem)
    return signer.key


def is_locked(path: Path) -> bool:
    """Whether a private key asks for a passphrase.

    Raises:
        KeyFileError: it cannot be read, or others can read it too.
    """
    return _private_bytes(path).startswith(_LOCKED)


def open_signer(path: Path, passphrase: bytes | None = None) -> Signer:
    """Read a private key.

    Raises:
        KeyFileError: unreadable, readable by others, not an Ed25519 key in PEM, or locked with another passphrase.
    """
    content = _private_bytes(path)
    try:
        private = serialization.load_pem_private_key(content, passphrase)
    except (ValueError, TypeError) as error:
        raise KeyFileError(f"{path}: cannot be opened: no private key in PEM, or another passphrase") from error
    if not isinstance(private, Ed25519PrivateKey):
        raise KeyFileError(f"{path}: is no Ed25519 key; make one: detection bundle keygen")
    return Signer(keys.key_of(path.stem, keys.pem_of(private.public_key().public_bytes_raw())), private)


def _spelled(private: Ed25519PrivateKey, passphrase: bytes | None) -> bytes:
    lock: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if passphrase is not None:
        lock = serialization.BestAvailableEncryption(passphrase)
    return private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock)


def _write_private(path: Path, content: bytes) -> None:
    """Write a file that nobody else could read at any moment; half a file is removed."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as stream:
                stream.write(content)
                stream.flush()
                os.fsync(descriptor)
        except OSError:
            path.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise DiskError(f"{path}: cannot be written ({error.strerror or error}); free space or mend it") from error


def _private_bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            status = os.fstat(stream.fileno())
            if status.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise KeyFileError(f"{path}: others can read or change this private key; run: chmod 600 {path}")
            return stream.read()
    except OSError as error:
        raise KeyFileError(f"{path}: cannot be read ({error.strerror or error}); name a private key (*.key)") from error


def _recorded_by_git(path: Path) -> bool:
    """Whether git would take the file in: inside a work tree, and not ignored. Without git nothing is recorded."""
    place = next(folder for folder in path.absolute().parents if folder.is_dir())
    try:
        inside = subprocess.run(
            ["git", "-C", place, "rev-parse", "--is-inside-work-tree"],
            capture_output=True, text=True, check=False, timeout=20,
        )  # fmt: skip
        if inside.stdout.strip() != "true":
            return False
        ignored = subprocess.run(
            ["git", "-C", place, "check-ignore", "--quiet", path.absolute()],
            capture_output=True, check=False, timeout=20,
        )  # fmt: skip
    except OSError:
        return False
    return ignored.returncode != 0
