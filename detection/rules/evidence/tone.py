"""How a value is to be read, on whatever it is drawn."""

from __future__ import annotations

from enum import Enum


class Tone(Enum):
    """How a value is to be read."""

    PLAIN = "plain"
    GOOD = "good"
    BAD = "bad"
    UNSURE = "unsure"
    QUIET = "quiet"
