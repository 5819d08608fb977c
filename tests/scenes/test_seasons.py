"""The year's drift."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from detection.scenes.seasons import STABLE, at_month, stable_on, winter_with_crates


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
