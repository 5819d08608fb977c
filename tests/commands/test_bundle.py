"""A bundle looked at before it travels."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from detection.commands.bundle import app
from detection.errors import BundleError
from tests.examples_bundles import write_colour_bundle


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_colour_bundle(tmp_path_factory.mktemp("made") / "bundle").folder


def test_verify_says_what_was_checked(bundle: Path) -> None:
    done = CliRunner().invoke(app, ["verify", str(bundle)], catch_exceptions=False)
    assert done.exit_code == 0
    assert "colours 1: 10 files as they should be" in done.stdout


def test_inspect_shows_classes_thresholds_and_files(bundle: Path) -> None:
    shown = CliRunner().invoke(app, ["inspect", str(bundle)], catch_exceptions=False).stdout
    for word in ("red, green, blue", "0.300", "models/fp32.onnx", "64 x 64"):
        assert word in shown


@pytest.mark.parametrize("verb", ["verify", "inspect"])
def test_a_damaged_bundle_is_an_error(bundle: Path, tmp_path: Path, verb: str) -> None:
    with pytest.raises(BundleError):
        CliRunner().invoke(app, [verb, str(tmp_path)], catch_exceptions=False)
