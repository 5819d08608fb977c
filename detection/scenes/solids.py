"""Where rays meet boxes, pillows, cylinders and open crates, and what is painted there. Geometry only, no light.

Everything is in the solid's own frame: origin at its centre, axes along its sides, metres. Rays are planar,
``(3, h, w)``; ``t`` counts lengths of the ray.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from detection.scenes.camera import Floats
from detection.scenes.wrappings import TILE

BAG_BASE = -0.55
"""A bag sags: it is cut off at this part of its half thickness below its centre."""
FLANGE = 0.022
"""Metres by which a bag's seam stands out at both ends."""
RIM = 0.018
"""Thickness of a crate's wall, metres."""


@dataclass(frozen=True, slots=True, eq=False)
class Surface:
    """What each ray of a patch sees of one solid.

    Attributes:
        t: ``(h, w)``; infinite where the ray misses.
        normal: ``(3, h, w)`` outward, about unit length.
        column: ``(h, w)`` place in the skin's atlas, pixels.
        row: ``(h, w)`` same.
        shade: ``(h, w)`` share of the ambient light that reaches the place, 0 to 1.
    """

    t: Floats
    normal: Floats
    column: Floats
    row: Floats
    shade: Floats


@dataclass(frozen=True, slots=True, eq=False)
class _Crossing:
    """Where rays enter and leave a block; ``low`` and ``high`` ``(3, h, w)`` are per axis."""

    low: Floats
    high: Floats
    near: Floats
    far: Floats


def crossing(eye: Floats, rays: Floats, lower: Floats, upper: Floats) -> _Crossing:
    """Cross a block between two corners ``(3,)``; a ray misses where ``near`` is not below ``far``."""
    inverse = 1 / (rays + np.float32(1e-9))
    first = (lower - eye)[:, None, None] * inverse
    second = (upper - eye)[:, None, None] * inverse
    low, high = np.minimum(first, second), np.maximum(first, second)
    near = np.maximum(np.maximum(low[0], low[1]), low[2])
    far = np.minimum(np.minimum(high[0], high[1]), high[2])
    return _Crossing(low, high, near, far)


def block(eye: Floats, rays: Floats, half: Floats) -> Surface:
    """A closed box: lid, sides and ends lie in tiles 0, 1 and 2 of its skin."""
    cross = crossing(eye, rays, -half, half)
    hit = eye[:, None, None] + cross.near * rays
    across = hit / half[:, None, None] * 0.5 + 0.5
    on_end, on_lid = cross.low[0] == cross.near, cross.low[2] == cross.near
    facing = np.sign(eye).astype(np.float32)
    end_u = across[1] if facing[0] > 0 else 1 - across[1]
    side_u = np.where(on_lid | (facing[1] < 0), across[0], 1 - across[0])
    u = np.where(on_end, end_u, side_u)
    v = 1 - np.where(on_lid, across[1], across[2])
    tile = np.where(on_lid, 0, np.where(on_end, 2, 1))
    normal = np.stack([on_end * facing[0], ~(on_end | on_lid) * facing[1], on_lid * facing[2]]).astype(np.float32)
    t = np.where(cross.near < cross.far, cross.near, np.inf).astype(np.float32)
    return Surface(t, normal, _place(u, tile), _place(v, 0), _grounded(hit[2], half[2]))


