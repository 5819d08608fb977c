"""The field in words: the same for terminal and page."""

from __future__ import annotations

from dataclasses import replace

import pytest

from detection.rules.evidence.field import words
from detection.rules.field.watching.readings import JOINT
from tests import examples_monitor as example

READING = example.readings([("cam-00", "quiet")]).one(0, "brightness")


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "0 min"), (-60, "0 min"), (2400, "40 min"), (19_800, "5.5 h"), (280_000, "3.2 days")],
)
def test_a_span_of_time_is_told_in_the_unit_people_use(seconds: float, said: str) -> None:
    assert words.lasted(seconds) == said


def test_moments_are_utc() -> None:
    assert words.moment(example.START_S) == "2026-06-01 09:00"
    assert words.day(example.START_S) == "2026-06-01"


def test_signals_have_names_and_classes_their_own() -> None:
    assert words.signal("score/box", {"box": "Cardboard box"}) == "scores, Cardboard box"
    assert words.signal("score/crate", {}) == "scores, crate"
    assert words.signal("a-new-one", {}) == "a-new-one"


def test_a_distance_is_called_what_it_is() -> None:
    assert words.told(replace(READING, distance=0.3125, noise=0.05)) == "PSI 0.31, chance reaches 0.050"
    assert words.told(replace(READING, signal=JOINT, distance=0.3, noise=0.25)).startswith("MMD 0.30")
    assert words.told(replace(READING, distance=float("nan"), samples=12)) == "too few samples (12)"


def test_a_band_of_almost_nothing_makes_no_small_distance_large() -> None:
    """All scenes of the baseline were alike; a PSI of 0.006 is no reason to look."""
    harmless = replace(READING, distance=0.006, noise=0.0001)
    moved = replace(READING, distance=0.5, noise=0.2)
    assert words.excess(harmless) < words.excess(moved)
    assert words.excess(replace(READING, distance=float("nan"))) == -1.0
