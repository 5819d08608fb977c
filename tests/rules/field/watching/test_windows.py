"""Records into columns: nothing is lost, and the reference is counted by the same bins."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from detection.edge.telemetry import signals
from detection.edge.telemetry.counters import Counters
from detection.edge.telemetry.histogram import Counts, Histogram
from detection.edge.telemetry.records import Origin, Record
from detection.edge.telemetry.reference import Block, reference_of
from detection.edge.telemetry.signals import Tally
from detection.rules.field.watching.windows import minutes, scenes

EDGES = {name: np.array([0.5]) for name in signals.names(("box",))}
NOTHING = signals.nothing(EDGES)
REFERENCE = reference_of(EDGES, [Block("b", "s2", 7, NOTHING), Block("a", "s1", 22, NOTHING)], {})
ORIGIN = Origin("device-1", "0" * 64, "fp32", "0" * 16)


def counts(name: str, frames: int) -> Counts:
    """Frames without a detection: no best score, nothing of boxes, all else in the lowest bin."""
    at = {"best_score": [0, 0, frames], "score/box": [0] * 3, "box_size": [0] * 3, "box_aspect": [0] * 3}
    return np.array(at.get(name, [frames, 0, 0]), np.int64)


def record(camera: str, minute: str, frames: int) -> Record:
    """So many frames without a detection, and one that failed."""
    tally = Tally(frames, {name: Histogram(edges, counts(name, frames)) for name, edges in EDGES.items()})
    return Record(ORIGIN, 0, camera, minute, Counters(frames=frames + 1, failed=1), tally, {})


def test_minutes_of_one_hour_are_one_row_and_the_next_hour_is_another() -> None:
    times = ("2026-06-01T09:00:00Z", "2026-06-01T08:59:00Z", "2026-06-01T08:00:00Z")
    found = minutes([record("a", time, 2) for time in times], REFERENCE, 3600)
    assert found.frames.tolist() == [4, 2]
    assert np.diff(found.begins_s).tolist() == [3600]


def test_each_camera_has_rows_of_its_own() -> None:
    found = minutes([record(camera, "2026-06-01T08:00:00Z", 1) for camera in ("b", "a")], REFERENCE)
    assert found.camera.tolist() == ["a", "b"]


def test_a_frame_without_detections_counts_as_none() -> None:
    [counts] = minutes([record("a", "2026-06-01T08:00:00Z", 3)], REFERENCE).counts["best_score"]
    assert counts.tolist() == [0, 0, 3]


def test_counters_add_up_beside_the_histograms() -> None:
    """Failed frames have no signals, and are not forgotten."""
    found = minutes([record("a", "2026-06-01T08:00:00Z", 3)] * 2, REFERENCE)
    assert (found.frames.tolist(), found.counters["frames"].tolist(), found.counters["failed"].tolist()) == (
        [6],
        [8],
        [2],
    )


def test_no_record_is_no_row() -> None:
    assert len(minutes([], REFERENCE)) == 0
    assert minutes([], REFERENCE).counts["score/box"].shape == (0, 3)


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 59), st.integers(0, 3)), max_size=4))
@settings(max_examples=25)
def test_no_frame_is_lost_whatever_the_order(parts: list[tuple[str, int, int]]) -> None:
    records = [record(camera, f"2026-06-01T08:{minute:02d}:00Z", frames) for camera, minute, frames in parts]
    for length_s in (60.0, 600.0, 3600.0):
        assert minutes(records, REFERENCE, length_s).frames.sum() == sum(frames for _, _, frames in parts)
        assert minutes(records, REFERENCE).summed(length_s).frames.sum() == sum(frames for _, _, frames in parts)


def test_the_reference_keeps_a_row_for_each_scene_with_its_hour() -> None:
    assert scenes(REFERENCE).camera.tolist() == ["a", "b"]
    assert scenes(REFERENCE).hour.tolist() == [22, 7]
