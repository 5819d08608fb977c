"""How fast the practice world renders on one core, beside the least that any renderer of such frames must do.

The floor is a bare warp, blur, noise and encode of as many pixels. Both run in turn, in one process and one thread;
the ratio holds on a busy machine, frames per second only on an idle one. Run it as
``OMP_NUM_THREADS=1 python benchmarks/scenes_speed.py``.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.scenes.warehouse import World, plan, render

FRAMES = 280
"""Fourteen frames of each of the twenty cameras: what a camera's first frame costs is shared as in real use."""


def bare(picture: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Warp, blur, noise: one frame without a world in it."""
    height, width = picture.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), float(rng.uniform(-5, 5)), 1.0)
    warped = cv2.warpAffine(picture, turn, (width, height), borderMode=cv2.BORDER_REFLECT)
    blurred = cv2.GaussianBlur(warped, (5, 5), 1.0).astype(np.float32)
    noisy = blurred + 4 * rng.standard_normal(blurred.shape, dtype=np.float32)
    return np.asarray(cv2.convertScaleAbs(noisy), np.uint8)


def timed(work: Callable[[], NDArray[np.uint8]]) -> float:
    """CPU seconds of one frame and its encoding as JPEG."""
    begin = time.process_time()
    cv2.imencode(".jpg", work(), [cv2.IMWRITE_JPEG_QUALITY, 92])
    return time.process_time() - begin


def main() -> None:
    """Interleave both and print frames per second a core and their ratio."""
    cv2.setNumThreads(1)
    world, rng = World(seed=7), np.random.default_rng(0)
    shots = plan(world, FRAMES)
    picture = render(world, shots[0]).pixels
    scene_s = floor_s = 0.0
    for shot in shots:
        scene_s += timed(lambda shot=shot: render(world, shot).pixels)  # type: ignore[misc]
        floor_s += timed(lambda: bare(picture, rng))
    print(f"scenes  {FRAMES / scene_s:7.1f} frames/s a core, {world.width} x {world.height}, JPEG (needs 40)")
    print(f"floor   {FRAMES / floor_s:7.1f} frames/s a core: warp, blur, noise, JPEG")
    print(f"ratio   {scene_s / floor_s:7.1f} x the floor's time")


if __name__ == "__main__":
    main()
