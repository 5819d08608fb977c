"""Randomness by name."""

from __future__ import annotations

import numpy as np

from detection.scenes.dice import dice, stratum


def test_numbers_depend_on_the_key_alone() -> None:
    """What was drawn before must not matter, or frames would depend on their order."""
    first = dice("parcel", 7, 3).random(4)
    dice("parcel", 7, 4).random(100)
    assert np.array_equal(dice("parcel", 7, 3).random(4), first)


def test_two_purposes_share_no_numbers() -> None:
    assert not np.array_equal(dice("light", 7).random(4), dice("cargo", 7).random(4))


def test_any_run_of_cameras_covers_the_range() -> None:
    """Twelve training cameras must span what the other eight can be."""
    for start in (0, 5, 8):
        spread = sorted(stratum(7, start + index, 0) for index in range(12))
        assert max(np.diff([0.0, *spread, 1.0])) < 0.25
