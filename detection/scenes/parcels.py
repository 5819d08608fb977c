"""Parcels: their kinds, sizes and places, and the points that span their outline."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from detection.scenes import solids, wrappings
from detection.scenes.camera import Floats
from detection.scenes.textures import Paint

Kind = Literal["box", "polybag", "tube", "crate"]

_SIZES: dict[Kind, tuple[tuple[float, float, float], tuple[float, float, float]]] = {
    "box": ((0.14, 0.10, 0.055), (0.27, 0.20, 0.16)),
    "polybag": ((0.15, 0.11, 0.045), (0.24, 0.18, 0.08)),
    "tube": ((0.18, 0.052, 0.052), (0.33, 0.082, 0.082)),
    "crate": ((0.20, 0.14, 0.08), (0.28, 0.20, 0.14)),
}
"""Smallest and largest half length, half width, half height, metres."""

_SKINS = {"box": wrappings.cartons, "polybag": wrappings.bags, "tube": wrappings.tubes, "crate": wrappings.crates}

GLOSS: dict[Kind, float] = {"box": 0.03, "polybag": 0.5, "tube": 0.12, "crate": 0.22}


@dataclass(frozen=True, slots=True, eq=False)
class Parcel:
    """One parcel on the belt.

    Attributes:
        kind: its class.
        half: ``(3,)`` half sizes along its own axes, metres.
        centre: ``(3,)`` metres in the world.
        axes: ``(3, 3)`` rows are its own axes in the world.
        skin: which picture it is wrapped in.
        tint: ``(3,)`` factors on blue, green and red of the skin.
    """

    kind: Kind
    half: Floats
    centre: Floats
    axes: Floats
    skin: int
    tint: Floats

    def moved(self, metres: float) -> Parcel:
        """The same parcel farther along the belt."""
        return replace(self, centre=self.centre + np.array([metres, 0, 0], np.float32))

    @property
    def base(self) -> float:
        """Height of what it stands on, metres above the belt."""
        return float(self.centre[2] - self.half[2] * (-solids.BAG_BASE if self.kind == "polybag" else 1))

    @property
    def top(self) -> float:
        """Height of its highest point, metres above the belt."""
        return float(self.centre[2] + self.half[2])

    @property
    def atlas(self) -> Paint:
        """The picture it is wrapped in."""
        return _SKINS[self.kind]()[self.skin]

    @property
    def radius(self) -> float:
        """Metres from its centre to its farthest corner."""
        return float(np.linalg.norm(self.half))

    def blocks(self, spots: Floats, lamp: Floats) -> Floats:
        """Where a lamp in direction ``(3,)`` is hidden by this parcel, as seen from spots ``(3, h, w)``: 0 or 1."""
        away = spots - self.centre[:, None, None]
        own = (self.axes @ away.reshape(3, -1)).reshape(spots.shape)
        towards = self.axes @ lamp
        towards = np.where(np.abs(towards) < 1e-5, np.float32(1e-5), towards)[:, None, None]
        half = (self.half * np.float32(1.0 if self.kind in ("box", "crate") else 0.85))[:, None, None]
        ends = (-own - np.sign(towards) * half) / towards, (-own + np.sign(towards) * half) / towards
        near = np.maximum(np.maximum(ends[0][0], ends[0][1]), ends[0][2])
        far = np.minimum(np.minimum(ends[1][0], ends[1][1]), ends[1][2])
        return np.asarray((far > near) & (far > 0.004), np.float32)

    def outline(self) -> Floats:
        """World points ``(n, 3)`` whose projection spans the parcel's."""
        points = solids.unit_outlines()[self.kind] * self.half
        if self.kind == "polybag":
            points = np.concatenate([points, self._seam_corners()])
        return (points @ self.axes + self.centre).astype(np.float32)

    def footprint(self) -> Floats:
        """``(4, 2)`` corners on the belt, metres."""
        reach = solids.FLANGE if self.kind == "polybag" else 0.0
        signs = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], np.float32)
        sides = signs * (self.half[:2] + np.array([reach, 0], np.float32))
        return np.asarray(sides @ self.axes[:2, :2] + self.centre[:2], np.float32)

    def seen(self, eye: Floats, rays: Floats) -> solids.Surface:
        """What a patch of world rays ``(3, h, w)`` from ``eye`` ``(3,)`` sees of it, in its own axes."""
        own_eye = self.axes @ (eye - self.centre)
        own_rays = (self.axes @ rays.reshape(3, -1)).reshape(rays.shape)
        if self.kind == "box":
            return solids.block(own_eye, own_rays, self.half)
        if self.kind == "tube":
            return solids.cylinder(own_eye, own_rays, self.half)
        if self.kind == "crate":
            return solids.crate(own_eye, own_rays, self.half)
        return solids.pillow(own_eye, own_rays, self.half, wrappings.creases()[self.skin])

    def _seam_corners(self) -> Floats:
        x, y, z = self.half[0] + solids.FLANGE, 0.8 * self.half[1], (solids.BAG_BASE + 0.12) * self.half[2]
        return np.array([(a * x, b * y, z) for a in (-1, 1) for b in (-1, 0, 1)], np.float32)


def wrap(kind: Kind, rng: np.random.Generator) -> Parcel:
    """A new parcel of a kind, turned at random, standing at the origin."""
    small, large = _SIZES[kind]
    half = rng.uniform(small, large)
    if kind == "tube":
        half[1] = half[2]
    yaw = rng.uniform(-np.pi, np.pi)
    cos, sin = np.cos(yaw), np.sin(yaw)
    height = half[2] * (-solids.BAG_BASE if kind == "polybag" else 1)
    return Parcel(
        kind=kind,
        half=half.astype(np.float32),
        centre=np.array([0, 0, height], np.float32),
        axes=np.array([(cos, sin, 0), (-sin, cos, 0), (0, 0, 1)], np.float32),
        skin=int(rng.integers(wrappings.SKINS)),
        tint=(rng.uniform(0.86, 1.08) * rng.uniform(0.96, 1.04, 3)).astype(np.float32),
    )
