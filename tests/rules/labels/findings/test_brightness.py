"""A scene that grows dark is seen in its quarters."""

from __future__ import annotations

import numpy as np
import pytest

from detection.rules.labels.findings import image_faults
from detection.rules.labels.findings.brightness import FEW_FRAMES, Brightness, over_time
from detection.rules.labels.intake.arrivals import Stored
from tests.examples_findings import measured
from tests.examples_labels import frames, stored


def _told(rows: list[Stored], light: dict[str, float]) -> tuple[Brightness, ...]:
    table = frames(rows)
    values = [light[str(name)] for name in table.name]
    return over_time(image_faults.looked(table, measured(table, mean_u8=values)))


def test_quarters_are_means_in_order_of_time() -> None:
    """Frames are ordered by their id, which says nothing of time."""
    rows = [stored(str(n), second=1000.0 - n) for n in range(40)]
    [told] = _told(rows, {str(n): float(n) for n in range(40)})
    assert (told.camera, told.scene, told.frames) == ("cam-0", "s-0", 40)
    assert told.quarters_u8 == pytest.approx((34.5, 24.5, 14.5, 4.5))
    assert told.change_u8() == pytest.approx(-30)


def test_short_scenes_are_told_by_camera() -> None:
    rows = [stored(str(n), scene=f"s-{n % 8}", second=float(n)) for n in range(40)]
    [told] = _told(rows, {str(n): 100.0 for n in range(40)})
    assert (told.scene, told.frames) == ("", 40)


def test_few_frames_and_frames_without_a_time_say_nothing() -> None:
    few = [stored(str(n), second=float(n)) for n in range(FEW_FRAMES - 1)]
    timeless = [stored(str(n), camera="cam-1") for n in range(100, 150)]
    assert _told(few + timeless, {r.name: 1.0 for r in (*few, *timeless)}) == ()


def test_the_largest_change_comes_first() -> None:
    rows = [stored(f"{c}{n}", camera=c, second=float(n)) for c in "ab" for n in range(20)]
    told = _told(rows, {r.name: 100.0 - (5.0 if r.name[0] == "b" else 0.0) * int(r.name[1:]) for r in rows})
    assert [t.camera for t in told] == ["b", "a"]
    assert np.isfinite(told[0].quarters_u8).all()
