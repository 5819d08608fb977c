"""How the practice world changes through a year: values only; the other modules draw what they say."""

from __future__ import annotations

from calendar import monthrange
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
    since = -1 if crates_from is None else month - crates_from
    return _drifted(f"month-{month:02d}", date(year, month, 15), month, _crates(since))


def on_day(day: date, crates_from: date | None = None) -> Season:
    """The light of any day, between those of the middles of its months; crates stay once they have come.

    Args:
        day: any.
        crates_from: first day on which crates ride along, growing in number for four months; None for never.
    """
    month = day.month + (day.day - 15) / monthrange(day.year, day.month)[1]
    since = -1.0 if crates_from is None else (day - crates_from).days / (365 / 12)
    return _drifted(f"day-{day.isoformat()}", day, month, _crates(since))


def winter_with_crates() -> Season:
    """December: dim and warm, long shadows, and nearly every third parcel a crate."""
    return at_month(12, crates_from=8)


def _drifted(name: str, day: date, month: float, crate_share: float) -> Season:
    """The light at a place between the months, 6 for the middle of June."""
    dark = 0.5 - 0.5 * cos((month - 6) / 6 * pi)
    return Season(
        name=name,
        day=day,
        brightness=1 - 0.5 * dark,
        warmth=0.7 * dark,
        shadow_length=1 + 1.1 * dark,
        noise=1 + 0.9 * dark,
        blur=1 + 0.6 * dark,
        lighting=(0.30 - 0.22 * dark, 0.35 - 0.10 * dark, 0.20 + 0.17 * dark, 0.15 + 0.15 * dark),
        crate_share=crate_share,
    )


def _crates(since: float) -> float:
    """Share of the parcels, so many months after the first; below 0 there are none."""
    return 0.0 if since < 0 else min(0.3, 0.1 + 0.05 * since)
