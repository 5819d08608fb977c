"""From light to a file's pixels: motion, glare, lens shading, sensor noise, tone. The last step of every frame."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.scenes.camera import Camera, Floats
from detection.scenes.dice import dice
from detection.scenes.lighting import Light

_NOISE_MARGIN = 64


def develop(camera: Camera, exposed: Floats, light: Light, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Expose, shade, add noise and tone.

    Args:
        camera: whose lens and film.
        exposed: ``(h, w, 3)`` linear light, BGR; overwritten.
        light: of the scene.
        rng: dice of this frame.

    Returns:
        ``(h, w, 3)`` uint8 BGR.
    """
    _flare(exposed, light)
    cv2.transform(exposed, _colours(camera.saturation, light), exposed)
    cv2.multiply(exposed, _shading(camera.width, camera.height, round(camera.vignetting, 6)), exposed)
    np.maximum(exposed, 0, out=exposed)
    spread = cv2.sqrt(exposed * np.float32(0.0011 * light.noise) + np.float32(2.6e-6 * light.noise**2))
    exposed += np.multiply(spread, _grain(camera.width, camera.height, rng), out=spread)
    np.maximum(exposed, 0, out=exposed)
    cv2.pow(exposed, camera.gamma / 2.2, exposed)
    return np.asarray(cv2.convertScaleAbs(_shoulder(exposed), alpha=255), np.uint8)


def _colours(saturation: float, light: Light) -> Floats:
    """``(3, 3)``: towards grey or away from it, then the light's own colour."""
    mixing = saturation * np.eye(3) + (1 - saturation) / 3
    return np.asarray(light.colour[:, None] * mixing, np.float32)


def smear(exposed: Floats, moving: Floats, shift: Floats) -> Floats:
    """Blur what moves along its way during the exposure.

    Args:
        exposed: ``(h, w, 3)`` linear light.
        moving: ``(h, w)`` share of each pixel that moves, 0 to 1.
        shift: ``(2,)`` way in pixels.
    """
    length = float(np.hypot(*shift))
    if length < 0.4:
        return exposed
    blurred = cv2.filter2D(exposed, -1, _stroke(shift), borderType=cv2.BORDER_REPLICATE)
    cv2.subtract(blurred, exposed, blurred)
    cv2.multiply(blurred, cv2.merge([moving] * 3), blurred)
    return np.asarray(cv2.add(exposed, blurred, blurred), np.float32)


def _stroke(shift: Floats) -> Floats:
    """A kernel that is a straight line of the given way, centred."""
    reach = int(np.ceil(np.abs(shift).max() / 2)) + 1
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1), np.float32)
    for part in np.linspace(-0.5, 0.5, 33):
        x, y = reach + part * float(shift[0]), reach + part * float(shift[1])
        left, top = int(np.floor(x)), int(np.floor(y))
        for dx, dy in ((0, 0), (1, 0), (0, 1), (1, 1)):
            kernel[top + dy, left + dx] += (1 - abs(x - left - dx)) * (1 - abs(y - top - dy))
    kernel /= kernel.sum()
    return kernel


def _shoulder(toned: Floats) -> Floats:
    """Highlights above 0.8 roll off instead of clipping hard; in place."""
    over = np.maximum(toned - np.float32(0.8), 0)
    toned -= over
    toned += over / (1 + over * np.float32(2.2))
    return toned


def _flare(exposed: Floats, light: Light) -> None:
    """Lamps mirrored in the belt or the lens: a wide veil with a bright core."""
    height, width = exposed.shape[:2]
    power = light.direct + light.ambient
    for x, y, radius, strength in light.glare:
        across = (np.arange(width, dtype=np.float32) / width - x) / radius
        down = (np.arange(height, dtype=np.float32) / width - y * height / width) / (radius * 0.8)
        core = np.exp(-(down**2))[:, None] * np.exp(-(across**2))[None, :]
        veil = np.exp(-(down**2) / 9)[:, None] * np.exp(-(across**2) / 9)[None, :]
        exposed += ((0.75 * core + 0.12 * veil) * strength * power)[..., None]


@lru_cache(maxsize=8)
def _shading(width: int, height: int, vignetting: float) -> Floats:
    """``(h, w, 3)`` share of light that the lens lets through; 1 in the middle."""
    x = (np.arange(width, dtype=np.float32) + 0.5) / width * 2 - 1
    y = ((np.arange(height, dtype=np.float32) + 0.5) / height * 2 - 1) * (height / width)
    squared = (x[None, :] ** 2 + y[:, None] ** 2) / (1 + (height / width) ** 2)
    return np.repeat((1 - vignetting * squared**1.3)[..., None], 3, axis=2).astype(np.float32)


@lru_cache(maxsize=2)
def _noise(width: int, height: int) -> Floats:
    """A sheet of sensor noise, larger than the frame, deviation 1, neighbours alike as after demosaicing."""
    shape = (height + _NOISE_MARGIN, width + _NOISE_MARGIN, 3)
    raw = dice("noise", width, height).standard_normal(shape, dtype=np.float32)
    soft = np.asarray(cv2.GaussianBlur(raw, (3, 3), 0.55), np.float32)
    even: Floats = soft / soft.std()
    return even


def _grain(width: int, height: int, rng: np.random.Generator) -> Floats:
    """This frame's noise: a random piece of the sheet, perhaps mirrored."""
    top, left = rng.integers(0, _NOISE_MARGIN, 2)
    piece = _noise(width, height)[top : top + height, left : left + width]
    return piece[::-1] if rng.random() < 0.5 else piece
