"""Which frames a world consists of: every camera gets the same number of scenes, every lighting, both crowdings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from detection.scenes.cargo import CROWDINGS, STEP_S, Crowding
from detection.scenes.dice import dice
from detection.scenes.lighting import LIGHTINGS, Lighting
from detection.scenes.seasons import Season

SCENE_FRAMES = 6
"""Frames of a scene, at most."""
SCENE_S = 60
"""Seconds from the start of one scene to the next of the same camera."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One frame to be taken.

    Attributes:
        camera: ``cam-03``.
        camera_index: 0 and up.
        scene: ``cam-03-s0012``.
        scene_index: 0 and up, of this camera.
        step: 0 to 5, place in the scene.
        captured_at: UTC.
        lighting: of the scene.
        crowding: of the scene.
    """

    camera: str
    camera_index: int
    scene: str
    scene_index: int
    step: int
    captured_at: datetime
    lighting: Lighting
    crowding: Crowding


def shots(seed: int, season: Season, cameras: int, frames: int) -> list[Shot]:
    """``frames`` shots, camera by camera, scene by scene; scenes differ by one frame in length at most."""
    scenes = -(-frames // (cameras * SCENE_FRAMES))
    lengths = np.diff(np.arange(cameras * scenes + 1) * frames // max(1, cameras * scenes))
    taken: list[Shot] = []
    for camera in range(cameras):
        lightings = _lightings(season, scenes, seed, camera)
        for scene in range(scenes):
            crowding = CROWDINGS[(_rank(lightings, scene) + camera + LIGHTINGS.index(lightings[scene])) % 2]
            for step in range(int(lengths[camera * scenes + scene])):
                taken.append(_shot(season, camera, scene, step, (lightings[scene], crowding)))
    return taken


def visits(seed: int, season: Season, cameras: Sequence[int], frames: int) -> list[Shot]:
    """One day of a line that is looked at now and then: ``frames`` shots of each camera, each of a scene of its own.

    Args:
        seed: of the world.
        season: the day's light and freight.
        cameras: indices.
        frames: of each camera, spread evenly over the day; their lightings have the day's shares.
    """
    midnight = datetime(season.day.year, season.day.month, season.day.day, tzinfo=UTC)
    taken: list[Shot] = []
    for camera in cameras:
        rng = dice("visits", seed, season.day.toordinal(), camera)
        for number, lighting in enumerate(rng.permutation(_shares(season, frames, float(rng.random()))).tolist()):
            shot = Shot(
                camera=f"cam-{camera:02d}",
                camera_index=camera,
                scene=f"cam-{camera:02d}-{season.day:%Y%m%d}-{number:02d}",
                scene_index=number,
                step=0,
                captured_at=midnight + timedelta(days=number / frames),
                lighting=LIGHTINGS[lighting],
                crowding=CROWDINGS[int(rng.integers(len(CROWDINGS)))],
            )
            taken.append(shot)
    return taken


def _shares(season: Season, scenes: int, offset: float) -> NDArray[np.int64]:
    """``(scenes,)`` lightings by systematic sampling of the season's shares."""
    bounds = np.cumsum(season.lighting)
    places = (np.arange(scenes) + offset) / max(1, scenes) * bounds[-1]
    drawn: NDArray[np.int64] = np.searchsorted(bounds, places, side="right")
    return drawn


def _shot(season: Season, camera: int, scene: int, step: int, conditions: tuple[Lighting, Crowding]) -> Shot:
    opening = datetime(season.day.year, season.day.month, season.day.day, 8, tzinfo=UTC)
    return Shot(
        camera=f"cam-{camera:02d}",
        camera_index=camera,
        scene=f"cam-{camera:02d}-s{scene:04d}",
        scene_index=scene,
        step=step,
        captured_at=opening + timedelta(seconds=scene * SCENE_S + step * STEP_S, milliseconds=camera * 7),
        lighting=conditions[0],
        crowding=conditions[1],
    )


def _lightings(season: Season, scenes: int, seed: int, camera: int) -> list[Lighting]:
    """A camera's scenes: the season's shares by systematic sampling, each lighting once if there is room, shuffled."""
    rng = dice("lightings", seed, season.day.toordinal(), camera)
    drawn = _shares(season, scenes, rng.random())
    for missing in sorted(set(range(len(LIGHTINGS))) - set(drawn.tolist())):
        counts = np.bincount(drawn, minlength=len(LIGHTINGS))
        if scenes >= len(LIGHTINGS):
            drawn[np.flatnonzero(drawn == counts.argmax())[0]] = missing
    return [LIGHTINGS[int(n)] for n in rng.permutation(drawn)]


def _rank(lightings: list[Lighting], scene: int) -> int:
    """How many earlier scenes of this camera had the same lighting."""
    return lightings[:scene].count(lightings[scene])
