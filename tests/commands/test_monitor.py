"""The monitor as people call it: a table, a page, an exit status; a baseline accepted; a decision kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from detection.commands.monitor import FIRST, VERBS, app, verb
from detection.edge.trust.bundle import Bundle
from detection.errors import TelemetryError
from tests.examples_field import Field, World, write_telemetry, write_watched_bundle

ACCEPTED = ("--accepted-by", "site-engineer", "--reason", "new camera, frames looked at")


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return write_watched_bundle(tmp_path_factory.mktemp("made") / "bundle")


def monitor(bundle: Bundle, *words: str) -> Result:
    line = [*words, "--bundle", str(bundle.folder)]
    return CliRunner(env={"COLUMNS": "220"}).invoke(app, line, catch_exceptions=False)


def test_a_quiet_field_leaves_with_status_0(bundle: Bundle, tmp_path: Path) -> None:
    done = monitor(bundle, str(write_telemetry(tmp_path, bundle, [Field("cam-00", World())])))
    assert done.exit_code == 0
    assert "ALARM" not in done.stdout


def test_an_alarm_leaves_with_status_2_and_names_camera_signal_and_moment(bundle: Bundle, tmp_path: Path) -> None:
    telemetry = write_telemetry(tmp_path, bundle, [Field("cam-01", World(brightness=60))])
    done = monitor(bundle, FIRST, str(telemetry))
    assert done.exit_code == 2
    for word in ("ALARM: cam-01 no longer looks like the validated world.", "brightness", "2026-06-01"):
        assert word in done.stdout


def test_the_page_and_the_incidents_are_written(bundle: Bundle, tmp_path: Path) -> None:
    telemetry = write_telemetry(tmp_path / "telemetry", bundle, [Field("cam-01", World(brightness=60))])
    page, incidents = tmp_path / "monitor.html", tmp_path / "incidents.json"
    monitor(bundle, str(telemetry), "--out", str(page), "--json", str(incidents))
    text = page.read_text()
    assert "no longer looks like the validated world" in text
    assert "default-src 'none'" in text.replace("&#39;", "'")
    [one] = json.loads(incidents.read_text())
    assert (one["camera"], one["severity"], one["closed_s"]) == ("cam-01", "alarm", None)
    assert one["id"] in text


def test_a_camera_without_a_baseline_is_said(bundle: Bundle, tmp_path: Path) -> None:
    done = monitor(bundle, str(write_telemetry(tmp_path, bundle, [Field("cam-99", World())])))
    assert "no baseline of their own: cam-99" in done.stdout


def test_a_cameras_name_is_no_markup(bundle: Bundle, tmp_path: Path) -> None:
    """Names come from folders that strangers made."""
    done = monitor(bundle, str(write_telemetry(tmp_path, bundle, [Field("[red]cam[/red]", World(), hours=1)])))
    assert "[red]cam[/red]" in done.stdout


def test_a_folder_without_telemetry_is_an_error(bundle: Bundle, tmp_path: Path) -> None:
    with pytest.raises(TelemetryError):
        monitor(bundle, str(tmp_path / "nowhere"))


def test_a_decision_is_kept_with_its_inputs_and_the_same_evidence_is_decided_once(
    bundle: Bundle, tmp_path: Path
) -> None:
    telemetry = write_telemetry(tmp_path / "telemetry", bundle, [Field("cam-01", World(brightness=60))])
    words = ("decide", str(telemetry), "--decisions", str(tmp_path / "decisions"))
    first, again = monitor(bundle, *words), monitor(bundle, *words)
    assert first.exit_code == 0
    assert "propose-retraining" in first.stdout
    assert "cam-01" in first.stdout
    assert first.stdout == again.stdout
    assert len(list((tmp_path / "decisions").glob("*.json"))) == 1


def test_the_page_leads_from_an_incident_to_its_decision(bundle: Bundle, tmp_path: Path) -> None:
    telemetry = write_telemetry(tmp_path / "telemetry", bundle, [Field("cam-01", World(brightness=60))])
    decisions = tmp_path / "decisions"
    monitor(bundle, "decide", str(telemetry), "--decisions", str(decisions))
    monitor(bundle, str(telemetry), "--decisions", str(decisions), "--out", str(tmp_path / "monitor.html"))
    kept = json.loads((decisions / "000001.json").read_text())
    assert kept["id"] in (tmp_path / "monitor.html").read_text()


def test_the_overview_says_what_each_verb_says() -> None:
    for name, line in VERBS.items():
        assert " ".join(str(verb(name).help).split()) == line


def test_a_new_camera_gets_a_baseline_of_its_own_from_a_period_that_a_person_accepted(
    bundle: Bundle, tmp_path: Path
) -> None:
    sent = Field("dock-7", World(brightness=90), hours=6 * 24, frames_per_hour=3)
    telemetry = write_telemetry(tmp_path / "telemetry", bundle, [sent])
    baselines = str(tmp_path / "baselines")
    words = (
        "baseline",
        str(telemetry),
        "--camera",
        "dock-7",
        "--from",
        "2026-06-01",
        "--until",
        "2026-06-08",
        *ACCEPTED,
    )
    accepted = monitor(bundle, *words, "--out", baselines)
    assert accepted.exit_code == 0
    assert "dock-7" in accepted.stdout
    before, after = monitor(bundle, str(telemetry)), monitor(bundle, str(telemetry), "--baselines", baselines)
    assert "no baseline of their own: dock-7" in before.stdout
    assert "no baseline of their own" not in after.stdout
    assert "ALARM" not in after.stdout


@pytest.mark.parametrize(
    ("camera", "words", "said"),
    [
        pytest.param("cam-00", ACCEPTED, "has a baseline of its own", id="known-camera"),
        pytest.param("cam-98", ACCEPTED, "sent nothing in that period", id="unknown-camera"),
        pytest.param("dock-7", ACCEPTED, "spans 1 day", id="too-short"),
        pytest.param("dock-7", ("--accepted-by", " ", "--reason", "x"), "in which role", id="nobody"),
    ],
)
def test_a_period_that_is_no_baseline_is_refused_and_nothing_is_kept(
    bundle: Bundle, tmp_path: Path, camera: str, words: tuple[str, ...], said: str
) -> None:
    telemetry = write_telemetry(tmp_path / "telemetry", bundle, [Field("dock-7", World(), hours=2)])
    line = ("baseline", str(telemetry), "--camera", camera, "--from", "2026-06-01", "--until", "2026-06-08", *words)
    with pytest.raises(TelemetryError, match=said):
        monitor(bundle, *line, "--out", str(tmp_path / "baselines"))
    assert not (tmp_path / "baselines").exists()
