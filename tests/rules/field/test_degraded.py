"""Cameras to mend: judged by their newest hour alone, the worst fault named, the same name while it lasts."""

from __future__ import annotations

import numpy as np
import pytest

from detection.rules.field.degraded import degraded
from detection.rules.field.watching.tally import Tally

HALF = 0.5
WINDOW_S = 300
START_S = 1_780_304_400


def windows(camera: str, frozen: list[int], covered: list[int] | None = None, frames: int = 10) -> Tally:
    """One row for each five minutes."""
    many = len(frozen)
    zero = [0] * many
    counters = {"frozen": np.array(frozen), "covered": np.array(covered or zero), "moved": np.array(zero)}
    begins = START_S + WINDOW_S * np.arange(many)
    return Tally(np.full(many, camera, object), begins, np.full(many, frames), {}, counters)


@pytest.mark.parametrize(
    ("frozen", "faults"),
    [
        pytest.param([0] * 24, [], id="sound"),
        pytest.param([0] * 12 + [10] * 12, ["frozen"], id="frozen-now"),
        pytest.param([10] * 12 + [0] * 12, [], id="mended"),
        pytest.param([0] * 23 + [10], [], id="one-bad-window"),
        pytest.param([0] * 12 + [5] * 12, ["frozen"], id="half"),
        pytest.param([10], ["frozen"], id="new-camera"),
    ],
)
def test_a_camera_is_to_be_mended_while_half_its_newest_hour_shows_a_fault(
    frozen: list[int], faults: list[str]
) -> None:
    assert [one.fault for one in degraded(windows("a", frozen), "b", HALF)] == faults


def test_of_two_faults_the_worse_is_named() -> None:
    assert [one.fault for one in degraded(windows("a", [10] * 12, [10] * 12), "b", HALF)] == ["frozen"]


def test_a_fault_keeps_its_name_while_it_lasts_and_gets_another_when_it_comes_again() -> None:
    [first] = degraded(windows("a", [0, *[10] * 12]), "b", HALF)
    [later] = degraded(windows("a", [0, *[10] * 20]), "b", HALF)
    [again] = degraded(windows("a", [0, *[10] * 20, 0, *[10] * 12]), "b", HALF)
    assert first.incident == later.incident != again.incident


def test_each_camera_is_judged_by_its_own_newest_hour() -> None:
    one, other = windows("z", [10] * 12), windows("a", [0] * 40)
    counters = {name: np.concatenate([one.counters[name], other.counters[name]]) for name in one.counters}
    both = Tally(
        np.concatenate([one.camera, other.camera]),
        np.concatenate([one.begins_s, other.begins_s]),
        np.concatenate([one.frames, other.frames]),
        {},
        counters,
    )
    assert [found.camera for found in degraded(both, "b", HALF)] == ["z"]


def test_nothing_was_sent() -> None:
    assert degraded(windows("a", []), "b", HALF) == ()
