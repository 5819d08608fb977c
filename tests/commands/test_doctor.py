"""``detection doctor``: says what is missing, and what to do about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from detection import cli
from detection.commands import doctor
from detection.errors import EnvironmentMissingError

ROOT = Path(__file__).resolve().parents[2]


def test_a_checkout_with_its_environment_lacks_nothing_needed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    cli.call(["doctor"])
    assert "environment workstation" in capsys.readouterr().out


def test_outside_a_checkout_it_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(EnvironmentMissingError, match=r"dvc\.yaml"):
        cli.call(["doctor"])


def test_an_extra_is_its_own_packages_without_those_of_others() -> None:
    assert sorted(doctor._packages("edge")) == ["numpy", "onnxruntime", "opencv-python-headless"]
    assert "detection" not in doctor._packages("workstation")
