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


def test_the_bare_environment_is_asked_itself_what_it_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    """What this process can import says nothing of what the other interpreter can."""
    assert doctor._device_environment().found == "complete"
    monkeypatch.setattr(doctor, "_packages", lambda _: ["numpy", "no-such-package"])
    lacking = doctor._device_environment()
    assert "no-such-package" in lacking.found
    assert lacking.advice == "make environment"


def test_an_extra_is_its_own_packages_without_those_of_others() -> None:
    assert sorted(doctor._packages("edge")) == ["cryptography", "numpy", "onnxruntime", "opencv-python-headless"]
    assert doctor._packages("tensorrt") == ["tensorrt-rtx-cu13"]
    assert "detection" not in doctor._packages("workstation")
