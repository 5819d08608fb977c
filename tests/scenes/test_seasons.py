"""The year's drift."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest

from detection.scenes.seasons import STABLE, at_month, on_day, stable_on, winter_with_crates


def test_june_is_the_stable_season() -> None:
    june = at_month(6)
    assert replace(june, name=STABLE.name, day=STABLE.day) == STABLE


def test_light_falls_towards_december_and_comes_back() -> None:
    brightness = [at_month(month).brightness for month in range(6, 13)]
    assert brightness == sorted(brightness, reverse=True)
    assert at_month(3).brightness == pytest.approx(at_month(9).brightness)


@pytest.mark.parametrize("month", range(1, 13))
def test_lighting_shares_sum_to_one(month: int) -> None:
    assert sum(at_month(month).lighting) == pytest.approx(1)
    assert min(at_month(month).lighting) > 0


def test_crates_arrive_in_their_month_and_grow() -> None:
    assert at_month(7, crates_from=8).crate_share == 0
    assert 0 < at_month(8, crates_from=8).crate_share < winter_with_crates().crate_share
    assert at_month(12).crate_share == 0


def test_a_control_differs_from_the_stable_season_in_its_day_alone() -> None:
    control = stable_on(date(2026, 7, 1))
    assert replace(control, name=STABLE.name, day=STABLE.day) == STABLE


def test_a_day_in_the_middle_of_a_month_has_the_light_of_that_month() -> None:
    for month in (6, 9, 12, 3):
        day = on_day(date(2026, month, 15))
        assert replace(day, name="") == replace(at_month(month), name="")


def test_light_moves_a_little_from_day_to_day() -> None:
    """A jump would be a drift that no season has."""
    days = [on_day(date(2026, 6, 1) + timedelta(days=n)).brightness for n in range(366)]
    steps = [abs(after - before) for before, after in pairwise(days)]
    assert max(steps) < 0.015
    assert min(days) == pytest.approx(0.5, abs=0.01)


def test_crates_come_on_their_day_and_stay_into_the_next_year() -> None:
    first = date(2026, 8, 1)
    assert on_day(date(2026, 7, 31), first).crate_share == 0
    assert on_day(first, first).crate_share == pytest.approx(0.1)
    assert on_day(date(2027, 3, 1), first).crate_share == pytest.approx(0.3)
