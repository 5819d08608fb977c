"""When a frame was taken."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

from detection.edge.clock import RecordedClock, WallClock

SIX = datetime(2026, 11, 21, 6, 0, tzinfo=timezone.utc)


def test_each_camera_of_a_recording_has_its_own_schedule() -> None:
    clock = RecordedClock(SIX, 2.5)
    times = [clock.next(camera) for camera in ("a", "a", "b", "a")]
    assert times == [SIX, SIX + timedelta(seconds=2.5), SIX, SIX + timedelta(seconds=5)]


def test_live_frames_are_taken_now_in_utc() -> None:
    before = datetime.now(timezone.utc)
    now = WallClock().next("a")
    assert before <= now <= datetime.now(timezone.utc)
    assert now.utcoffset() == timedelta(0)
