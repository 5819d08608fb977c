"""Which frames a world consists of: every camera gets the same number of scenes, every lighting, both crowdings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np

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
    bounds = np.cumsum(season.lighting)
    drawn = np.searchsorted(bounds, (np.arange(scenes) + rng.random()) / max(1, scenes) * bounds[-1], side="right")
    for missing in sorted(set(range(len(LIGHTINGS))) - set(drawn.tolist())):
        counts = np.bincount(drawn, minlength=len(LIGHTINGS))
        if scenes >= len(LIGHTINGS):
            drawn[np.flatnonzero(drawn == counts.argmax())[0]] = missing
    return [LIGHTINGS[int(n)] for n in rng.permutation(drawn)]


def _rank(lightings: list[Lighting], scene: int) -> int:
    """How many earlier scenes of this camera had the same lighting."""
    return lightings[:scene].count(lightings[scene])
