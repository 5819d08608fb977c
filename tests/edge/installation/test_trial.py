"""A verdict on a new version from what was seen of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from detection.edge.installation.watching.trial import START_S, Seen, judge
from detection.edge.trust.manifest import Watch

WATCH = Watch(window_s=60, stall_s=10, failed_share_maximum=0.2, p95_factor_maximum=3, starts_maximum=3)
P95_MS = 20.0
WELL = Seen(
    left_s=30, starts=1, alive=True, ended_well=False, beating=True, silent_s=1, blind_s=0, frames=100, failed=0,
    p95_ms=18.0,
)  # fmt: skip


def test_a_good_version_is_watched_to_the_end_and_kept() -> None:
    assert judge(WATCH, P95_MS, WELL).what == "wait"
    assert judge(WATCH, P95_MS, replace(WELL, left_s=0)).what == "keep"


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        (replace(WELL, alive=False, starts=3), "died 3 times"),
        (replace(WELL, silent_s=10.5), "no heartbeat for 10.5 s"),
        (replace(WELL, beating=False, silent_s=START_S + 1), "no heartbeat for 31.0 s"),
        (replace(WELL, blind_s=11), "no frame of its source"),
        (replace(WELL, failed=21), "21 of 100 frames without a sound answer"),
        (replace(WELL, p95_ms=60.1), "60.1 ms"),
        (replace(WELL, frames=1, failed=1, alive=False, ended_well=True), "1 of 1 frames"),
        (replace(WELL, frames=1, failed=1, left_s=0), "1 of 1 frames"),
    ],
    ids=["dies", "hangs", "never starts", "blind", "unsound", "slow", "one frame, then the end", "one frame in all"],
)
def test_a_bad_version_goes_back_and_it_is_said_why(seen: Seen, reason: str) -> None:
    verdict = judge(WATCH, P95_MS, seen)
    assert verdict.what == "back"
    assert reason in verdict.reason


@pytest.mark.parametrize(
    "seen",
    [
        replace(WELL, alive=False, starts=2),
        replace(WELL, alive=False, ended_well=True, starts=3),
        replace(WELL, silent_s=10),
        replace(WELL, beating=False, silent_s=START_S),
        replace(WELL, failed=20),
        replace(WELL, p95_ms=60),
        replace(WELL, frames=19, failed=19),
        replace(WELL, frames=0, p95_ms=None),
    ],
    ids=["may start again", "recording read out", "slow beat", "starting", "share", "p95", "too few", "none yet"],
)
def test_at_its_limits_a_version_stays(seen: Seen) -> None:
    assert judge(WATCH, P95_MS, seen).what == "wait"


def test_a_version_that_just_died_is_not_kept_at_the_end_of_its_window() -> None:
    assert judge(WATCH, P95_MS, replace(WELL, left_s=0, alive=False, starts=1)).what == "wait"
    assert judge(WATCH, P95_MS, replace(WELL, left_s=0, alive=False, ended_well=True)).what == "keep"
