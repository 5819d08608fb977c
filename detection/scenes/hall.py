"""What never moves before one camera: floor, shelves, rails, beams, lamps' pools. Built once a camera, then reused."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.scenes import solids, textures
from detection.scenes.camera import Camera, Floats
from detection.scenes.cargo import Stretch
from detection.scenes.dice import dice, stratum
from detection.scenes.textures import Colour, Paint

FLOOR = -0.72
"""Height of the floor, metres; the belt's top is 0."""
_LINEAR = (np.arange(256, dtype=np.float32) / 255) ** 2.2


Patch = tuple[slice, slice]
"""Rows and columns of a piece of the picture."""


@dataclass(frozen=True, slots=True, eq=False)
class Hall:
    """The static part of one camera's frames, at the resolution scenes are drawn in: ``(h, w)`` or ``(h, w, 3)``.

    Attributes:
        rays: ``(3, h, w)`` world directions.
        depth: ``t`` of the nearest static surface along each ray.
        paint: uint8 sRGB reflectance, darker where the surface does not face up; BGR.
        belt: uint8, 255 where the belt itself is seen, else 0.
        belt_column: place in the belt's picture, before it rides on.
        belt_row: same.
        belt_paint: the belt's picture.
        pool: how much of the lamps' light reaches the place, about 1.
        stretch: which piece of belt is in view.
    """

    rays: Floats
    depth: Floats
    paint: Paint
    belt: NDArray[np.uint8]
    belt_column: Floats
    belt_row: Floats
    belt_paint: Paint
    pool: Floats
    stretch: Stretch


class _Canvas:
    """A picture under construction that keeps, for each ray, the nearest surface laid so far."""

    def __init__(self, camera: Camera, rays: Floats) -> None:
        self.camera, self.eye, self.rays = camera, camera.position, rays
        self.depth: Floats = np.full(rays.shape[1:], 60.0, np.float32)
        self.colour: Floats = np.full((*rays.shape[1:], 3), 0.05, np.float32)

    def plane(self, axis: int, level: float, picture: Paint, scale: float, facing: float) -> None:
        """An endless plane across an axis, tiled with a picture of ``scale`` pixels per metre."""
        ray = np.where(np.abs(self.rays[axis]) < 1e-6, np.float32(1e-6), self.rays[axis])
        t = ((level - self.eye[axis]) / ray).astype(np.float32)
        nearer = (t > 0) & (t < self.depth)
        column_axis, row_axis = (0, 1) if axis == 2 else (0, 2)
        met = np.where(nearer, t, 0)
        columns = ((self.eye[column_axis] + met * self.rays[column_axis]) * scale).astype(np.float32)
        rows = ((self.eye[row_axis] + met * self.rays[row_axis]) * scale).astype(np.float32)
        if axis != 2:
            rows = (FLOOR * scale + picture.shape[0] - rows).astype(np.float32)
        seen = cv2.remap(picture, columns, rows, cv2.INTER_AREA, borderMode=cv2.BORDER_WRAP)
        self._lay((slice(None), slice(None)), nearer, t, linear(np.asarray(seen, np.uint8)) * facing)

    def block(self, lower: tuple[float, float, float], upper: tuple[float, float, float], ink: Colour) -> None:
        """A plain block; its top is lighter than its sides."""
        patch = self._around(lower, upper)
        rays = self.rays[:, patch[0], patch[1]]
        cross = solids.crossing(self.eye, rays, np.array(lower, np.float32), np.array(upper, np.float32))
        nearer = (cross.near > 0) & (cross.near < cross.far) & (cross.near < self.depth[patch])
        facing = np.where(cross.low[2] == cross.near, 1.0, np.where(cross.low[1] == cross.near, 0.6, 0.42))
        tone = (np.array(ink, np.float32) / 255) ** 2.2
        self._lay(patch, nearer, cross.near, (facing[..., None] * tone).astype(np.float32))

    def _around(self, lower: tuple[float, float, float], upper: tuple[float, float, float]) -> Patch:
        """The samples a block can cover; all of them if it is long (the lens bends it) or reaches behind the camera."""
        corners = np.array(list(product(*zip(lower, upper, strict=True))), np.float32)
        if max(np.ptp(corners, axis=0)) > 1.5 or float(self.camera.depth(corners).min()) < 0.1:
            return slice(None), slice(None)
        rows, columns = self.depth.shape
        pixels = self.camera.project(corners) * (columns / self.camera.width)
        left, top = np.clip(pixels.min(axis=0) - 4, 0, (columns, rows)).astype(int)
        right, bottom = np.clip(pixels.max(axis=0) + 4, 0, (columns, rows)).astype(int)
        return slice(top, bottom), slice(left, right)

    def _lay(self, patch: Patch, where: NDArray[np.bool_], t: Floats, colour: Floats) -> None:
        np.copyto(self.depth[patch], t, where=where)
        np.copyto(self.colour[patch], colour, where=where[..., None])


