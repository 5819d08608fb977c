"""How far apart must two figures be before the distance says anything?"""

from __future__ import annotations

import math
from statistics import NormalDist

USUAL_CONFIDENCE = 0.95


def sampling_margin(share: float, n: int, confidence: float = USUAL_CONFIDENCE) -> float:
    """How far an observed share is off by chance: ``z sqrt(p (1 - p) / m)``.

    Half the width of the normal (Wald) interval of a share, the usual rule of thumb for the margin of a promotion:
    0.013 for 0.90 of 2,000. It takes observations for independent and the models for judged on different samples.
    Frames of one scene are not independent, and both models see the same frames: therefore it is only shown beside a
    comparison, and the decision is made on the resampled difference of both.

    Args:
        share: observed, 0 to 1.
        n: observations, at least 1.
        confidence: two-sided, 0 to 1.

    Raises:
        ValueError: no observation, or a share outside 0 to 1.
    """
    if n < 1 or not 0 <= share <= 1:
        raise ValueError(f"a margin needs a share from 0 to 1 of at least one observation; got {share} of {n}")
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    return z * math.sqrt(share * (1 - share) / n)
