"""Engines that were built for machines which are not here: what can be said of them without running them."""

from __future__ import annotations

from dataclasses import dataclass

BUILT_NOT_RUN = "built, not run"
"""The verdict: nothing of it was judged, so it does not ship from here."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """What an engine is made for.

    Attributes:
        variant: its name in the targets.
        engine: ``tensorrt-rtx``, ...
        precision: number format of the heavy layers.
        width: of the input, pixels.
        height: of the input, pixels.
        compute_capability: of the card.
    """

    variant: str
    engine: str
    precision: str
    width: int
    height: int
    compute_capability: str


@dataclass(frozen=True, slots=True)
class BuiltEngine:
    """One engine that was built.

    Attributes:
        recipe: for whom.
        seconds: that building took.
        bytes: size of the engine.
        sha256: digest of its bytes, lower-case hex.
        takes: its input, as the parsed network states it.
        gives: its output, likewise.
        verdict: what became of it.
    """

    recipe: Recipe
    seconds: float
    bytes: int
    sha256: str
    takes: str
    gives: str
    verdict: str = BUILT_NOT_RUN


@dataclass(frozen=True, slots=True)
class Engines:
    """``data/convert/engines.json``, whole: engines that were built and could not be run here."""

    engines: tuple[BuiltEngine, ...]
