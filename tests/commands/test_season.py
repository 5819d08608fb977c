"""A season played to a real bundle by its own runtime: small, to see that every part is connected."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import pytest
from typer.testing import CliRunner, Result

from detection.commands.season import app
from detection.errors import DetectionError
from tests.examples_field import write_watched_bundle

WORLD = "collect:\n  sources:\n  - scenes: {seed: 7, cameras: 2, frames: 8, width: 96, height: 64, workers: 1}\n"


def season(folder: Path, cameras: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, params: str = WORLD) -> Result:
    write_watched_bundle(folder / "bundle", cameras=cameras, scenes=6)
    (folder / "params.yaml").write_text(params)
    monkeypatch.chdir(folder)
    words = ["--bundle", "bundle", "--frames-per-camera", "6", "--out", "season"]
    return CliRunner(env={"COLUMNS": "200"}).invoke(app, words, catch_exceptions=False)


def test_both_seasons_are_played_counted_watched_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Six frames are too few for the monitor, so the alarm stays out, and the exit status says so."""
    done = season(tmp_path, ("cam-00", "cam-77"), monkeypatch)
    assert done.exit_code == 2
    for word in ("true precision and recall", "cam-00", "too few samples", "next season: quiet; NOT as it should be"):
        assert word in done.stdout
    assert "cam-01" not in done.stdout
    figures = json.loads((tmp_path / "season" / "season.json").read_text())
    assert [f["season"] for f in figures] == ["control", "next"]
    assert all(f["truths"] > 0 for f in figures)
    assert figures[0]["crates"] == 0
    for name in ("control", "next"):
        assert list((tmp_path / "season" / name / "telemetry").glob("*.jsonl"))
        assert cv2.imread(str(tmp_path / "season" / name / "frames.jpg")) is not None
        assert "<title>watched 1" in (tmp_path / "season" / name / "monitor.html").read_text()


def test_a_bundle_of_other_cameras_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DetectionError, match="none of its baselines"):
        season(tmp_path, ("dock-1",), monkeypatch)


def test_only_the_practice_world_can_change_its_season(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DetectionError, match="none of format scenes"):
        season(tmp_path, ("cam-00",), monkeypatch, params="collect:\n  sources: [{format: voc}]\n")
