"""A telemetry folder beside its bundle: compared with what was validated, refused where it is foreign."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from detection.edge.telemetry.outbox import read_segments
from detection.edge.trust.bundle import Bundle
from detection.errors import BundleError, TelemetryError
from detection.outside.telemetry import watched
from detection.outside.telemetry.reading import telemetry_of
from detection.outside.telemetry.stored.compaction import compact
from detection.outside.telemetry.stored.known import remember
from detection.outside.telemetry.stored.store import Store
from detection.outside.telemetry.watched import monitoring_of, watch_folder
from detection.rules.field.watching.findings import Findings
from detection.rules.field.watching.readings import Baseline
from tests.examples_bundles import write_colour_bundle
from tests.examples_field import MONITORING, Field, World, write_telemetry, write_watched_bundle
from tests.examples_telemetry import numbered


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Bundle:
    return write_watched_bundle(tmp_path_factory.mktemp("made") / "bundle")


def alarmed(findings: Findings) -> dict[str, tuple[str, ...]]:
    """Camera to the signals of its alarms."""
    return {incident.camera: incident.signals for incident in findings.alarms}


def said(findings: Findings) -> list[tuple[object, ...]]:
    """What the incidents come to; figures apart."""
    return [(i.id, i.camera, i.opened_s, i.alarmed_s, i.closed_s, i.severity, i.signals) for i in findings.incidents]


def test_the_bounds_are_those_that_travelled_in_the_bundle(bundle: Bundle) -> None:
    assert monitoring_of(bundle) == MONITORING


def test_the_validated_world_is_quiet(bundle: Bundle, tmp_path: Path) -> None:
    assert alarmed(watch_folder(write_telemetry(tmp_path, bundle, [Field("cam-00", World())]), bundle).findings) == {}


@pytest.mark.parametrize(
    ("world", "signal"),
    [
        pytest.param(World(brightness=60), "brightness", id="it got dark"),
        pytest.param(World(score=0.4), "best_score", id="scores fell"),
    ],
)
def test_a_changed_world_alarms_on_the_signal_that_changed(
    bundle: Bundle, tmp_path: Path, world: World, signal: str
) -> None:
    fields = [Field("cam-00", world), Field("cam-01", World())]
    found = alarmed(watch_folder(write_telemetry(tmp_path, bundle, fields), bundle).findings)
    assert list(found) == ["cam-00"]
    assert signal in found["cam-00"]


def test_one_camera_alone_is_watched_like_many(tmp_path: Path) -> None:
    """It has no fleet to be compared with, and needs none: its baseline is its own."""
    alone = write_watched_bundle(tmp_path / "bundle", cameras=("cam-00",))
    quiet = write_telemetry(tmp_path / "quiet", alone, [Field("cam-00", World())])
    dark = write_telemetry(tmp_path / "dark", alone, [Field("cam-00", World(brightness=60))])
    assert alarmed(watch_folder(quiet, alone).findings) == {}
    assert "brightness" in alarmed(watch_folder(dark, alone).findings)["cam-00"]


def test_a_camera_that_nobody_validated_never_alarms(bundle: Bundle, tmp_path: Path) -> None:
    folder = write_telemetry(tmp_path, bundle, [Field("cam-99", World(brightness=60))])
    findings = watch_folder(folder, bundle).findings
    assert {standing.baseline for standing in findings.standings} == {Baseline.FLEET}
    assert alarmed(findings) == {}


def test_a_store_says_what_the_segments_say_camera_by_camera_or_all_at_once(
    bundle: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The way of a record changes nothing, and neither does how many cameras are in memory together."""
    fields = [Field(f"cam-0{n}", World(brightness=60 + 30 * n), hours=2) for n in range(4)]
    segments = write_telemetry(tmp_path / "segments", bundle, fields)
    here = watch_folder(segments, bundle)
    store = Store(tmp_path / "store")
    remember(store.folder, bundle)
    store.add(numbered(list(read_segments(segments, bundle.digest, bundle.reference().edges))))
    compact(store)
    store.close()
    monkeypatch.setattr(watched, "CAMERAS_AT_ONCE", 1)
    there = watch_folder(store.folder, bundle)
    assert said(there.findings) == said(here.findings) != []
    for one, other in zip(there.findings.readings, here.findings.readings, strict=True):
        assert np.allclose(one.distance, other.distance, rtol=1e-5, equal_nan=True)
        assert np.array_equal(one.answer, other.answer)
        assert one.camera.tolist() == other.camera.tolist()
    assert np.array_equal(there.field.begins_s, here.field.begins_s)
    assert datetime.fromtimestamp(int(here.field.begins_s[0]), UTC).minute % 5 == 0


def test_a_large_fleet_is_compared_in_slots_with_the_same_answers(
    bundle: Bundle, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is asked of each signal does not depend on the slot; only the joint reading sees other rows."""
    fields = [Field("cam-00", World(brightness=60)), Field("cam-01", World())]
    folder = write_telemetry(tmp_path, bundle, fields)
    by_minute = watch_folder(folder, bundle)
    monkeypatch.setattr(watched, "CAMERAS_BY_MINUTE", 1)
    in_slots = watch_folder(folder, bundle)
    assert list(alarmed(in_slots.findings)) == list(alarmed(by_minute.findings)) == ["cam-00"]
    for one, other in zip(by_minute.findings.readings, in_slots.findings.readings, strict=True):
        assert np.allclose(one.distance[:, :-1], other.distance[:, :-1], equal_nan=True)


def test_telemetry_of_another_bundle_is_refused(bundle: Bundle, tmp_path: Path) -> None:
    other = write_watched_bundle(tmp_path / "other", scenes=1)
    folder = write_telemetry(tmp_path / "telemetry", other, [Field("cam-00", World(), hours=1)])
    with pytest.raises(TelemetryError, match="bundle"):
        telemetry_of(folder, bundle)


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
