"""What planting a fault tells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from detection.outside.faults.scratch import Scratch


@dataclass(frozen=True, slots=True)
class Planted:
    """A fault that is in place, or why it cannot be.

    Attributes:
        told: what was done, in words, with its counts; ``""`` if nothing was.
        obstacle: what this data lacks for it; ``""`` if it is in place.
    """

    told: str
    obstacle: str = ""


Plant = Callable[[Scratch], Planted]
"""Changes a scratch workspace, and nothing outside it."""


def not_planted(obstacle: str) -> Planted:
    """The fault needs what this data does not have."""
    return Planted("", obstacle)
