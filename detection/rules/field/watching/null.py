"""How far unchanged windows stray from their baseline: the band that a bound must never lie below.

Scenes of a release are exchangeable blocks: they are permuted into a window and a rest, again and again. Frames of one
scene hang together, and stay together. (Accepted telemetry has days besides: see ``calendar``.)

Distances here are quadratic in the gap between two histograms, so that under no change they are about gamma
distributed and their cube roots about normal (Wilson and Hilferty 1931). The band is the prediction bound of the next
cube root, with Student's t for as many independent blocks as were seen: few scenes, wide band.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from detection.rules.field.watching.sheets import Floats, Layout, Sides, apart

Reals = NDArray[np.float64]

DRAWS = 200
"""Permutations; the band takes their mean and spread, not their extremes, so a few hundred are enough."""
CONFIDENCE = 0.999
"""Part of unchanged windows that stay inside the band."""
BLOCKS_MINIMUM = 5
"""Scenes or days below which a baseline cannot say how much they differ."""
LEVELS = 12
"""Sizes of window for which a band is known: 1, 2, 4 ... 2048 blocks."""
BLOCKS_DRAWN = 512
"""Of a baseline with more blocks, so many stand for all."""


def beyond_chance(values: Reals, independent: int) -> Reals:
    """What the next value stays below, :data:`CONFIDENCE` of the time.

    Args:
        values: ``(k, ...)`` distances without change; NaN is left out.
        independent: blocks or days that they rest on.

    Returns:
        ``(...)``; infinite where fewer than :data:`BLOCKS_MINIMUM` are known or independent.
    """
    roots = np.cbrt(values)
    known = np.count_nonzero(~np.isnan(roots), axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.nansum(roots, axis=0) / known
        spread = np.sqrt(np.nansum((roots - mean) ** 2, axis=0) / np.maximum(known - 1, 1))
    if independent < BLOCKS_MINIMUM:
        return np.full(mean.shape, np.inf)
    reach = float(stdtrit(independent - 1, CONFIDENCE)) * np.sqrt(1 + 1 / independent)
    bound: Reals = np.where(known >= BLOCKS_MINIMUM, (mean + reach * spread) ** 3, np.inf)
    return bound


def of_scenes(scenes: Floats, layout: Layout, seed: int) -> tuple[Reals, Reals]:
    """Bands for windows of 1, 2, 4 ... scenes, by permuting whole scenes.

    Beyond half of the scenes nothing can be permuted; there the band of one half is scaled by what sampling alone
    would make of it, ``1 / window + 1 / baseline``.

    Args:
        scenes: ``(b, bins of all signals)`` counts.
        layout: of the ``s`` signals.
        seed: of the permutations.

    Returns:
        PSI and JS, ``(LEVELS, s)`` each.
    """
    scenes = _at_most(scenes, seed)
    number = len(scenes)
    bands = np.full((2, LEVELS, len(layout.signals)), np.inf)
    if number < BLOCKS_MINIMUM:
        return bands[0], bands[1]
    half = max(1, number // 2)
    for level in range(LEVELS):
        taken = min(2**level, half)
        if taken < half or level == 0 or 2 ** (level - 1) < half:
            window, rest = _permuted(scenes, taken, seed + level)
            unscaled = beyond_chance(_both(rest, window, layout), number)
        scale = (1 / 2**level + 1 / number) / (1 / taken + 1 / (number - taken))
        bands[:, level] = unscaled * scale
    return bands[0], bands[1]


def of_cameras(cameras: Floats, layout: Layout) -> tuple[Reals, Reals]:
    """What sets one camera of a fleet apart from all others: PSI and JS, ``(s,)`` each, of ``(c, b)`` counts."""
    bands = beyond_chance(_both(cameras.sum(axis=0) - cameras, cameras, layout), len(cameras))
    return bands[0], bands[1]


def _both(before: Floats, after: Floats, layout: Layout) -> Reals:
    """``(k, 2, s)`` PSI and JS row by row."""
    distances = apart(Sides.of(before, layout), Sides.of(after, layout), layout)
    return np.stack(distances, axis=1).astype(np.float64)


def _permuted(blocks: Floats, taken: int, seed: int) -> tuple[Floats, Floats]:
    """``(DRAWS, ...)`` sums of ``taken`` blocks chosen anew each time, and of all others."""
    dice = np.random.default_rng(seed)
    order = np.argsort(dice.random((DRAWS, len(blocks))), axis=1)
    chosen = np.zeros((DRAWS, len(blocks)), np.float32)
    np.put_along_axis(chosen, order[:, :taken], 1, axis=1)
    window = chosen @ blocks
    return window, blocks.sum(axis=0) - window


def _at_most(blocks: Floats, seed: int) -> Floats:
    if len(blocks) <= BLOCKS_DRAWN:
        return blocks
    return blocks[np.random.default_rng(seed).choice(len(blocks), BLOCKS_DRAWN, replace=False)]