def linear(picture: Paint) -> Floats:
    """Values ``(h, w, 3)`` of a picture, uint8 sRGB, to linear float32, 0 to 1."""
    return np.asarray(cv2.LUT(picture, _LINEAR), np.float32)


def furnish(seed: int, camera: Camera, columns: int, rows: int) -> Hall:
    """Build what a camera sees of the empty hall, ``columns`` by ``rows`` samples."""
    rng = dice("hall", seed, camera.index)
    rays = np.ascontiguousarray(camera.rays(columns, rows).transpose(2, 0, 1))
    width = 0.78 + 0.26 * stratum(seed, camera.index, 6)
    style = int(5 * stratum(seed, camera.index, 5))
    canvas = _Canvas(camera, rays)
    canvas.plane(2, FLOOR, textures.concrete(rng), textures.PIXELS_PER_METRE / 2, 1.0)
    canvas.plane(1, float(rng.uniform(1.7, 2.6)), textures.shelves(rng), textures.PIXELS_PER_METRE / 2, 0.62)
    _clutter(canvas, rng, width)
    _conveyor(canvas, rng, width)
    t = (-camera.position[2] / np.minimum(rays[2], -1e-6)).astype(np.float32)
    x, y = camera.position[0] + t * rays[0], camera.position[1] + t * rays[1]
    on_belt = (np.abs(y) < width / 2) & (t < canvas.depth)
    np.copyto(canvas.depth, t, where=on_belt)
    _beams(canvas, rng, width)
    on_belt &= canvas.depth == t
    return Hall(
        rays=rays,
        depth=canvas.depth,
        paint=np.clip(canvas.colour ** (1 / 2.2) * 255 + 0.5, 0, 255).astype(np.uint8),
        belt=on_belt.astype(np.uint8) * 255,
        belt_column=np.where(on_belt, x * textures.PIXELS_PER_METRE, 0).astype(np.float32),
        belt_row=np.where(on_belt, (y + width / 2) * textures.PIXELS_PER_METRE, 0).astype(np.float32),
        belt_paint=textures.belt(rng, style, width),
        pool=_pool(rng, canvas, width),
        stretch=_stretch(camera, width),
    )


def _conveyor(canvas: _Canvas, rng: np.random.Generator, width: float) -> None:
    """Side frames with guide rails, cross members and legs."""
    inks: tuple[Colour, ...] = ((172, 174, 174), (128, 130, 132), (60, 176, 220), (150, 108, 66), (196, 198, 198))
    ink, side = inks[int(rng.integers(len(inks)))], float(rng.uniform(0.05, 0.09))
    height = float(rng.uniform(0.015, 0.05))
    for sign in (-1, 1):
        inner, outer = sorted((sign * width / 2, sign * (width / 2 + side)))
        canvas.block((-9, inner, -0.14), (9, outer, height), ink)
        lip = sorted((sign * (width / 2 + side * 0.8), sign * (width / 2 + side)))
        canvas.block((-9, lip[0], height), (9, lip[1], height + 0.012), (70, 70, 72))
        for x in np.arange(-4, 4, 1.3):
            canvas.block((x, inner, FLOOR), (x + 0.07, outer, -0.14), (98, 98, 100))


