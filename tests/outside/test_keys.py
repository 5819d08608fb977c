"""Private keys: for their owner alone, never over another file, never where git would take them in."""

from __future__ import annotations

import contextlib
import stat
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from detection.edge.trust.envelope import pae
from detection.edge.trust.signatures import valid
from detection.outside import keys
from detection.outside.files import DiskError
from detection.outside.keys import KeyFileError


def test_a_key_signs_and_its_public_half_agrees(tmp_path: Path) -> None:
    key = keys.make(tmp_path / "keys", "anna")
    signer = keys.open_signer(tmp_path / "keys" / "anna.key")
    assert signer.key == key
    assert (tmp_path / "keys" / "anna.pem").read_bytes() == key.pem
    assert valid(key, signer.sign(b"x"), pae(b"x"))
    assert not valid(key, signer.sign(b"x"), pae(b"y"))


def test_only_the_owner_can_read_the_private_half(tmp_path: Path) -> None:
    keys.make(tmp_path / "keys", "anna")
    assert stat.S_IMODE((tmp_path / "keys" / "anna.key").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_private_key_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    keys.make(tmp_path, "anna")
    (tmp_path / "anna.key").chmod(mode)
    with pytest.raises(KeyFileError, match="chmod 600"):
        keys.open_signer(tmp_path / "anna.key")


def test_a_locked_key_opens_with_its_passphrase_alone(tmp_path: Path) -> None:
    keys.make(tmp_path, "anna", b"correct horse")
    path = tmp_path / "anna.key"
    assert keys.is_locked(path)
    assert keys.open_signer(path, b"correct horse").key.name == "anna"
    for wrong in (None, b"", b"other"):
        with pytest.raises(KeyFileError, match="passphrase"):
            keys.open_signer(path, wrong)


def test_openssl_reads_the_key_that_we_write(tmp_path: Path) -> None:
    keys.make(tmp_path, "anna")
    words = ["openssl", "pkey", "-in", str(tmp_path / "anna.key"), "-pubout"]
    said = subprocess.run(words, check=True, capture_output=True).stdout
    assert said == (tmp_path / "anna.pem").read_bytes()


def test_we_read_the_key_that_openssl_writes(tmp_path: Path) -> None:
    path = tmp_path / "ben.key"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", str(path)], check=True, capture_output=True)
    path.chmod(0o600)
    assert keys.open_signer(path).key.name == "ben"


@pytest.mark.parametrize("name", ["anna.key", "anna.pem"])
def test_a_key_is_never_overwritten(tmp_path: Path, name: str) -> None:
    (tmp_path / name).symlink_to("nowhere")
    with pytest.raises(KeyFileError, match="never overwritten"):
        keys.make(tmp_path, "anna")
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", ["", "Anna", "a/b", "..", "a b", "ä", "x" * 65])
def test_a_name_that_is_none_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(KeyFileError, match="must match"):
        keys.make(tmp_path, name)


def test_a_git_tree_takes_no_private_key_unless_it_ignores_it(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "--quiet", tmp_path], check=True)
    with pytest.raises(KeyFileError, match="git tree"):
        keys.make(tmp_path / "deep" / "keys", "anna")
    assert not (tmp_path / "deep").exists()
    (tmp_path / ".gitignore").write_text("*.key\n")
    keys.make(tmp_path / "deep" / "keys", "anna")


@pytest.mark.parametrize("content", [b"", b"no key", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_a_file_that_is_no_key_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.key").write_bytes(content)
    (tmp_path / "a.key").chmod(0o600)
    with pytest.raises(KeyFileError, match="cannot be opened"):
        keys.open_signer(tmp_path / "a.key")


def test_a_key_of_another_kind_is_refused(tmp_path: Path) -> None:
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    content = X25519PrivateKey.generate().private_bytes(pem, pkcs8, serialization.NoEncryption())
    (tmp_path / "a.key").write_bytes(content)
    (tmp_path / "a.key").chmod(0o600)
    with pytest.raises(KeyFileError, match="no Ed25519"):
        keys.open_signer(tmp_path / "a.key")


def test_on_a_full_disk_no_half_of_a_key_is_left(small_disk: Path) -> None:
    with (small_disk / "filler").open("wb", buffering=0) as stream, contextlib.suppress(OSError):
        while True:
            stream.write(bytes(4096))
    with pytest.raises(DiskError, match="free space"):
        keys.make(small_disk, "anna")
    assert [path.name for path in small_disk.iterdir()] == ["filler"]
