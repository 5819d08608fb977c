"""Minutes into windows: nothing is lost, and the reference is counted by the same bins."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from detection.edge.telemetry import signals
from detection.edge.telemetry.records import Record
from detection.edge.telemetry.reference import Block, reference_of
from detection.edge.telemetry.signals import SignalValues, Tally
from detection.rules.field.windows import scenes, windows

EDGES = {name: np.array([0.5]) for name in signals.SIGNALS}
REFERENCE = reference_of(EDGES, [Block("b", "s2", signals.nothing(EDGES)), Block("a", "s1", signals.nothing(EDGES))])


def tally(frames: int) -> Tally:
    """``frames`` frames without a detection."""
    counted = signals.nothing(EDGES)
    for _ in range(frames):
        counted = counted.add(SignalValues(np.array([np.nan]), np.array([0.2]), np.zeros(0)))
    return counted


def record(camera: str, minute: str, frames: int) -> Record:
    return Record("0" * 64, "fp32", "0" * 16, 0, camera, minute, tally(frames), 0)


def test_minutes_of_one_hour_are_one_window_and_the_next_hour_is_another() -> None:
    minutes = ("2026-06-01T09:00:00Z", "2026-06-01T08:59:00Z", "2026-06-01T08:00:00Z")
    found = windows([record("a", minute, 2) for minute in minutes], REFERENCE, 3600)
    assert found.frames.tolist() == [4, 2]
    assert np.diff(found.begins_s).tolist() == [3600]


def test_each_camera_has_windows_of_its_own() -> None:
    found = windows([record(camera, "2026-06-01T08:00:00Z", 1) for camera in ("b", "a")], REFERENCE, 3600)
    assert found.camera.tolist() == ["a", "b"]


def test_a_frame_without_detections_counts_as_none() -> None:
    [counts] = windows([record("a", "2026-06-01T08:00:00Z", 3)], REFERENCE, 60).counts["best_score"]
    assert counts.tolist() == [0, 0, 3]


def test_no_record_is_no_window() -> None:
    assert len(windows([], REFERENCE, 3600)) == 0
    assert windows([], REFERENCE, 3600).counts["score"].shape == (0, 3)


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 59), st.integers(0, 3)), max_size=12))
def test_no_frame_is_lost_whatever_the_order(parts: list[tuple[str, int, int]]) -> None:
    records = [record(camera, f"2026-06-01T08:{minute:02d}:00Z", frames) for camera, minute, frames in parts]
    for length_s in (60.0, 600.0, 3600.0):
        assert windows(records, REFERENCE, length_s).frames.sum() == sum(frames for _, _, frames in parts)


def test_the_reference_keeps_a_row_for_each_scene() -> None:
    assert scenes(REFERENCE).camera.tolist() == ["a", "b"]
