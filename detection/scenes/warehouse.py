"""The practice world: plan its frames, then render any of them, in any order, with exact truth."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.edge.boxes import Boxes
from detection.scenes import cargo, drawing, film, hall, lighting, schedule
from detection.scenes.camera import Camera, Floats, mount
from detection.scenes.dice import dice
from detection.scenes.drawing import Sighting
from detection.scenes.parcels import Parcel
from detection.scenes.schedule import Shot
from detection.scenes.seasons import STABLE, Season

__all__ = ["Picture", "Shot", "Truth", "World", "labelled", "plan", "render"]

OVERSAMPLING = 1.5
"""Samples per pixel, each way."""


@dataclass(frozen=True, slots=True)
class World:
    """Everything that decides what the frames look like.

    Attributes:
        seed: 0 or above; cameras, halls and parcels follow from it.
        cameras: how many there are.
        width: of a frame, pixels.
        height: of a frame, pixels.
        season: light and freight of the day.
    """

    seed: int
    cameras: int = 20
    width: int = 320
    height: int = 256
    season: Season = STABLE


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """What is in a frame, from the geometry; ``n`` objects, also hidden and tiny ones.

    Attributes:
        boxes: ``(n, 4)`` tight around the whole object as the lens projects it, hidden parts included, clipped at the
            frame's border.
        labels: ``(n,)`` strings: box, polybag, tube, or crate.
        visible_share: ``(n,)`` part of the object's whole projection, also beyond the border, that is seen; 0 to 1.
        truncated: ``(n,)`` the border cuts the object.
    """

    boxes: Boxes
    labels: NDArray[np.object_]
    visible_share: Floats
    truncated: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.labels)

    def take(self, rows: NDArray[np.bool_] | NDArray[np.int64]) -> Truth:
        """The objects chosen by a mask ``(n,)`` or by positions ``(k,)``."""
        return Truth(self.boxes[rows], self.labels[rows], self.visible_share[rows], self.truncated[rows])


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A frame ``(h, w, 3)`` uint8 BGR and what is in it."""

    pixels: NDArray[np.uint8]
    truth: Truth


def plan(world: World, frames: int) -> list[Shot]:
    """The shots that make a balanced set, in the order that renders fastest: camera by camera."""
    return schedule.shots(world.seed, world.season, world.cameras, frames)


def render(world: World, shot: Shot) -> Picture:
    """Take one shot: the same bytes for the same world and shot, whatever was rendered before."""
    camera, surroundings = _site(world.seed, shot.camera_index, world.width, world.height)
    key = (world.seed, world.season.day.toordinal(), shot.camera_index, shot.scene_index)
    freight = cargo.load(surroundings.stretch, shot.crowding, world.season.crate_share, *key)
    light = lighting.shine(shot.lighting, world.season, *key)
    ride = freight.speed * cargo.STEP_S * shot.step
    sightings = _in_view(camera, [parcel.moved(ride) for parcel in freight.parcels])
    exposure = drawing.expose(drawing.View(camera, surroundings, light), sightings, ride)
    way = _way(camera, light.blur * world.width, freight.speed)
    smeared = film.smear(exposure.light, exposure.moving, way)
    pixels = film.develop(camera, smeared, light, dice("frame", *key, shot.step))
    return Picture(pixels, _truth(camera, sightings, exposure.seen))


def labelled(truth: Truth, minimum_size_px: float, minimum_visible_share: float) -> NDArray[np.bool_]:
    """Which objects the labelling rule asks for.

    Args:
        truth: ``n`` objects.
        minimum_size_px: shorter side of the box below which an object is left out.
        minimum_visible_share: visible part below which it is left out.

    Returns:
        ``(n,)`` mask.
    """
    sides = truth.boxes[:, 2:] - truth.boxes[:, :2]
    large: NDArray[np.bool_] = sides.min(axis=1, initial=np.inf) >= minimum_size_px
    return large & (truth.visible_share >= minimum_visible_share)


@lru_cache(maxsize=4)
def _site(seed: int, index: int, width: int, height: int) -> tuple[Camera, hall.Hall]:
    camera = mount(seed, index, width, height)
    return camera, hall.furnish(seed, camera, round(width * OVERSAMPLING), round(height * OVERSAMPLING))


def _in_view(camera: Camera, parcels: list[Parcel]) -> list[Sighting]:
    """Parcels wholly before the camera, some of whose projection lies in the frame."""
    found: list[Sighting] = []
    for parcel in parcels:
        outline = parcel.outline()
        if float(camera.depth(outline).min()) < 0.2:
            continue
        sighting = Sighting(parcel, outline, camera.project(outline))
        x1, y1, x2, y2 = sighting.corners
        if x2 > 0 and y2 > 0 and x1 < camera.width and y1 < camera.height:
            found.append(sighting)
    return found


def _way(camera: Camera, length: float, speed: float) -> Floats:
    """``(2,)`` pixels by which the belt's middle moves during the exposure; ``length`` is for 0.4 m/s."""
    ends = camera.project(np.array([(-0.05, 0, 0.05), (0.05, 0, 0.05)], np.float32))
    towards = (ends[1] - ends[0]) / max(float(np.linalg.norm(ends[1] - ends[0])), 1e-6)
    way: Floats = towards * np.float32(length * abs(speed) / 0.4)
    return way


def _truth(camera: Camera, sightings: list[Sighting], seen: Floats) -> Truth:
    whole = np.array([sighting.corners for sighting in sightings], np.float32).reshape(-1, 4)
    areas = [cv2.contourArea(cv2.convexHull(sighting.pixels)) for sighting in sightings]
    boxes = np.clip(whole, 0, np.array([camera.width, camera.height] * 2, np.float32)).astype(np.float32)
    return Truth(
        boxes=boxes,
        labels=np.array([sighting.parcel.kind for sighting in sightings], dtype=object),
        visible_share=np.minimum(seen / np.maximum(np.array(areas, np.float32), 1e-6), 1).astype(np.float32),
        truncated=np.abs(whole - boxes).max(axis=1, initial=0) > 0.5,
    )
