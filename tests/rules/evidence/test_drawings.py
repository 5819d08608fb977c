"""Where small drawings put their marks: hand values, and every kind of nothing."""

from __future__ import annotations

import math

import pytest

from detection.rules.evidence.drawings import HIGH, WIDE, Bars, Line, Track, gathered

GAP = float("nan")


def track(*y: float, **more: object) -> Track:
    return Track("t", tuple(range(len(y))), ("a", "b"), (Line("l", y),), **more)  # type: ignore[arg-type]


def test_the_highest_bar_fills_the_canvas_and_others_are_in_proportion() -> None:
    bars = Bars("t", ("a", "b"), (0.2, 0.8), (0.4, 0.6))
    assert bars.height(0.8) == HIGH
    assert bars.height(0.2) == HIGH / 4


def test_bars_of_nothing_stand_nowhere() -> None:
    assert Bars("t", ("a",), (0.0,), (0.0,)).height(0.0) == 0.0
    assert Bars("t", (), (), ()).height(0.0) == 0.0


def test_a_track_reaches_from_edge_to_edge_and_never_outside() -> None:
    drawn = track(0.0, 1.0, 2.0)
    assert [drawn.across(x) for x in (0, 1, 2, 9, -9)] == [0, WIDE / 2, WIDE, WIDE, 0]
    assert drawn.down(0.0) == HIGH
    assert 0 < drawn.down(2.0) < HIGH * 0.1
    assert drawn.down(99.0) == 0.0


def test_the_limit_is_always_in_view() -> None:
    """A quiet line under a limit far above it shows how far."""
    assert track(0.01, 0.02, limit=0.25).top > 0.25


def test_a_gap_breaks_the_line_and_a_lonely_value_is_a_dot() -> None:
    drawn = track(0.0, 0.0, GAP, 0.0, GAP)
    path = drawn.path(drawn.lines[0])
    assert path.count("M") == 2
    assert path.endswith("h.01")
    assert "nan" not in path


@pytest.mark.parametrize("values", [(), (GAP,), (GAP, GAP)], ids=["no-place", "one-gap", "gaps"])
def test_a_track_without_values_draws_nothing(values: tuple[float, ...]) -> None:
    drawn = track(*values, band=values)
    assert drawn.path(drawn.lines[0]) == ""
    assert drawn.shade() == ""
    assert math.isfinite(drawn.top)


def test_one_place_stands_in_the_middle() -> None:
    assert track(0.5).across(0) == WIDE / 2


def test_the_band_is_closed_at_the_axis() -> None:
    shade = track(0.0, 1.0, band=(0.5, GAP)).shade()
    assert shade.startswith("M0.0 80L0.0 ")
    assert shade.endswith("80Z")


@pytest.mark.parametrize("places", [0, 1, 160, 161, 1000])
def test_thinning_loses_no_row_and_keeps_their_order(places: int) -> None:
    parts = gathered(places, 160)
    assert len(parts) <= 160
    assert [row for part in parts for row in range(places)[part]] == list(range(places))
