"""Where a camera hangs and how its lens maps the hall to pixels, exactly and both ways.

World: metres, right-handed; the belt's top is the plane z = 0 and runs along +x through the origin, the floor lies
below, the shelves stand at +y. The lens bends by the division model, whose inverse is a formula: truth and pixels
cannot disagree.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detection.scenes.dice import dice, stratum

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Camera:
    """One mounted camera.

    Attributes:
        index: 0 and up.
        position: ``(3,)`` metres.
        axes: ``(3, 3)`` rows right, down, forward, unit vectors in the world.
        half_angle: tangent of half the horizontal angle of view.
        bend: division coefficient at the radius of half the width; below 0 is a barrel.
        vignetting: share of light lost in the corners, 0 to 1.
        gamma: exponent of the film relative to the usual 1/2.2.
        saturation: 1 is neutral.
        width: pixels.
        height: pixels.
    """

    index: int
    position: Floats
    axes: Floats
    half_angle: float
    bend: float
    vignetting: float
    gamma: float
    saturation: float
    width: int
    height: int

    @property
    def name(self) -> str:
        """``cam-03``."""
        return f"cam-{self.index:02d}"

    def project(self, points: Floats) -> Floats:
        """World points ``(n, 3)`` in front of the camera to pixels ``(n, 2)``; the first pixel spans 0 to 1."""
        seen = (points - self.position) @ self.axes.T
        flat = seen[:, :2] / (np.maximum(seen[:, 2:], 0.05) * self.half_angle)
        squared = np.sum(flat * flat, axis=1, keepdims=True)
        root = np.sqrt(np.maximum(1 - 4 * self.bend * squared, 0.02))
        bent = flat * (2 / (1 + root))
        pixels: Floats = bent * (self.width / 2) + np.array([self.width / 2, self.height / 2], np.float32)
        return pixels.astype(np.float32)

    def depth(self, points: Floats) -> Floats:
        """Distance ``(n,)`` of world points along the optical axis, metres; below 0 is behind the camera."""
        depths: Floats = (points - self.position) @ self.axes[2]
        return depths

    def rays(self, columns: int, rows: int) -> Floats:
        """``(rows, columns, 3)`` directions in the world through a grid of samples spread over the frame.

        Their length is such that ``t`` in ``position + t * ray`` is the depth along the optical axis.
        """
        half = self.width / 2
        x = ((np.arange(columns, dtype=np.float32) + 0.5) * (self.width / columns) - half) / half
        y = ((np.arange(rows, dtype=np.float32) + 0.5) * (self.height / rows) - self.height / 2) / half
        grid = np.stack(np.broadcast_arrays(x[None, :], y[:, None]), axis=2)
        straight = grid / (1 + self.bend * np.sum(grid * grid, axis=2, keepdims=True))
        forward = np.ones((rows, columns, 1), np.float32)
        directions = np.concatenate([straight * self.half_angle, forward], axis=2) @ self.axes
        return directions.astype(np.float32)


def mount(seed: int, index: int, width: int, height: int) -> Camera:
    """Hang the camera ``index`` of the world ``seed``; frame sizes differ in pixels, never in what they show."""
    rng = dice("camera", seed, index)
    tilt = np.radians(38 + 44 * stratum(seed, index, 0))
    bearing = np.radians(-34 + 68 * stratum(seed, index, 1))
    half_angle = float(np.tan(np.radians(25 + 13 * stratum(seed, index, 2))))
    span = 1.75 + 0.65 * stratum(seed, index, 3)
    target = np.array([rng.uniform(-0.15, 0.15), rng.uniform(-0.12, 0.12), 0.08])
    forward = np.array([np.sin(bearing) * np.cos(tilt), np.cos(bearing) * np.cos(tilt), -np.sin(tilt)])
    return Camera(
        index=index,
        position=(target - forward * (span / 2 / half_angle)).astype(np.float32),
        axes=_axes(forward, float(np.radians(rng.uniform(-8, 8)))),
        half_angle=half_angle,
        bend=-0.005 - 0.125 * stratum(seed, index, 4),
        vignetting=0.12 + 0.4 * stratum(seed, index, 5),
        gamma=float(rng.uniform(0.92, 1.08)),
        saturation=float(rng.uniform(0.82, 1.12)),
        width=width,
        height=height,
    )


def _axes(forward: NDArray[np.float64], roll: float) -> Floats:
    right = np.cross(forward, [0.0, 0.0, 1.0])
    right /= np.linalg.norm(right)
    down = np.cross(forward, right)
    turned_right = np.cos(roll) * right + np.sin(roll) * down
    turned_down = np.cos(roll) * down - np.sin(roll) * right
    return np.stack([turned_right, turned_down, forward]).astype(np.float32)
