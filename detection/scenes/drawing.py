"""Puts parcels on the belt of an empty hall: shadows, then each parcel ray by ray, nearest first wins."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.scenes.camera import Camera, Floats
from detection.scenes.hall import Hall, linear
from detection.scenes.lighting import Light
from detection.scenes.parcels import GLOSS, Parcel
from detection.scenes.solids import Surface
from detection.scenes.textures import BELT_LENGTH, PIXELS_PER_METRE


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


def expose(camera: Camera, hall: Hall, light: Light, parcels: list[Parcel], ride: float) -> Exposure:
    """Draw one instant.

    Args:
        camera: who looks.
        hall: its static surroundings, at the resolution to draw in.
        light: of the scene.
        parcels: in any order.
        ride: metres the belt has moved since the scene began.
    """
    rows, columns = hall.depth.shape
    picture = hall.colour.copy()
    phase = np.float32(ride % BELT_LENGTH * PIXELS_PER_METRE)
    ridden = hall.belt_column - phase
    belt = cv2.remap(hall.belt_paint, ridden, hall.belt_row, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
    np.copyto(picture, linear(np.asarray(belt, np.uint8)), where=hall.belt[..., None])
    picture *= _irradiance(camera, hall, light, parcels)[..., None]
    depth, owner = hall.depth.copy(), np.zeros((rows, columns), np.int32)
    for number, parcel in enumerate(parcels, start=1):
        _lay(camera, hall, light, parcel, _Sheet(picture, depth, owner, number))
    size = (camera.width, camera.height)
    moving = cv2.resize((hall.belt | (owner > 0)).astype(np.float32), size, interpolation=cv2.INTER_AREA)
    counts = np.bincount(owner.ravel(), minlength=len(parcels) + 1)[1:]
    return Exposure(
        light=np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.float32),
        moving=np.asarray(moving, np.float32),
        seen=(counts * (camera.width * camera.height / (rows * columns))).astype(np.float32),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Sheet:
    """What is being drawn on: light, depth and owner of each sample, and who draws now."""

    picture: Floats
    depth: Floats
    owner: NDArray[np.int32]
    number: int


def _irradiance(camera: Camera, hall: Hall, light: Light, parcels: list[Parcel]) -> Floats:
    """``(h, w)`` light on the static surfaces: lamps' pools, less cast shadows and the dark under parcels."""
    rows, columns = hall.depth.shape
    small = np.zeros((2, rows // 2, columns // 2), np.uint8)
    scale = columns / 2 / camera.width
    for parcel in parcels:
        outline = parcel.outline()
        cast = outline - light.direction * (outline[:, 2:] / light.direction[2])
        cast[:, 2] = 0
        foot = np.c_[parcel.footprint(), np.zeros(4)].astype(np.float32)
        for layer, points in ((0, cast), (1, foot)):
            if layer == 1 and parcel.base > 0.01:
                continue
            pixels = camera.project(points) * scale
            hull = cv2.convexHull(np.rint(pixels * 16).astype(np.int32))
            cv2.fillConvexPoly(small[layer], hull, 255, cv2.LINE_AA, 4)
    soft = cv2.GaussianBlur(small[0], (0, 0), columns / 260)
    near = cv2.GaussianBlur(small[1], (0, 0), columns / 130)
    up = light.direct * float(light.direction[2])
    lit = (light.ambient + up) - np.float32(up / 255 * 0.92) * soft - np.float32(light.ambient / 255 * 0.55) * near
    large = cv2.resize(lit.astype(np.float32), (columns, rows), interpolation=cv2.INTER_LINEAR)
    return np.asarray(hall.pool * large, np.float32)


def _lay(camera: Camera, hall: Hall, light: Light, parcel: Parcel, sheet: _Sheet) -> None:
    """Draw one parcel where nothing nearer was drawn."""
    rows, columns = hall.depth.shape
    pixels = camera.project(parcel.outline()) * (columns / camera.width)
    left, top = np.maximum(np.floor(pixels.min(axis=0)).astype(int) - 1, 0)
    right, bottom = np.ceil(pixels.max(axis=0)).astype(int) + 1
    if left >= min(right, columns) or top >= min(bottom, rows):
        return
    patch = (slice(top, bottom), slice(left, right))
    rays = np.ascontiguousarray(hall.rays[:, top:bottom, left:right])
    surface = parcel.seen(camera.position, rays)
    nearer = surface.t < sheet.depth[patch]
    pool = float(np.median(hall.pool[patch]))
    np.copyto(sheet.picture[patch], pool * _shaded(camera, light, parcel, surface), where=nearer[..., None])
    np.copyto(sheet.depth[patch], surface.t, where=nearer)
    np.copyto(sheet.owner[patch], sheet.number, where=nearer)


def _shaded(camera: Camera, light: Light, parcel: Parcel, surface: Surface) -> Floats:
    """``(h, w, 3)`` light that a parcel's surface sends to the camera."""
    skin = cv2.remap(parcel.atlas, surface.column, surface.row, cv2.INTER_LINEAR)
    lamp, view = parcel.axes @ light.direction, parcel.axes @ (camera.position - parcel.centre)
    halfway = lamp + view / np.linalg.norm(view)
    halfway /= np.linalg.norm(halfway)
    facing = np.maximum(np.tensordot(lamp, surface.normal, 1), 0)
    sky = 0.55 + 0.45 * surface.normal[2]
    lit = light.ambient * sky * surface.shade + light.direct * facing
    mirrored = np.maximum(np.tensordot(halfway, surface.normal, 1), 0) ** 2
    shine = GLOSS[parcel.kind] * (mirrored**8 * light.direct + 0.25 * mirrored**2 * light.ambient)
    shaded: Floats = linear(np.asarray(skin, np.uint8)) * parcel.tint * lit[..., None] + shine[..., None]
    return shaded
