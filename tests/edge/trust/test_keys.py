"""Whom a device trusts: exactly the keys that are listed, each in one spelling."""

from __future__ import annotations

import base64
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from detection.edge.trust import keys
from detection.edge.trust.keys import Trust, key_of, read_trust
from detection.errors import BundleError
from tests.examples_signing import ANNA, BEN, CARL, trust_in, write_trust


def test_a_folder_of_trust_comes_back_the_same(tmp_path: Path) -> None:
    trust = trust_in(ANNA, BEN, CARL, threshold=2)
    assert read_trust(write_trust(tmp_path, trust)) == trust


def test_the_id_and_the_spelling_are_what_openssl_says(tmp_path: Path) -> None:
    (tmp_path / "anna.pem").write_bytes(ANNA.key.pem)
    words = f"openssl pkey -pubin -in {tmp_path}/anna.pem -outform DER | tail -c 32 | sha256sum"
    said = subprocess.run(words, shell=True, check=True, capture_output=True, text=True).stdout
    assert said.split()[0] == ANNA.key.id
    again = subprocess.run(
        ["openssl", "pkey", "-pubin", "-in", tmp_path / "anna.pem"], check=True, capture_output=True
    ).stdout
    assert again == ANNA.key.pem


def write(name: str, content: bytes) -> Callable[[Path], None]:
    def fault(folder: Path) -> None:
        (folder / name).write_bytes(content)

    return fault


FAULTS = {
    "no-list": lambda folder: (folder / keys.NAME).unlink(),
    "key-missing": lambda folder: (folder / "anna.pem").unlink(),
    "key-not-listed": write("carl.pem", CARL.key.pem),
    "key-swapped": write("anna.pem", CARL.key.pem),
    "key-damaged": write("anna.pem", ANNA.key.pem[:-3]),
    "list-spelled-otherwise": lambda folder: (folder / keys.NAME).write_bytes(
        (folder / keys.NAME).read_bytes() + b"\n"
    ),
    "threshold-0": write(keys.NAME, trust_in(ANNA, BEN, threshold=0).to_bytes()),
    "threshold-above": write(keys.NAME, trust_in(ANNA, BEN, threshold=3).to_bytes()),
    "no-keys": write(keys.NAME, Trust(1, ()).to_bytes()),
    "a-key-twice": write(keys.NAME, Trust(2, (ANNA.key, ANNA.key)).to_bytes()),
    "out-of-order": write(keys.NAME, Trust(1, tuple(reversed(trust_in(ANNA, BEN).keys))).to_bytes()),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_folder_that_is_not_what_it_lists_is_refused(tmp_path: Path, fault: str) -> None:
    folder = write_trust(tmp_path, trust_in(ANNA, BEN))
    FAULTS[fault](folder)
    with pytest.raises(BundleError, match=str(tmp_path)):
        read_trust(folder)


RSA = b"-----BEGIN PUBLIC KEY-----\n" + base64.b64encode(b"\x30\x5c" + b"\x01" * 92) + b"\n-----END PUBLIC KEY-----\n"


@pytest.mark.parametrize(
    "pem",
    [b"", RSA, ANNA.key.pem.replace(b"\n", b"\r\n"), ANNA.key.pem + b"\n", b"\n" + ANNA.key.pem, ANNA.key.raw],
    ids=["empty", "another-kind", "other-line-ends", "more-after", "more-before", "bare"],
)
def test_what_is_not_the_one_spelling_of_an_ed25519_key_is_refused(pem: bytes) -> None:
    with pytest.raises(BundleError, match="Ed25519"):
        key_of("anna", pem)


def test_no_bit_of_a_key_can_change_unseen() -> None:
    for place in range(len(ANNA.key.pem)):
        for bit in range(8):
            changed = bytearray(ANNA.key.pem)
            changed[place] ^= 1 << bit
            try:
                found = key_of("anna", bytes(changed)).id
            except BundleError:
                continue
            assert found != ANNA.key.id