def crate(eye: Floats, rays: Floats, half: Floats) -> Surface:
    """An open crate: ribbed walls in tile 0 of its skin, the inside in tile 1."""
    outer = block(eye, rays, half)
    rim = np.array([RIM, RIM, RIM], np.float32)
    top = eye[:, None, None] + outer.t * rays
    open_x, open_y = (np.abs(top[i]) < half[i] - RIM for i in (0, 1))
    inside = (outer.normal[2] > 0) & open_x & open_y
    cross = crossing(eye, rays, rim - half, half - rim + np.array([0, 0, 1], np.float32))
    hit = eye[:, None, None] + cross.far * rays
    floor = cross.high[2] == cross.far
    across = hit / half[:, None, None] * 0.5 + 0.5
    depth = np.clip(across[2], 0, 1)
    facing = [(cross.high[i] == cross.far) * -np.sign(rays[i]) for i in (0, 1)]
    inner = np.stack([*facing, floor.astype(np.float32)]).astype(np.float32)
    column = np.where(inside, _place(np.where(floor | (facing[1] != 0), across[0], across[1]), 1), _walls(outer.column))
    row = np.where(inside, _place(np.where(floor, across[1], 1 - across[2]), 0), outer.row)
    rim_row = (outer.normal[2] > 0) & ~inside
    return Surface(
        np.where(inside, cross.far, outer.t).astype(np.float32),
        np.where(inside, inner, outer.normal),
        column.astype(np.float32),
        np.where(rim_row, 4, row).astype(np.float32),
        np.where(inside, 0.35 + 0.5 * depth, outer.shade).astype(np.float32),
    )


def cylinder(eye: Floats, rays: Floats, half: Floats) -> Surface:
    """A tube along x: the wall lies in tile 0 of its skin, the caps in tile 1; half is length, radius, radius."""
    length, radius = half[0], half[2]
    a = rays[1] ** 2 + rays[2] ** 2
    b = eye[1] * rays[1] + eye[2] * rays[2]
    inside = b * b - a * (eye[1] ** 2 + eye[2] ** 2 - radius**2)
    t_wall = (-b - np.sqrt(np.maximum(inside, 0))) / a
    along = eye[0] + t_wall * rays[0]
    t_wall = np.where((inside > 0) & (np.abs(along) <= length), t_wall, np.inf)
    end = np.float32(np.copysign(length, eye[0]))
    t_cap = (end - eye[0]) / np.where(np.abs(rays[0]) < 1e-7, np.float32(1e-7), rays[0])
    cap_y, cap_z = eye[1] + t_cap * rays[1], eye[2] + t_cap * rays[2]
    on_cap = (cap_y**2 + cap_z**2 <= radius**2) & (abs(eye[0]) > length)
    t = np.where(on_cap, t_cap, t_wall).astype(np.float32)
    met = np.where(np.isfinite(t), t, 0)
    y, z = (eye[1] + met * rays[1]) / radius, (eye[2] + met * rays[2]) / radius
    round_ = np.where(on_cap, 0, 1)
    normal = np.stack([on_cap * np.sign(end), y * round_, z * round_]).astype(np.float32)
    u = np.where(on_cap, y * 0.5 + 0.5, (eye[0] + met * rays[0]) / length * 0.5 + 0.5)
    v = 0.5 - np.where(on_cap, z * 0.5, 0.32 * y + 0.18 * y**3)
    return Surface(t, normal, _place(u, 1 - round_), _place(v, 0), _grounded(z * radius, radius))


