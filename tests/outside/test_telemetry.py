"""A telemetry folder beside its bundle: compared with what was validated, refused where it is foreign."""

from __future__ import annotations

from pathlib import Path

import pytest

from detection.edge.trust.bundle import Bundle
from detection.errors import BundleError, TelemetryError
from detection.outside.telemetry import monitoring_of, watch_folder
from detection.rules.field.drift import Answer, Baseline, alarms
from tests.examples_bundles import write_colour_bundle
from tests.examples_field import MONITORING, Field, World, write_telemetry, write_watched_bundle


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return write_watched_bundle(tmp_path_factory.mktemp("made") / "bundle")


def test_the_bounds_are_those_that_travelled_in_the_bundle(bundle: Bundle) -> None:
    assert monitoring_of(bundle) == MONITORING


def test_the_validated_world_is_quiet(bundle: Bundle, tmp_path: Path) -> None:
    watched = watch_folder(write_telemetry(tmp_path, bundle, [Field("cam-00", World())]), bundle)
    assert alarms(watched.standings) == ()
    assert {r.answer for s in watched.standings for r in s.readings} == {Answer.QUIET}


@pytest.mark.parametrize(
    ("world", "signal"),
    [
        pytest.param(World(brightness=60), "brightness", id="it got dark"),
        pytest.param(World(score=0.4), "score", id="scores fell"),
    ],
)
def test_a_changed_world_alarms_on_the_signal_that_changed(
    bundle: Bundle, tmp_path: Path, world: World, signal: str
) -> None:
    fields = [Field("cam-00", world), Field("cam-01", World())]
    watched = watch_folder(write_telemetry(tmp_path, bundle, fields), bundle)
    raised = alarms(watched.standings)
    assert signal in {s.signal for s in raised}
    assert {s.camera for s in raised} == {"cam-00"}


def test_a_camera_that_nobody_validated_never_alarms(bundle: Bundle, tmp_path: Path) -> None:
    folder = write_telemetry(tmp_path, bundle, [Field("cam-99", World(brightness=60))])
    watched = watch_folder(folder, bundle)
    assert {s.baseline for s in watched.standings} == {Baseline.FLEET}
    assert alarms(watched.standings) == ()


def test_an_hour_with_few_frames_says_so(bundle: Bundle, tmp_path: Path) -> None:
    folder = write_telemetry(tmp_path, bundle, [Field("cam-00", World(brightness=60), frames_per_hour=20)])
    answers = {r.answer for s in watch_folder(folder, bundle).standings for r in s.readings}
    assert answers == {Answer.TOO_FEW}


def test_telemetry_of_another_bundle_is_refused(bundle: Bundle, tmp_path: Path) -> None:
    other = write_watched_bundle(tmp_path / "other", scenes=1)
    folder = write_telemetry(tmp_path / "telemetry", other, [Field("cam-00", World(), hours=1)])
    with pytest.raises(TelemetryError, match="bundle"):
        watch_folder(folder, bundle)


def test_an_empty_folder_is_no_all_clear(bundle: Bundle, tmp_path: Path) -> None:
    with pytest.raises(TelemetryError, match="holds no record"):
        watch_folder(tmp_path, bundle)


def test_a_bundle_without_scenes_compares_with_nothing(tmp_path: Path) -> None:
    empty = write_watched_bundle(tmp_path / "bundle", cameras=())
    with pytest.raises(TelemetryError, match="holds no scene"):
        watch_folder(tmp_path, empty)


def test_a_bundle_without_its_specification_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"evidence/spec\.yaml"):
        monitoring_of(write_colour_bundle(tmp_path / "bundle"))
