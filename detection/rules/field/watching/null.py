"""How far unchanged windows stray from their baseline: the band that a bound must never lie below.

Scenes of a release are exchangeable blocks: they are permuted into a window and a rest, again and again. Frames of one
scene hang together, and stay together. (Accepted telemetry has days besides: see ``calendar``.)

Distances here are quadratic in the gap between two histograms, so that under no change they are about gamma
distributed and their cube roots about normal (Wilson and Hilferty 1931). The band is the prediction bound of the next
cube root, with Student's t for as many independent blocks as were seen: few scenes, wide band.

Scenes that were all alike show no spread at all, and yet the next may be of another kind: that none of them was does
not make it impossible. So the band is never below what as many of those as may come would make (:func:`unseen`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, stdtrit

from detection.rules.field.watching.distances import js, psi
from detection.rules.field.watching.sheets import Floats, Layout, Sides, apart

Reals = NDArray[np.float64]

DRAWS = 200
"""Permutations; the band takes their mean and spread, not their extremes, so a few hundred are enough."""
BLOCKS_MINIMUM = 5
"""Scenes or days below which a baseline cannot say how much they differ."""
LEVELS = 12
"""Sizes of window for which a band is known: 1, 2, 4 ... 2048 blocks."""
BLOCKS_DRAWN = 512
"""Of a baseline with more blocks, so many stand for all."""
FEWEST = 1e-3
"""Weight of a Beta that is nearly all at 0 and at 1: a window of one observation."""


def beyond_chance(values: Reals, independent: int, confidence: float) -> Reals:
    """What the next value stays below, so much of the time.

    Args:
        values: ``(k, ...)`` distances without change; NaN is left out.
        independent: blocks or days that they rest on.
        confidence: part of unchanged windows that stay inside the band.

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
    reach = float(stdtrit(independent - 1, confidence)) * np.sqrt(1 + 1 / independent)
    bound: Reals = np.where(known >= BLOCKS_MINIMUM, (mean + reach * spread) ** 3, np.inf)
    return bound


def unseen(known: Reals, window: Reals, samples: Reals, confidence: float) -> tuple[Reals, Reals]:
    """How far a window lies from its baseline, if as much of it is in bins nobody saw as chance may bring.

    With Jeffreys' prior for the share of what was never seen, none among ``n`` leaves Beta(1/2, n + 1/2), and the part
    of a window of ``m`` is beta-binomial (Brown, Cai and DasGupta 2001, whose interval this is, for a window to come
    instead of the share itself), here as the Beta of the same mean and variance: the next one is something else with
    1 in ``2 n + 2``. How the known ones lie among their own bins is of no matter to the distance.

    Args:
        known: ``(s,)`` independent observations of the baseline.
        window: ``(s,)`` independent observations of the window.
        samples: ``(s,)`` counts of the baseline.
        confidence: part of unchanged windows that hold no more.

    Returns:
        PSI and JS, ``(s,)`` each.
    """
    mean, counted = 0.5 / (known + 1), np.maximum(samples, 1)
    weight = np.maximum((window - 1) * (known + 1) / (known + 1 + window), FEWEST)
    share = betaincinv(mean * weight, (1 - mean) * weight, confidence)
    before = np.stack([counted, np.zeros_like(counted)], axis=-1)
    after = (counted * window / known)[:, None] * np.stack([1 - share, share], axis=-1)
    return psi(before, after).astype(np.float64), js(before, after).astype(np.float64)


def independent(scenes: Floats, layout: Layout) -> Reals:
    """``(s,)`` independent observations in a scene: 1 if its samples are as one, at most as many as it has.

    Samples over the design effect, which is the chi-square of homogeneity over its degrees of freedom (Rao and Scott
    1981). One degree in which a scene is as one sample is added: scenes that lie in one bin have no other, and say
    nothing of how they hang together.
    """
    samples = layout.samples(scenes)
    total, spoken = samples.sum(axis=0), np.maximum(np.count_nonzero(samples, axis=0), 1)
    shares = scenes.sum(axis=0) / np.maximum(total, 1)[layout.owner]
    expected = samples[:, layout.owner] * shares
    gaps = np.where(expected > 0, (scenes - expected) ** 2 / np.where(expected > 0, expected, 1), 0)
    bins = layout.samples((shares > 0).astype(np.float32)[None])[0]
    size = np.maximum(total / spoken, 1)
    effect = (layout.samples(gaps.astype(np.float32)).sum(axis=0) + size) / ((spoken - 1) * np.maximum(bins - 1, 0) + 1)
    each: Reals = np.clip(size / effect, 1, size).astype(np.float64)
    return each


def of_scenes(scenes: Floats, layout: Layout, confidence: float, seed: int) -> tuple[Reals, Reals]:
    """Bands for windows of 1, 2, 4 ... scenes, by permuting whole scenes.

    Beyond half of the scenes nothing can be permuted; there the band of one half is scaled by what sampling alone
    would make of it, ``1 / window + 1 / baseline``.

    Args:
        scenes: ``(b, bins of all signals)`` counts.
        layout: of the ``s`` signals.
        confidence: part of unchanged windows that stay inside the band.
        seed: of the permutations.

    Returns:
        PSI and JS, ``(LEVELS, s)`` each.
    """
    scenes = _at_most(scenes, seed)
    number = len(scenes)
    bands = np.full((2, LEVELS, len(layout.signals)), np.inf)
    if number < BLOCKS_MINIMUM:
        return bands[0], bands[1]
    half, each = max(1, number // 2), independent(scenes, layout)
    samples = layout.samples(scenes).sum(axis=0).astype(np.float64)
    for level in range(LEVELS):
        taken = min(2**level, half)
        if taken < half or level == 0 or 2 ** (level - 1) < half:
            window, rest = _permuted(scenes, taken, seed + level)
            unscaled = beyond_chance(_both(rest, window, layout), number, confidence)
        scale = (1 / 2**level + 1 / number) / (1 / taken + 1 / (number - taken))
        floor = unseen(number * each, 2**level * each, samples, confidence)
        bands[:, level] = np.maximum(unscaled * scale, floor)
    return bands[0], bands[1]


def of_cameras(cameras: Floats, layout: Layout, confidence: float) -> tuple[Reals, Reals]:
    """What sets one camera of a fleet apart from all others: PSI and JS, ``(s,)`` each, of ``(c, b)`` counts."""
    bands = beyond_chance(_both(cameras.sum(axis=0) - cameras, cameras, layout), len(cameras), confidence)
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
