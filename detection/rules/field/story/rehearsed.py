"""Which of the frames that taught the champion a challenger sees again: enough to forget nothing, not all of them."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from detection.rules.labels.samples import Strings


def rehearsed(frames: Strings, values: Strings, wanted: int) -> NDArray[np.bool_]:
    """Draw frames, as many of each value of a condition as there are, up to the same number.

    A frame's own hash decides: the same frames are drawn whatever stands beside them, and nobody chooses.

    Args:
        frames: ``(n,)`` ids.
        values: ``(n,)`` of the condition, such as the light; one that is not known counts as a value.
        wanted: frames in all.

    Returns:
        ``(n,)`` which are drawn: ``wanted`` of them, or fewer if a value has fewer than its part.
    """
    order = np.array([hashlib.sha256(f"rehearsed {frame}".encode()).hexdigest() for frame in frames.tolist()], object)
    known = sorted(set(values.tolist()))
    drawn = np.zeros(len(frames), bool)
    for place, value in enumerate(known):
        part = wanted // len(known) + (place < wanted % len(known))
        rows = np.flatnonzero(values == value)
        drawn[rows[np.argsort(order[rows], kind="stable")[:part]]] = True
    return drawn
