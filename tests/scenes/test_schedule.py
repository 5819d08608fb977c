"""The plan is balanced."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from detection.scenes.lighting import LIGHTINGS
from detection.scenes.schedule import Shot, shots, visits
from detection.scenes.seasons import STABLE, winter_with_crates


@pytest.fixture(scope="module")
def plan() -> list[Shot]:
    return shots(7, STABLE, 20, 1400)


def test_exactly_the_frames_asked_for() -> None:
    for frames in (0, 1, 5, 120, 333):
        assert len(shots(7, STABLE, 20, frames)) == frames


def test_cameras_get_equally_many_scenes_and_frames(plan: list[Shot]) -> None:
    scenes = Counter(camera for camera, _ in {(shot.camera, shot.scene) for shot in plan})
    frames = Counter(shot.camera for shot in plan)
    assert len(set(scenes.values())) == 1
    assert max(frames.values()) - min(frames.values()) <= scenes["cam-00"]


def test_a_scene_is_a_short_burst_of_one_camera(plan: list[Shot]) -> None:
    lengths = Counter(shot.scene for shot in plan)
    assert set(lengths.values()) == {5, 6}
    assert len({(shot.scene, shot.camera, shot.lighting, shot.crowding) for shot in plan}) == len(lengths)


def test_every_camera_sees_every_lighting_and_both_crowdings(plan: list[Shot]) -> None:
    seen = {(shot.camera, shot.lighting) for shot in plan}
    assert len(seen) == 20 * 4
    assert len({(shot.camera, shot.crowding) for shot in plan}) == 20 * 2


def test_shares_follow_the_season(plan: list[Shot]) -> None:
    for season, taken in ((STABLE, plan), (winter_with_crates(), shots(7, winter_with_crates(), 20, 1400))):
        counts = Counter(shot.lighting for shot in taken)
        for lighting, share in zip(LIGHTINGS, season.lighting, strict=True):
            assert counts[lighting] / 1400 == pytest.approx(share, abs=0.04)


def test_half_of_the_frames_are_crowded_in_every_lighting(plan: list[Shot]) -> None:
    for lighting in LIGHTINGS:
        crowded = [shot.crowding == "crowded" for shot in plan if shot.lighting == lighting]
        assert sum(crowded) / len(crowded) == pytest.approx(0.5, abs=0.12)


def test_no_two_frames_of_a_camera_share_a_moment(plan: list[Shot]) -> None:
    assert len({(shot.camera, shot.captured_at) for shot in plan}) == len(plan)
    assert all(shot.captured_at.tzinfo is not None for shot in plan)


def test_too_few_frames_for_all_cameras_still_make_a_plan() -> None:
    assert len({shot.scene for shot in shots(7, STABLE, 20, 8)}) == 8


def test_visits_are_of_scenes_of_their_own_spread_over_the_day() -> None:
    taken = visits(7, STABLE, (3, 14), 4)
    assert [shot.camera for shot in taken] == ["cam-03"] * 4 + ["cam-14"] * 4
    assert len({shot.scene for shot in taken}) == len(taken)
    assert [shot.captured_at.hour for shot in taken[:4]] == [0, 6, 12, 18]


def test_visits_of_many_days_have_the_season_s_lighting() -> None:
    days = [replace(STABLE, day=STABLE.day + timedelta(days=n)) for n in range(150)]
    counts = Counter(shot.lighting for day in days for shot in visits(7, day, (0,), 4))
    for lighting, share in zip(LIGHTINGS, STABLE.lighting, strict=True):
        assert counts[lighting] / 600 == pytest.approx(share, abs=0.02)
