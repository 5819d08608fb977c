"""Bands learnt from days: they hold for days to come, and widen with weather."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detection.rules.field.watching.calendar import band, reach, sustained
from detection.rules.field.watching.drift import watch, yardsticks
from detection.rules.field.watching.readings import JOINT
from detection.rules.field.watching.tally import together
from detection.rules.spec.field import Duration
from tests.examples_drift import BOUNDS, HOUR, minutes, reference

DAYS = np.repeat(np.arange(14), 8)


@given(st.lists(st.integers(0, 9), max_size=20), st.integers(1, 4), st.integers(0, 3))
def test_sustained_is_what_the_last_windows_reached(values: list[int], needed: int, more: int) -> None:
    among = needed + more
    held = sustained(np.array(values, float), needed, among)
    for place in range(len(values)):
        last = sorted(values[max(0, place + 1 - among) : place + 1], reverse=True)
        assert held[place] == (last[needed - 1] if len(last) >= needed else -np.inf)


def test_what_keeps_for_hours_needs_a_wider_band_than_what_jumps() -> None:
    """Weather: the same values, but a bad hour follows a bad hour."""
    dice = np.random.default_rng(0)
    jumping = dice.normal(0, 1, (400, 8))
    keeping = np.sort(jumping, axis=1)
    days = np.repeat(np.arange(400), 8)
    one, other = (reach(rows.reshape(-1, 1), days, HOUR, 0.01) for rows in (jumping, keeping))
    assert other > one


def test_more_signals_need_a_wider_band() -> None:
    """Sixteen chances to be called at night are more than one."""
    above = np.random.default_rng(0).normal(0, 1, (len(DAYS), 16))
    assert reach(above, DAYS, HOUR, 0.01) > reach(above[:, :1], DAYS, HOUR, 0.01)


@pytest.mark.parametrize("days", [0, 1, 4])
def test_few_days_bound_nothing(days: int) -> None:
    above = np.zeros((8 * days, 2))
    assert reach(above, np.repeat(np.arange(days), 8), HOUR, 0.01) == float("inf")


def test_what_was_never_measured_bounds_nothing() -> None:
    assert np.isinf(band(np.array([np.nan]), np.array([np.nan]), 3.0)).all()


@pytest.mark.parametrize("seed", range(2))
def test_months_without_change_stay_quiet_and_a_change_does_not(seed: int) -> None:
    """Learnt from ten days with weather; then ten more of the same weather, and one that moved."""
    dice = np.random.default_rng(seed)
    day = [minutes(6, dice.normal(0, 0.3), 1000 * seed + n, first=24 * n) for n in range(20)]
    sticks = yardsticks(reference(), BOUNDS, learnt=together(day[:10]))
    assert watch(sticks, together(day[10:])).incidents == ()
    assert watch(sticks, minutes(6, 4.0, 77, first=24 * 30)).alarms != ()
    assert JOINT in watch(sticks, minutes(6, 4.0, 77, first=24 * 30)).alarms[0].signals


def test_a_longer_row_of_breaches_allows_a_narrower_band() -> None:
    """What must last is rarer."""
    above = np.random.default_rng(0).normal(0, 1, (len(DAYS), 3))
    longer = Duration(name="hour", length_s=3600, breaches=5, of=6, clear_after=2)
    assert reach(above, DAYS, longer, 0.01) < reach(above, DAYS, HOUR, 0.01)
