"""Enough of the trusted keys, all good, all about this very bundle: else nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from detection.edge.__main__ import main as device
from detection.edge.trust.bundle import open_bundle
from detection.edge.trust.envelope import Envelope
from detection.edge.trust.signatures import require_signed
from detection.edge.trust.statement import statement_of
from detection.edge.trust.verify import Verified, verified
from detection.errors import BundleError
from detection.outside.keys import Signer
from tests.examples_bundles import write_colour_bundle
from tests.examples_signing import (
    ANNA,
    BEN,
    CARL,
    STRANGER,
    seal,
    sealed,
    trust_in,
    write_signed_bundle,
    write_trust,
)

TWO_OF_THREE = trust_in(ANNA, BEN, CARL, threshold=2)


@pytest.fixture
def bundle(tmp_path: Path) -> Verified:
    return verified(write_colour_bundle(tmp_path / "bundle").folder)


@pytest.mark.parametrize("signers", [(ANNA, BEN), (BEN, CARL), (ANNA, BEN, CARL)], ids=["ab", "bc", "abc"])
def test_enough_trusted_keys_are_enough(bundle: Verified, signers: tuple[Signer, ...]) -> None:
    seal(bundle.folder, *signers, expires="2030-01-01")
    assert require_signed(verified(bundle.folder), TWO_OF_THREE) == statement_of(bundle.manifest, "2030-01-01")


@pytest.mark.parametrize(
    ("signers", "said"),
    [
        ((ANNA,), "by 1 trusted key"),
        ((STRANGER,), "not trusted"),
        ((ANNA, STRANGER), "not trusted"),
        ((ANNA, BEN, STRANGER), "not trusted"),
    ],
    ids=["too-few", "stranger", "one-and-a-stranger", "enough-and-a-stranger"],
)
def test_too_few_or_strangers_are_refused(bundle: Verified, signers: tuple[Signer, ...], said: str) -> None:
    seal(bundle.folder, *signers)
    with pytest.raises(BundleError, match=said):
        require_signed(bundle, TWO_OF_THREE)


def test_a_bundle_without_signatures_is_refused_where_trust_is_asked_for(bundle: Verified) -> None:
    open_bundle(bundle.folder)
    with pytest.raises(BundleError, match="not signed"):
        open_bundle(bundle.folder, TWO_OF_THREE)


def test_one_bad_signature_is_refused_among_enough_good_ones(bundle: Verified) -> None:
    payload = statement_of(bundle.manifest).to_bytes()
    forged = Envelope.from_bytes(sealed(statement_of(bundle.manifest), ANNA, BEN)).signed(
        CARL.key.id, ANNA.sign(payload)
    )
    (bundle.folder / "bundle.sig").write_bytes(forged.to_bytes())
    with pytest.raises(BundleError, match="carl is not good"):
        require_signed(bundle, TWO_OF_THREE)


def test_a_signature_of_the_bare_statement_is_none(bundle: Verified) -> None:
    """The type is signed too: what a key signed for another purpose is never taken for a bundle."""
    statement = statement_of(bundle.manifest)
    bare = Envelope(statement.to_bytes(), ()).signed(ANNA.key.id, ANNA.private.sign(statement.to_bytes()))
    (bundle.folder / "bundle.sig").write_bytes(bare.to_bytes())
    with pytest.raises(BundleError, match="anna is not good"):
        require_signed(bundle, trust_in(ANNA))


@pytest.mark.parametrize(
    "change",
    [
        {"name": "others"},
        {"counter": 2},
        {"manifest_sha256": "0" * 64},
        {"runtime_sha256": "0" * 64},
        {"requirements_sha256": "0" * 64},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_good_signature_of_another_statement_is_refused(bundle: Verified, change: dict[str, object]) -> None:
    other = replace(statement_of(bundle.manifest), **change)  # type: ignore[arg-type]
    (bundle.folder / "bundle.sig").write_bytes(sealed(other, ANNA))
    with pytest.raises(BundleError, match="was made for"):
        require_signed(bundle, trust_in(ANNA))


def test_signatures_of_another_release_are_refused(tmp_path: Path) -> None:
    old = write_signed_bundle(tmp_path / "old", ANNA, counter=1)
    new = verified(write_colour_bundle(tmp_path / "new", counter=2).folder)
    (new.folder / "bundle.sig").write_bytes((old.folder / "bundle.sig").read_bytes())
    with pytest.raises(BundleError, match="colours 1"):
        require_signed(new, trust_in(ANNA))


def test_a_linked_signature_file_is_refused(bundle: Verified, tmp_path: Path) -> None:
    seal(bundle.folder, ANNA)
    path = bundle.folder / "bundle.sig"
    path.rename(tmp_path / "sig")
    for link in (path.symlink_to, path.hardlink_to):
        link(tmp_path / "sig")
        with pytest.raises(BundleError, match=r"plain file|hard link|a link"):
            open_bundle(bundle.folder, trust_in(ANNA))
        path.unlink()


def test_a_pipe_in_place_of_signatures_is_refused_and_not_waited_for(bundle: Verified) -> None:
    os.mkfifo(bundle.folder / "bundle.sig")
    with pytest.raises(BundleError, match="plain file"):
        require_signed(bundle, trust_in(ANNA))


def test_the_runtime_says_whether_signatures_were_looked_at(
    bundle: Verified, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seal(bundle.folder, ANNA, BEN, expires="2030-01-01")
    assert device(["verify", str(bundle.folder)]) == 0
    assert "not looked at" in capsys.readouterr().out
    trusted = write_trust(tmp_path / "trust", TWO_OF_THREE)
    assert device(["verify", str(bundle.folder), "--trust", str(trusted)]) == 0
    said = capsys.readouterr().out
    assert "2 of 3 trusted keys" in said
    assert "until 2030-01-01" in said


@pytest.mark.parametrize("verb", ["verify", "selftest", "run"])
def test_every_verb_refuses_what_strangers_signed(
    bundle: Verified, tmp_path: Path, verb: str, capsys: pytest.CaptureFixture[str]
) -> None:
    seal(bundle.folder, STRANGER)
    trusted = str(write_trust(tmp_path / "trust", TWO_OF_THREE))
    source = [str(bundle.folder / "golden")] if verb == "run" else []
    assert device([verb, str(bundle.folder), *source, "--trust", trusted]) == 1
    assert "not trusted" in capsys.readouterr().err


def test_without_cryptography_files_are_checked_and_signatures_ask_for_it(bundle: Verified, tmp_path: Path) -> None:
    """An installer's python has the standard library alone."""
    seal(bundle.folder, ANNA)
    trust = write_trust(tmp_path / "trust", trust_in(ANNA))
    words = [sys.executable, "-I", "-S", str(bundle.folder / "runtime.pyz"), "verify", str(bundle.folder)]
    bare = subprocess.run(words, capture_output=True, text=True, check=False)
    assert bare.returncode == 0, bare.stderr
    asked = subprocess.run([*words, "--trust", str(trust)], capture_output=True, text=True, check=False)
    assert asked.returncode == 1
    assert "cryptography" in asked.stderr
