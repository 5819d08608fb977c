"""Randomness by name: the same key gives the same numbers, whatever was drawn before and in whichever process."""

from __future__ import annotations

from zlib import crc32

import numpy as np


def dice(purpose: str, *key: int) -> np.random.Generator:
    """A generator of its own for one purpose.

    Args:
        purpose: what the numbers are for; two purposes never share numbers.
        key: whole numbers, 0 or above, that name the place: seed, camera, scene, step.
    """
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([crc32(purpose.encode()), *key])))


def stratum(seed: int, index: int, axis: int) -> float:
    """An evenly spread number in [0, 1): neighbours in ``index`` differ, and any run of indices covers the range.

    Args:
        seed: shifts the whole sequence.
        index: 0, 1, 2, ...
        axis: which of several sequences that do not walk together, 0 to 6.
    """
    steps = (0.6180339887, 0.7548776662, 0.5698402910, 0.8191725134, 0.6710436067, 0.5497004779, 0.8566748838)
    start = float(dice("stratum", seed, axis).random())
    return (start + index * steps[axis]) % 1.0
