"""The guard: what lies outside the validated world is said, answered as the spec asks, and counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import numpy as np
import pytest

from detection.edge.guard.cameras import LEARNT_LOOKS, REMEMBERED_LOOKS
from detection.edge.guard.guard import FINE, Guard, Judgement
from detection.edge.telemetry.domain import CameraLimits, Domain, Modes, Range
from detection.edge.telemetry.optics import OpticalBench
from detection.edge.vision.frames import Image

NOON = datetime(2026, 6, 1, 12, tzinfo=timezone.utc)
LIMITS = CameraLimits(10, 8, 50, 0.5, 60, None)
DOMAIN = Domain({"brightness": Range(60, 180), "sharpness": Range(50, 1e6)}, None, None, LIMITS, Modes("flag", "flag"))


NOISE = np.random.default_rng(0).normal(0, 6, (48, 128, 3))


def scene(seed: int, light: float = 1.0, width: int = 64) -> Image:
    """A place of its own for each thousand of seeds (blocks of grey), with noise of its own for each seed."""
    place = np.random.default_rng(seed // 1000).integers(60, 190, (4, 4)).astype(np.float64)
    grey = np.kron(place, np.ones((12, width // 4)))[..., None]
    noise = np.roll(NOISE, (seed % 48, seed // 48), (0, 1))[:, :width]
    return np.clip((grey + noise) * light, 0, 255).astype(np.uint8)


class Watched:
    """A guard and its bench, fed second by second."""

    def __init__(self, domain: Domain = DOMAIN, own: Image | None = None, still: bool = False) -> None:
        views = {} if own is None else {"cam": OpticalBench({}).measure(own, "").thumbnail()}
        self.bench = OpticalBench(views)
        self.guard = Guard(domain, self.bench, still)
        self.at = NOON

    def see(self, image: Image, camera: str = "cam", seconds: float = 1.0) -> Judgement:
        self.at += timedelta(seconds=seconds)
        return self.guard.judge(camera, self.at, self.bench.measure(image, camera))


def test_a_frame_as_validated_has_nothing_said_of_it() -> None:
    assert Watched().see(scene(1)) is FINE


@pytest.mark.parametrize(
    ("image", "flags"),
    [
        pytest.param(scene(1, 0.4), ("out-of-domain:brightness",), id="too dark"),
        pytest.param(scene(1, 1.9), ("out-of-domain:brightness",), id="too bright"),
        pytest.param(
            np.full((48, 64, 3), 100, np.uint8), ("out-of-domain:sharpness", "camera:covered"), id="a hand before it"
        ),
    ],
)
def test_a_frame_outside_a_range_says_which(image: Image, flags: tuple[str, ...]) -> None:
    assert Watched().see(image).flags == flags


def test_sizes_and_cameras_are_held_against_the_validated_ones_where_the_spec_asks() -> None:
    strict = replace(DOMAIN, sizes=frozenset({(64, 48)}), cameras=frozenset({"cam"}))
    assert Watched(strict).see(scene(1)) is FINE
    judged = Watched(strict).see(scene(1, width=32), "stranger")
    assert judged.flags == ("out-of-domain:size", "out-of-domain:camera")
    assert judged.marks == ("out_of_domain", "foreign_size")


@pytest.mark.parametrize(
    ("modes", "flag", "withheld"),
    [
        pytest.param(Modes("flag", "flag"), None, False, id="flag"),
        pytest.param(Modes("suppress", "flag"), "suppressed", True, id="suppress"),
        pytest.param(Modes("suppress", "fallback"), "fallback", True, id="the stricter one counts"),
    ],
)
def test_the_failure_mode_of_the_spec_is_answered(modes: Modes, flag: str | None, withheld: bool) -> None:
    judged = Watched(replace(DOMAIN, modes=modes)).see(np.full((48, 64, 3), 20, np.uint8))
    assert judged.withheld is withheld
    assert [f for f in judged.flags if ":" not in f] == ([flag] if flag else [])
    assert ("suppressed" in judged.marks) is withheld
    assert {"out_of_domain", "covered"} <= set(judged.marks)


def test_a_camera_is_frozen_after_so_many_seconds_of_the_same_picture_and_thaws_at_once() -> None:
    watched, picture = Watched(), scene(1)
    flags = ["camera:frozen" in watched.see(picture).flags for _ in range(12)]
    assert flags == [False] * 10 + [True] * 2
    assert watched.see(scene(2)) is FINE


def test_pictures_that_may_be_equal_are_never_frozen() -> None:
    watched, picture = Watched(still=True), scene(1)
    assert all(watched.see(picture) is FINE for _ in range(30))


def test_a_clock_that_jumps_back_does_not_freeze_a_camera() -> None:
    watched, picture = Watched(), scene(1)
    watched.see(picture)
    watched.see(picture, seconds=-3600)
    assert watched.see(picture, seconds=1) is FINE


def test_a_camera_that_points_elsewhere_has_moved_after_a_minute_and_not_before() -> None:
    watched = Watched(own=scene(1000))
    assert all(watched.see(scene(1000 + n)) is FINE for n in range(1, 40))
    flags = ["camera:moved" in watched.see(scene(5000 + n)).flags for n in range(120)]
    first = flags.index(True)
    assert 60 <= first <= 60 + 2 * REMEMBERED_LOOKS
    assert all(flags[first:])


def test_light_moves_no_camera() -> None:
    watched = Watched(replace(DOMAIN, ranges={}), own=scene(1000))
    assert not any(watched.see(scene(1000 + n, 0.6 + n / 800)).flags for n in range(1, 200))


def test_a_camera_that_nobody_knows_is_learnt_and_then_watched() -> None:
    watched = Watched()
    assert all(watched.see(scene(1000 + n)) is FINE for n in range(1, LEARNT_LOOKS + 20))
    assert any("camera:moved" in watched.see(scene(5000 + n)).flags for n in range(120))


def test_a_slow_camera_is_said_where_the_spec_asks() -> None:
    watched = Watched(replace(DOMAIN, limits=replace(LIMITS, rate_minimum_hz=5)))
    slow = [watched.see(scene(n), seconds=0.5).flags for n in range(40)]
    assert slow[0] == ()
    assert slow[-1] == ("camera:slow",)
    assert watched.see(scene(99)).marks == ()


def test_cameras_do_not_speak_for_each_other() -> None:
    watched, picture = Watched(), scene(1)
    flags = [watched.see(picture, camera, 0.5).flags for _ in range(24) for camera in ("a",)]
    assert flags[-1] == ("camera:frozen",)
    assert watched.see(picture, "b") is FINE