def pillow(eye: Floats, rays: Floats, half: Floats, slopes: Floats) -> Surface:
    """A filled bag with seams at both ends; ``slopes`` ``(TILE, TILE, 2)`` crumple it.

    Its side is ``sqrt(X^4 + Y^4) + Z^2 = 1`` in halves, a convex function along any ray: Newton's steps from the
    surrounding block approach the first root from one side.
    """
    scaled_eye, scaled = eye / half, rays / half[:, None, None]
    cross = crossing(eye, rays, -half, half)
    crossed = cross.near < cross.far
    begin, end = (np.where(crossed, edge, 0).astype(np.float32) for edge in (cross.near, cross.far))
    t = begin
    for _ in range(6):
        x, y, z = scaled_eye[:, None, None] + t * scaled
        x3, y3 = x * x * x, y * y * y
        ring = np.sqrt(x * x3 + y * y3) + np.float32(1e-6)
        slope = 2 * (x3 * scaled[0] + y3 * scaled[1]) / ring + 2 * z * scaled[2]
        left = ring + z * z - 1
        t = np.clip(t - left / np.minimum(slope, np.float32(-1e-3)), begin, end)
    met = crossed & (np.abs(left) < 0.03) & (z > BAG_BASE)
    seam_t, on_seam = _seam(eye, rays, half)
    on_seam = on_seam & ~met
    normal = np.stack([x3 / ring / half[0], y3 / ring / half[1], z / half[2]])
    u, v = (np.where(on_seam, eye[i] / half[i] + seam_t * scaled[i], (x, y)[i]) * 0.5 for i in (0, 1))
    column, row = _place(0.5 + u, 0), _place(0.5 - v, 0)
    return Surface(
        np.where(met, t, np.where(on_seam, seam_t, np.inf)).astype(np.float32),
        _crumpled(np.where(on_seam, np.array([0, 0, 1], np.float32)[:, None, None], normal), slopes, column, row),
        column,
        row,
        _grounded((z - BAG_BASE - 1) * half[2], half[2]),
    )


def _seam(eye: Floats, rays: Floats, half: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Where rays meet the flat seams, and whether."""
    t = ((BAG_BASE + 0.12) * half[2] - eye[2]) / np.minimum(rays[2], np.float32(-1e-6))
    x, y = eye[0] + t * rays[0], eye[1] + t * rays[1]
    return t, (np.abs(x) < half[0] + FLANGE) & (np.abs(y) < 0.8 * half[1])


def _crumpled(normal: Floats, slopes: Floats, column: Floats, row: Floats) -> Floats:
    pick_x = np.clip(column, 0, TILE - 1).astype(np.intp)
    pick_y = np.clip(row, 0, TILE - 1).astype(np.intp)
    bent = slopes[pick_y, pick_x]
    length = np.sqrt(normal[0] ** 2 + normal[1] ** 2 + normal[2] ** 2) + np.float32(1e-9)
    x, y, z = normal[0] / length - bent[..., 0], normal[1] / length + bent[..., 1], normal[2] / length
    again = 1 / np.sqrt(x * x + y * y + z * z + np.float32(1e-9))
    return np.stack([x * again, y * again, z * again]).astype(np.float32)


def _place(across: Floats, tile: Floats | int) -> Floats:
    place: Floats = ((np.clip(across, 0.006, 0.994) + tile) * TILE - 0.5).astype(np.float32)
    return place


def _walls(column: Floats) -> Floats:
    """All faces of a crate share one tile."""
    folded: Floats = np.mod(column + 0.5, TILE) - 0.5
    return folded


def _grounded(z: Floats, half: float) -> Floats:
    """Ambient light fades over the last eight centimetres above what the solid stands on."""
    shade: Floats = (0.62 + 0.38 * np.clip((z + half) / 0.08, 0, 1)).astype(np.float32)
    return shade


@lru_cache(maxsize=1)
def unit_outlines() -> dict[str, Floats]:
    """For every kind points ``(n, 3)`` in halves whose projection spans that of the whole solid."""
    along = np.linspace(-1, 1, 13)
    corners = [(a, b) for a in (-1.0, 1.0) for b in (-1.0, 1.0)]
    edges = np.array([np.insert(np.array(c), axis, s) for axis in range(3) for c in corners for s in along])
    turn = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    circles = np.array([(end, np.sin(a), np.cos(a)) for end in (-1, 1) for a in turn])
    circle = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    ring = np.sign(circle) * np.sqrt(np.abs(circle))
    heights = (BAG_BASE, -0.3, 0, 0.2, 0.4, 0.6, 0.8, 0.95)
    levels = [np.c_[ring * np.sqrt(1 - z * z), np.full(len(turn), z)] for z in heights]
    outlines = {"box": edges, "crate": edges, "tube": circles, "polybag": np.concatenate(levels)}
    return {kind: points.astype(np.float32) for kind, points in outlines.items()}
