"""The light of one scene: where it comes from, how strong and how warm, and what it does to the sensor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from detection.scenes.camera import Floats
from detection.scenes.dice import dice
from detection.scenes.seasons import Season

Lighting = Literal["bright", "normal", "dim", "dusk"]
LIGHTINGS: tuple[Lighting, ...] = get_args(Lighting)


@dataclass(frozen=True, slots=True)
class _Manner:
    """What one lighting means: exposure and the part that comes straight from the lamp, colour, sensor."""

    exposure: float
    direct: float
    warmth: float
    noise: float
    blur: float
    glare: float


_MANNERS: dict[Lighting, _Manner] = {
    "bright": _Manner(1.30, 0.70, -0.10, 0.5, 0.4, 0.35),
    "normal": _Manner(0.85, 0.66, 0.05, 0.8, 0.7, 0.25),
    "dim": _Manner(0.38, 0.60, 0.20, 1.3, 1.5, 0.20),
    "dusk": _Manner(0.21, 0.55, -0.30, 1.5, 1.8, 0.15),
}


@dataclass(frozen=True, slots=True, eq=False)
class Light:
    """The light of one scene.

    Attributes:
        direction: ``(3,)`` unit vector towards the lamp.
        direct: strength of the lamp, linear.
        ambient: strength of what comes from everywhere, linear.
        colour: ``(3,)`` gains of blue, green, red.
        noise: sensor noise, 1 is a good camera by day.
        blur: motion blur as a part of the frame's width.
        glare: ``(k, 4)`` reflections of lamps: x and y as parts of the width and height, radius as a part of the
            width, strength 0 to 1.
    """

    direction: Floats
    direct: float
    ambient: float
    colour: Floats
    noise: float
    blur: float
    glare: Floats


def shine(lighting: Lighting, season: Season, *key: int) -> Light:
    """The light of a scene.

    Args:
        lighting: which of the four.
        season: how the year shifts it.
        key: names the scene: seed, day, camera, scene.
    """
    manner, rng = _MANNERS[lighting], dice("light", *key)
    exposure = manner.exposure * season.brightness * rng.uniform(0.86, 1.16)
    warmth = manner.warmth + season.warmth + rng.uniform(-0.15, 0.15)
    return Light(
        direction=_direction(season, rng),
        direct=exposure * manner.direct * 1.45,
        ambient=exposure * (1 - manner.direct) * 1.45,
        colour=np.array([1 - 0.28 * warmth, 1 - 0.03 * abs(warmth), 1 + 0.22 * warmth], np.float32),
        noise=manner.noise * season.noise * rng.uniform(0.8, 1.2),
        blur=0.0042 * manner.blur * season.blur * rng.uniform(0.6, 1.3),
        glare=_glare(manner.glare, rng),
    )


def _direction(season: Season, rng: np.random.Generator) -> Floats:
    """A lamp above, mostly on the far side: shadows fall towards the cameras; the year's low sun pulls it down."""
    slope = rng.uniform(0.45, 1.05) * season.shadow_length
    bearing = rng.uniform(-0.2 * np.pi, 1.2 * np.pi)
    towards = np.array([slope * np.cos(bearing), slope * np.sin(bearing), 1.0])
    return np.asarray(towards / np.linalg.norm(towards), np.float32)


def _glare(chance: float, rng: np.random.Generator) -> Floats:
    if rng.random() > chance:
        return np.zeros((0, 4), np.float32)
    count = int(rng.integers(1, 3))
    low, high = (0.05, 0.05, 0.03, 0.25), (0.95, 0.95, 0.085, 0.75)
    return rng.uniform(low, high, (count, 4)).astype(np.float32)
