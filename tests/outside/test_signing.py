"""Signing: a copy for all signers, one statement, and openssl finds the same."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from detection.edge.trust.bundle import open_bundle
from detection.edge.trust.signatures import require_signed
from detection.edge.trust.verify import verified
from detection.errors import BundleError
from detection.outside import signing
from tests.examples_bundles import write_colour_bundle
from tests.examples_signing import ANNA, BEN, STRANGER, trust_in, write_signed_bundle, write_trust

ROOT = Path(__file__).resolve().parents[2]
BOTH = trust_in(ANNA, BEN, threshold=2)


@pytest.fixture
def bundle(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return write_colour_bundle(tmp_path / "export" / "bundle", counter=4).folder


def test_two_signers_sign_one_copy_and_leave_the_original_alone(bundle: Path) -> None:
    before = sorted(bundle.rglob("*"))
    first = signing.sign(bundle, ANNA, "2027-06-30")
    second = signing.sign(bundle, BEN)
    assert first.folder == second.folder == Path("export/signed/colours-4")
    assert second.signers == tuple(sorted((ANNA.key.id, BEN.key.id)))
    assert require_signed(verified(second.folder), BOTH).expires == "2027-06-30"
    assert sorted(bundle.rglob("*")) == before


def test_who_signs_first_does_not_show(bundle: Path) -> None:
    for order, signers in (("ab", (ANNA, BEN)), ("ba", (BEN, ANNA))):
        for signer in signers:
            signing.sign(bundle, signer, output=Path(order))
    assert Path("ab/bundle.sig").read_bytes() == Path("ba/bundle.sig").read_bytes()


def test_a_signed_bundle_is_signed_once_more_where_it_lies(bundle: Path) -> None:
    moved = signing.sign(bundle, ANNA).folder.rename("sent")
    assert signing.sign(moved, BEN).folder == moved
    open_bundle(moved, BOTH)


def test_signing_twice_is_signing_once(bundle: Path) -> None:
    first = signing.sign(bundle, ANNA)
    content = (first.folder / "bundle.sig").read_bytes()
    assert signing.sign(bundle, ANNA) == first
    assert (first.folder / "bundle.sig").read_bytes() == content


def test_nobody_signs_another_last_day_than_the_first(bundle: Path) -> None:
    signing.sign(bundle, ANNA, "2027-06-30")
    with pytest.raises(BundleError, match="all sign the same"):
        signing.sign(bundle, BEN, "2028-06-30")


def test_a_place_that_holds_another_release_is_left_alone(bundle: Path, tmp_path: Path) -> None:
    place = signing.sign(bundle, ANNA).folder
    other = write_colour_bundle(tmp_path / "other", counter=5)
    with pytest.raises(BundleError, match="names one release for good"):
        signing.sign(other.folder, BEN, output=place)
    assert open_bundle(place, trust_in(ANNA)).manifest.counter == 4


def test_a_damaged_bundle_is_not_signed(bundle: Path) -> None:
    (bundle / "evidence" / "verdict.json").write_bytes(b"{ }\n")
    with pytest.raises(BundleError, match="not the bundle it says"):
        signing.sign(bundle, ANNA)
    assert not Path("export/signed").exists()


def test_a_last_day_that_is_none_signs_nothing(bundle: Path) -> None:
    with pytest.raises(BundleError, match="expires"):
        signing.sign(bundle, ANNA, "30.6.2027")
    assert not Path("export/signed").exists()


def openssl(bundle: Path, trust: Path) -> subprocess.CompletedProcess[str]:
    """Run the lines of the documentation."""
    page = (ROOT / "docs" / "bundle-format.md").read_text()
    lines = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
    assert len(lines) == 1
    named = {"BUNDLE": str(bundle), "TRUST": str(trust), "PATH": os.environ["PATH"]}
    return subprocess.run(["sh", "-c", lines[0]], env=named, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("signed")
    write_signed_bundle(folder / "bundle", ANNA, BEN, expires="2027-06-30")
    return folder


def test_openssl_accepts_what_we_signed(signed: Path, tmp_path: Path) -> None:
    done = openssl(signed / "bundle", write_trust(tmp_path, BOTH))
    assert done.returncode == 0, done.stderr
    assert "2 good signature(s), 2 needed" in done.stdout
    assert 'expires "2027-06-30"' in done.stdout


def test_openssl_counts_trusted_keys_alone(signed: Path, tmp_path: Path) -> None:
    done = openssl(signed / "bundle", write_trust(tmp_path, trust_in(ANNA, STRANGER, threshold=2)))
    assert done.returncode != 0
    assert "1 good signature(s), 2 needed" in done.stdout


@pytest.mark.parametrize(
    "name", ["manifest.json", "runtime.pyz", "requirements.txt", "thresholds.json", "golden/0001.png"]
)
def test_openssl_and_sha256sum_find_a_changed_file(signed: Path, tmp_path: Path, name: str) -> None:
    bundle = Path(shutil.copytree(signed / "bundle", tmp_path / "bundle"))
    content = bytearray((bundle / name).read_bytes())
    content[len(content) // 2] ^= 1
    (bundle / name).write_bytes(content)
    done = openssl(bundle, write_trust(tmp_path / "trust", BOTH))
    assert done.returncode != 0
    assert name in done.stdout + done.stderr


def test_openssl_finds_a_changed_statement(signed: Path, tmp_path: Path) -> None:
    bundle = Path(shutil.copytree(signed / "bundle", tmp_path / "bundle"))
    text = (bundle / "bundle.sig").read_text()
    (bundle / "bundle.sig").write_text(text.replace('"payload": "ewog', '"payload": "ewoK', 1))
    done = openssl(bundle, write_trust(tmp_path / "trust", BOTH))
    assert done.returncode != 0
    assert "0 good signature(s)" in done.stdout
