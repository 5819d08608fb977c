"""Keys, signatures and bundles, as a person handles them."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from detection.commands.bundle import app
from detection.edge.trust.keys import read_trust
from detection.errors import BundleError
from tests.examples_bundles import write_colour_bundle


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_colour_bundle(tmp_path_factory.mktemp("made") / "bundle").folder


def call(*words: str | Path, typed: str = "") -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], input=typed, catch_exceptions=False)


def test_verify_says_what_was_checked_and_what_was_not(bundle: Path) -> None:
    done = call("verify", bundle)
    assert done.exit_code == 0
    assert "colours 1: 11 files as they should be" in done.stdout
    assert "not signed" in done.stdout


def test_inspect_shows_classes_thresholds_targets_and_files(bundle: Path) -> None:
    shown = call("inspect", bundle).stdout
    for word in ("red, green, blue", "0.300", "models/fp32.onnx", "64 x 64", "cpu-plain"):
        assert word in shown


@pytest.mark.parametrize("verb", ["verify", "inspect"])
def test_a_damaged_bundle_is_an_error(tmp_path: Path, verb: str) -> None:
    with pytest.raises(BundleError):
        call(verb, tmp_path)


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    for name in ("anna", "ben", "carl"):
        assert call("keygen", name, "--out", tmp_path / "keys").exit_code == 0
    return tmp_path / "keys"


def test_two_of_three_sign_and_a_device_is_told_whom_to_trust(bundle: Path, keys: Path, tmp_path: Path) -> None:
    trust, out = tmp_path / "trust", tmp_path / "signed"
    call("trust", *sorted(keys.glob("*.pem")), "--threshold", "2", "--out", trust)
    call("sign", bundle, "--key", keys / "anna.key", "--output", out, "--expires", "2027-06-30")
    with pytest.raises(BundleError, match="by 1 trusted"):
        call("verify", out, "--trust", trust)
    signed = call("sign", out, "--key", keys / "carl.key").stdout
    assert "2 signature(s)" in signed
    assert "until 2027-06-30" in signed
    said = call("verify", out, "--trust", trust).stdout
    assert "anna" in said and "carl" in said and "ben" not in said  # noqa: PT018
    assert "(2 of 3 needed)" in said
    assert "not checked" in call("verify", out).stdout


def test_a_locked_key_asks_for_its_passphrase(bundle: Path, tmp_path: Path) -> None:
    typed = "correct horse\ncorrect horse\n"
    made = call("keygen", "anna", "--out", tmp_path, "--passphrase", typed=typed)
    assert "correct horse" not in made.stdout
    call("sign", bundle, "--key", tmp_path / "anna.key", "--output", tmp_path / "a", typed="correct horse\n")
    (tmp_path / "words").write_text("correct horse\n")
    words = ("--passphrase-file", tmp_path / "words")
    call("sign", bundle, "--key", tmp_path / "anna.key", "--output", tmp_path / "b", *words)
    assert (tmp_path / "a" / "bundle.sig").read_bytes() == (tmp_path / "b" / "bundle.sig").read_bytes()


def test_a_new_list_of_trust_leaves_no_old_key_behind(keys: Path, tmp_path: Path) -> None:
    trust = tmp_path / "trust"
    call("trust", *sorted(keys.glob("*.pem")), "--out", trust)
    call("trust", keys / "ben.pem", "--out", trust)
    assert [key.name for key in read_trust(trust).keys] == ["ben"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("anna.pem", "--threshold", "2"), "only 1 key"),
        (("anna.pem", "anna.pem"), "the same"),
        (("nobody.pem",), "cannot be read"),
        (("anna.key",), "not an Ed25519 public key"),
    ],
    ids=["too-few", "twice", "missing", "private"],
)
def test_trust_that_cannot_work_is_not_written(keys: Path, tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    named = [keys / word if word.endswith((".pem", ".key")) else word for word in words]
    with pytest.raises(BundleError, match=said):
        call("trust", *named, "--out", tmp_path / "trust")
    assert not (tmp_path / "trust").exists()


def test_a_folder_that_is_no_list_of_trust_keeps_its_files(keys: Path, tmp_path: Path) -> None:
    """Whoever names the folder of keys by mistake must not lose the public halves of others."""
    before = sorted(keys.iterdir())
    with pytest.raises(BundleError, match="choose another --out"):
        call("trust", min(keys.glob("*.pem")), "--out", keys)
    assert sorted(keys.iterdir()) == before
