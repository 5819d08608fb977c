"""Puts parcels on the belt of an empty hall: shadows, then each parcel ray by ray, nearest first wins."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.scenes.camera import Camera, Floats
from detection.scenes.hall import Hall, Patch, linear
from detection.scenes.lighting import Light
from detection.scenes.parcels import GLOSS, Parcel
from detection.scenes.solids import Surface
from detection.scenes.textures import BELT_LENGTH, PIXELS_PER_METRE


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """Who looks at what, in which light; the hall is at the resolution to draw in."""

    camera: Camera
    hall: Hall
    light: Light


@dataclass(frozen=True, eq=False)
class Sighting:
    """A parcel as one camera has it in view.

    Attributes:
        parcel: the parcel.
        outline: ``(n, 3)`` points that span it, metres.
        pixels: ``(n, 2)`` where the camera sees them.
    """

    parcel: Parcel
    outline: Floats
    pixels: Floats

    @cached_property
    def corners(self) -> Floats:
        """``(4,)`` x1 y1 x2 y2 of the whole parcel, pixels, perhaps beyond the frame."""
        return np.concatenate([self.pixels.min(axis=0), self.pixels.max(axis=0)])


@dataclass(frozen=True, slots=True, eq=False)
class Exposure:
    """What falls on the sensor, before the film.

    Attributes:
        light: ``(h, w, 3)`` linear, BGR.
        moving: ``(h, w)`` share of the pixel that shows belt or parcels.
        seen: ``(n,)`` area in which each parcel is seen, square pixels of the frame.
    """

    light: Floats
    moving: Floats
    seen: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Sheet:
    """What is being drawn on: light, depth and owner (0 is nobody) of each sample."""

    picture: Floats
    depth: Floats
    owner: NDArray[np.uint8]


def expose(view: View, sightings: list[Sighting], ride: float) -> Exposure:
    """Draw one instant: at most 255 parcels, in any order; the belt has moved ``ride`` metres since the scene began."""
    rows, columns = view.hall.depth.shape
    irradiance = cv2.merge([_irradiance(view, sightings)] * 3)
    sheet = _Sheet(
        picture=np.asarray(cv2.multiply(linear(_empty(view.hall, ride)), irradiance), np.float32),
        depth=view.hall.depth.copy(),
        owner=np.zeros((rows, columns), np.uint8),
    )
    patches = [_lay(view, sightings, number, sheet) for number in range(len(sightings))]
    seen = [np.count_nonzero(sheet.owner[patch] == number) for number, patch in enumerate(patches, start=1)]
    moving = np.maximum(view.hall.belt, np.minimum(sheet.owner, 1) * 255)
    size = (view.camera.width, view.camera.height)
    return Exposure(
        light=np.asarray(cv2.resize(sheet.picture, size, interpolation=cv2.INTER_AREA), np.float32),
        moving=cv2.resize(moving, size, interpolation=cv2.INTER_AREA).astype(np.float32) / 255,
        seen=np.array(seen, np.float32) * (size[0] * size[1] / (rows * columns)),
    )


def _empty(hall: Hall, ride: float) -> NDArray[np.uint8]:
    """The hall with its belt moved on."""
    painted, ridden = hall.paint.copy(), hall.belt_column - np.float32(ride % BELT_LENGTH * PIXELS_PER_METRE)
    belt = cv2.remap(hall.belt_paint, ridden, hall.belt_row, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
    cv2.copyTo(belt, hall.belt, painted)
    return painted


def _irradiance(view: View, sightings: list[Sighting]) -> Floats:
    """``(h, w)`` light on the static surfaces: lamps' pools, less cast shadows and the dark under parcels."""
    rows, columns = view.hall.depth.shape
    light, lamp = view.light, view.light.direction
    shadow, contact = (np.zeros((rows // 2, columns // 2), np.uint8) for _ in range(2))
    for sighting in sightings:
        _blot(view, shadow, sighting.outline - lamp * (sighting.outline[:, 2:] / lamp[2]))
        if sighting.parcel.base < 0.01:
            _blot(view, contact, np.c_[sighting.parcel.footprint(), np.zeros(4)].astype(np.float32))
    soft = cv2.GaussianBlur(shadow, (0, 0), columns / 300)
    near = cv2.GaussianBlur(contact, (0, 0), columns / 130)
    up = light.direct * float(lamp[2])
    lit = (light.ambient + up) - np.float32(up / 255 * 0.92) * soft - np.float32(light.ambient / 255 * 0.6) * near
    large = cv2.resize(lit.astype(np.float32), (columns, rows), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.multiply(view.hall.pool, large), np.float32)


def _blot(view: View, layer: NDArray[np.uint8], points: Floats) -> None:
    """Fill the hull of world points ``(n, 3)`` on a layer of any size that covers the frame."""
    pixels = view.camera.project(points) * (layer.shape[1] / view.camera.width)
    cv2.fillConvexPoly(layer, cv2.convexHull(np.rint(pixels * 16).astype(np.int32)), 255, cv2.LINE_AA, 4)


def _lay(view: View, sightings: list[Sighting], number: int, sheet: _Sheet) -> Patch:
    """Draw one parcel where nothing nearer was drawn, and say in which patch it lies."""
    rows, columns = sheet.depth.shape
    low, high = sightings[number].corners.reshape(2, 2) * (columns / view.camera.width)
    left, top = np.maximum(np.floor(low).astype(int) - 1, 0)
    right, bottom = np.minimum(np.ceil(high).astype(int) + 1, (columns, rows))
    patch = slice(top, max(top, bottom)), slice(left, max(left, right))
    rays = np.ascontiguousarray(view.hall.rays[:, patch[0], patch[1]])
    if rays.size == 0:
        return patch
    surface = sightings[number].parcel.seen(view.camera.position, rays)
    nearer = surface.t < sheet.depth[patch]
    spots = view.camera.position[:, None, None] + np.where(nearer, surface.t, np.float32(0)) * rays
    direct = _unshaded(view.light, sightings, number, np.asarray(spots, np.float32))
    shaded = _shaded(view, sightings[number].parcel, surface, direct)
    cv2.copyTo(shaded, nearer.view(np.uint8), sheet.picture[patch])
    np.copyto(sheet.depth[patch], surface.t, where=nearer)
    np.copyto(sheet.owner[patch], number + 1, where=nearer)
    return patch


def _unshaded(light: Light, sightings: list[Sighting], number: int, spots: Floats) -> Floats | float:
    """How much of the lamp reaches points ``(3, h, w)`` of one parcel past all others: 1 or ``(h, w)`` in [0, 1]."""
    here, free = sightings[number].parcel, np.float32(1.0)
    share: Floats | float = 1.0
    for other in sightings:
        gap = other.parcel.centre - here.centre
        ahead = float(gap @ light.direction)
        aside = float(np.linalg.norm(gap - ahead * light.direction))
        if other.parcel is here or ahead < 0.02 or aside > other.parcel.radius + here.radius:
            continue
        share = share * (free - 0.9 * other.parcel.blocks(spots, light.direction))
    return share


def _shaded(view: View, parcel: Parcel, surface: Surface, direct: Floats | float) -> Floats:
    """``(h, w, 3)`` light that a parcel's surface sends to the camera."""
    skin = cv2.remap(parcel.atlas, surface.column, surface.row, cv2.INTER_LINEAR)
    light, eye = view.light, parcel.axes @ (view.camera.position - parcel.centre)
    lamp = parcel.axes @ light.direction
    halfway = lamp + eye / np.linalg.norm(eye)
    facing = np.maximum(_along(lamp, surface.normal), 0) * direct
    mirrored = np.maximum(_along(halfway / np.linalg.norm(halfway), surface.normal), 0) ** 2
    lit = light.ambient * (0.55 + 0.45 * surface.normal[2]) * surface.shade + light.direct * facing
    sparkle = mirrored * mirrored
    sparkle = sparkle * (np.square(sparkle * sparkle) * direct * light.direct + 0.25 * light.ambient)
    tinted = cv2.multiply(linear(np.asarray(skin, np.uint8)), cv2.merge([lit.astype(np.float32)] * 3))
    shine = np.float32(GLOSS[parcel.kind]) * sparkle
    return np.asarray((tinted * parcel.tint + shine[..., None]) * _pool(view, parcel), np.float32)


def _pool(view: View, parcel: Parcel) -> np.float32:
    """How much of the lamps' light reaches the place where a parcel stands, or the frame's edge nearest to it."""
    rows, columns = view.hall.pool.shape
    x, y = view.camera.project(parcel.centre[None])[0] * (columns / view.camera.width)
    return np.float32(view.hall.pool[int(np.clip(y, 0, rows - 1)), int(np.clip(x, 0, columns - 1))])


def _along(direction: Floats, normal: Floats) -> Floats:
    """Cosine between one direction ``(3,)`` and normals ``(3, h, w)``."""
    cosine: Floats = direction[0] * normal[0] + direction[1] * normal[1] + direction[2] * normal[2]
    return cosine