def _clutter(canvas: _Canvas, rng: np.random.Generator, width: float) -> None:
    """Yellow lines on the floor, guard posts, a cabinet, a grey bin or two."""
    for sign in (-1, 1):
        y = sign * (width / 2 + float(rng.uniform(0.3, 0.7)))
        if rng.random() < 0.75:
            canvas.block((-9, y, FLOOR), (9, y + 0.09, FLOOR + 0.002), (40, 190, 226))
    for _ in range(int(rng.integers(1, 5))):
        x, side = float(rng.uniform(-2, 2)), float(rng.choice([-1, 1, 1]))
        y = side * (width / 2 + float(rng.uniform(0.35, 0.9)))
        kind = int(rng.integers(3))
        if kind == 0:
            canvas.block((x, y, FLOOR), (x + 0.11, y + 0.11, FLOOR + 0.6), (36, 184, 224))
            canvas.block((x - 0.002, y - 0.002, FLOOR + 0.38), (x + 0.112, y + 0.112, FLOOR + 0.48), (34, 34, 36))
        elif kind == 1:
            tall = float(rng.uniform(0.2, 0.5))
            canvas.block((x, y, FLOOR), (x + 0.5, y + 0.36, FLOOR + tall), (104, 100, 96))
            canvas.block((x + 0.03, y + 0.03, FLOOR + tall), (x + 0.47, y + 0.33, FLOOR + tall + 0.002), (44, 42, 40))
        else:
            canvas.block((x, y, FLOOR), (x + 0.28, y + 0.2, FLOOR + 0.65), (150, 152, 148))


def _beams(canvas: _Canvas, rng: np.random.Generator, width: float) -> None:
    """Some cameras look past a scanner gantry or a cable tray that crosses the belt above the parcels."""
    if rng.random() > 0.45:
        return
    inks: tuple[Colour, ...] = ((186, 188, 186), (44, 150, 214), (120, 122, 124), (150, 196, 170))
    ink, x = inks[int(rng.integers(len(inks)))], float(rng.uniform(-0.6, 0.6))
    level, thick = float(rng.uniform(0.42, 0.6)), float(rng.uniform(0.025, 0.045))
    reach = width / 2 + 0.16
    canvas.block((x, -reach, level), (x + thick, reach, level + thick), ink)
    for sign in (-1, 1):
        inner, outer = sorted((sign * (reach - 0.05), sign * reach))
        canvas.block((x, inner, FLOOR), (x + thick, outer, level), ink)


def _pool(rng: np.random.Generator, canvas: _Canvas, width: float) -> Floats:
    """Lamps light the hall unevenly; corners between belt, rails and floor are darker."""
    spot = canvas.eye[:, None, None] + canvas.depth * canvas.rays
    across, along = float(rng.uniform(-0.5, 0.5)), float(rng.uniform(-1.2, 1.2))
    far = (spot[0] - along) ** 2 * 0.5 + (spot[1] - across) ** 2
    pool = 0.72 + 0.42 * np.exp(-far * 0.7)
    beside = np.abs(np.abs(spot[1]) - width / 2)
    on_belt = (np.abs(spot[1]) < width / 2) & (np.abs(spot[2]) < 0.01)
    pool = pool * np.where(on_belt, 1 - 0.35 * np.exp(-beside / 0.03), 1.0)
    under = (spot[2] < -0.5) & (np.abs(spot[1]) < width / 2 + 0.6)
    shaded = pool * np.where(under, 0.5 + 0.5 * np.clip(beside / 0.6, 0, 1), 1.0)
    return np.asarray(shaded, np.float32)


def _stretch(camera: Camera, width: float) -> Stretch:
    """The belt in view, from a grid that is the same for every frame size: so are the parcels, then."""
    rays = camera.rays(64, 48).reshape(-1, 3)
    down = rays[rays[:, 2] < -1e-3]
    spots = camera.position - down * (camera.position[2] / down[:, 2:])
    x = spots[np.abs(spots[:, 1]) < width / 2, 0]
    begin, end = np.percentile(x, (1, 99)) if len(x) else (-1.0, 1.0)
    return Stretch(round(max(float(begin), -2.0), 3), round(min(float(end), 2.0), 3), width)
