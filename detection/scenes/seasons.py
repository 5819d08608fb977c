"""How the practice world changes through a year: values only; the other modules draw what they say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import cos, pi


@dataclass(frozen=True, slots=True)
class Season:
    """What one day's light and freight are like.

    Attributes:
        name: for people and file names.
        day: the day the frames are taken; another day brings other parcels before the same cameras.
        brightness: factor on the light that reaches the belt, 0.3 to 1.
        warmth: shift of the light's colour, 0 neutral to 1 like a setting sun.
        shadow_length: factor on the length of cast shadows, 1 to 3.
        noise: factor on sensor noise.
        blur: factor on motion blur.
        lighting: shares of bright, normal, dim and dusk scenes; they sum to 1.
        crate_share: part of the parcels that are crates, a kind that no annotator labels.
    """

    name: str
    day: date
    brightness: float = 1.0
    warmth: float = 0.0
    shadow_length: float = 1.0
    noise: float = 1.0
    blur: float = 1.0
    lighting: tuple[float, float, float, float] = (0.30, 0.35, 0.20, 0.15)
    crate_share: float = 0.0


STABLE = Season("stable", date(2026, 6, 1))
"""The season the detector is built in: nothing drifts, no crates."""


def stable_on(day: date) -> Season:
    """The light and freight of :data:`STABLE` on another day: a control that must look the same and is not."""
    return Season(f"stable-{day.isoformat()}", day)


def at_month(month: int, year: int = 2026, crates_from: int | None = None) -> Season:
    """The light of the middle of a month, which is :data:`STABLE`'s in June and farthest from it in December.

    Args:
        month: 1 to 12.
        year: any.
        crates_from: month from which crates ride along, growing in number to December; None for never.
    """
    dark = 0.5 - 0.5 * cos((month - 6) / 6 * pi)
    since = -1 if crates_from is None else month - crates_from
    return Season(
        name=f"month-{month:02d}",
        day=date(year, month, 15),
        brightness=1 - 0.5 * dark,
        warmth=0.7 * dark,
        shadow_length=1 + 1.1 * dark,
        noise=1 + 0.9 * dark,
        blur=1 + 0.6 * dark,
        lighting=(0.30 - 0.22 * dark, 0.35 - 0.10 * dark, 0.20 + 0.17 * dark, 0.15 + 0.15 * dark),
        crate_share=0.0 if since < 0 else min(0.3, 0.1 + 0.05 * since),
    )


def winter_with_crates() -> Season:
    """December: dim and warm, long shadows, and nearly every third parcel a crate."""
    return at_month(12, crates_from=8)
