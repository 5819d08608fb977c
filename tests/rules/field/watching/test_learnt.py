"""A learnt baseline needs a camera, enough days, enough frames, and a name that no path can come of."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from detection.rules.field.watching.learnt import FORMAT, Acceptance, period, refusal
from detection.rules.field.watching.null import BLOCKS_MINIMUM
from detection.rules.field.watching.tally import DAY_S, Tally

START_S = 1_780_272_000
"""2026-06-01 00:00 UTC."""


def telemetry(camera: str, days: int, frames: int = 100) -> Tally:
    """One minute a day."""
    begins = START_S + DAY_S * np.arange(days)
    return Tally(np.full(days, camera, object), begins, np.full(days, frames), {"s": np.ones((days, 3), np.int64)})


def test_a_period_holds_its_first_minute_and_not_its_last() -> None:
    chosen = period(telemetry("a", 10), "a", START_S + DAY_S, START_S + 3 * DAY_S)
    assert chosen.begins_s.tolist() == [START_S + DAY_S, START_S + 2 * DAY_S]


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        pytest.param(telemetry("a", 0), "sent nothing", id="nothing"),
        pytest.param(telemetry("a", 1), "spans 1 day", id="one-day"),
        pytest.param(telemetry("a", BLOCKS_MINIMUM - 1), "needs 5", id="a-day-too-few"),
        pytest.param(telemetry("a", BLOCKS_MINIMUM, frames=10), "needs 60 a day", id="few-frames"),
        pytest.param(telemetry("a", BLOCKS_MINIMUM), "", id="enough"),
    ],
)
def test_what_is_no_baseline_is_told_why(chosen: Tally, said: str) -> None:
    refused = refusal(chosen, 60)
    assert said in refused
    assert bool(refused) is bool(said)


def test_a_name_is_sixteen_hex_digits_whatever_the_camera_is_called() -> None:
    begins, ends = datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 6, 15, tzinfo=UTC)
    one = Acceptance(FORMAT, "ab" * 32, "../../etc", begins, ends, "engineer", ends, "new", 1, 1, "")
    assert one.name.removeprefix("baseline-").isalnum()
    assert len(one.name) == len("baseline-") + 16
    assert replace(one, camera="x").name != one.name
    assert replace(one, ends_at=begins).name != one.name
    assert replace(one, reason="other words").name == one.name
