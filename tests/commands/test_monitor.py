"""The monitor as people call it: a table, a picture, an exit status."""

from __future__ import annotations

from pathlib import Path

import cv2
import pytest
from typer.testing import CliRunner, Result

from detection.commands.monitor import app
from detection.edge.trust.bundle import Bundle
from detection.errors import TelemetryError
from tests.examples_field import Field, World, write_telemetry, write_watched_bundle


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return write_watched_bundle(tmp_path_factory.mktemp("made") / "bundle")


def monitor(bundle: Bundle, telemetry: Path, *options: str) -> Result:
    words = [str(telemetry), "--bundle", str(bundle.folder), *options]
    return CliRunner(env={"COLUMNS": "200"}).invoke(app, words, catch_exceptions=False)


def test_a_quiet_field_leaves_with_status_0(bundle: Bundle, tmp_path: Path) -> None:
    done = monitor(bundle, write_telemetry(tmp_path, bundle, [Field("cam-00", World())]))
    assert done.exit_code == 0
    assert "quiet: no camera has left" in done.stdout


def test_an_alarm_leaves_with_status_2_and_names_camera_signal_and_begin(bundle: Bundle, tmp_path: Path) -> None:
    done = monitor(bundle, write_telemetry(tmp_path, bundle, [Field("cam-01", World(brightness=60))]))
    assert done.exit_code == 2
    for word in ("ALARM since 2026-06-01 09:00 UTC", "cam-01", "brightness", "no longer look like the validated world"):
        assert word in done.stdout


def test_the_plot_is_a_picture(bundle: Bundle, tmp_path: Path) -> None:
    telemetry = write_telemetry(tmp_path / "telemetry", bundle, [Field("cam-01", World(brightness=60))])
    monitor(bundle, telemetry, "--plot", str(tmp_path / "drift.png"))
    assert cv2.imread(str(tmp_path / "drift.png")) is not None


def test_a_camera_without_a_baseline_is_said(bundle: Bundle, tmp_path: Path) -> None:
    done = monitor(bundle, write_telemetry(tmp_path, bundle, [Field("cam-99", World())]))
    assert "no baseline of their own: cam-99" in done.stdout


def test_a_cameras_name_is_no_markup(bundle: Bundle, tmp_path: Path) -> None:
    """Names come from folders that strangers made."""
    done = monitor(bundle, write_telemetry(tmp_path, bundle, [Field("[red]cam[/red]", World(), hours=1)]))
    assert "[red]cam[/red]" in done.stdout


def test_a_folder_without_telemetry_is_an_error(bundle: Bundle, tmp_path: Path) -> None:
    with pytest.raises(TelemetryError):
        monitor(bundle, tmp_path / "nowhere")
