"""A slot goes back by proof alone: what is known of the live version, in the window, at the trigger's confidence."""

from __future__ import annotations

import numpy as np
import pytest

from detection.edge.telemetry.latency import BINS, counted
from detection.rules.field.accuracy.labelled import FieldLabels
from detection.rules.field.watching.tally import HOUR_S
from detection.rules.registry.returns.triggers import Outcome, Seen, key_of, outcomes
from tests.examples_registry import PLAN, SLOT

SINCE_S = 1_000 * 86_400
NOW_S = SINCE_S + 86_400
HOUR = 60


def labels(precision: float, frames: int = 100, cameras: int = 2, begin_s: int = SINCE_S) -> FieldLabels:
    """Frames of ten detections each, one every ten minutes of each camera."""
    ten = np.full((frames, 1), 10)
    camera = np.array([f"cam-{one % cameras}" for one in range(frames)], object)
    captured = begin_s + 600 * np.arange(frames) // cameras
    right = np.round(ten * precision).astype(np.int64)
    return FieldLabels(("box",), camera, captured, np.ones(frames, bool), right, ten, ten)


def seen(failed: int = 0, slow: int = 0, frames: int = 10, minutes: int = HOUR, end_s: int = NOW_S,
         came_back: FieldLabels | None = None) -> Seen:  # fmt: skip
    """Minutes up to a moment; of each so many frames failed, and so many took 200 ms instead of 20."""
    begins = end_s - 60 * np.arange(minutes, 0, -1)
    [minute] = counted([[200.0]] * slow + [[20.0]] * (frames - slow))
    return Seen(
        begins_s=begins,
        frames=np.full(minutes, frames),
        failed=np.full(minutes, failed),
        latencies=np.tile(minute, (minutes, 1)),
        labels=labels(0.9) if came_back is None else came_back,
    )


def told(field: Seen, since_s: int = SINCE_S, as_of_s: int = NOW_S) -> dict[str, Outcome]:
    return {one.kind: one for one in outcomes(PLAN.rollback.triggers, field, since_s, as_of_s)}


def standings(field: Seen, since_s: int = SINCE_S, as_of_s: int = NOW_S) -> list[str]:
    return [one.standing for one in told(field, since_s, as_of_s).values()]


QUIET = ["quiet", "quiet", "quiet"]


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        pytest.param(seen(), QUIET, id="all is well"),
        pytest.param(seen(failed=1), ["tripped", "quiet", "quiet"], id="1 of 10 fails"),
        pytest.param(seen(slow=1), ["quiet", "tripped", "quiet"], id="1 of 10 is slow"),
        pytest.param(seen(came_back=labels(0.6)), ["quiet", "quiet", "tripped"], id="6 of 10 are right"),
        pytest.param(seen(failed=10, slow=10, came_back=labels(0.1)), ["tripped"] * 3, id="all is lost"),
        pytest.param(seen(failed=10, slow=10, minutes=19), ["not-enough"] * 2 + ["quiet"], id="190 frames"),
        pytest.param(seen(minutes=0), ["not-enough"] * 2 + ["quiet"], id="silence"),
        pytest.param(seen(came_back=labels(0.1, frames=19)), ["quiet"] * 2 + ["not-enough"], id="190 labels"),
        pytest.param(seen(came_back=labels(0.1, frames=0)), ["quiet"] * 2 + ["not-enough"], id="no labels"),
    ],
)
def test_triggers_tell_proof_from_doubt(field: Seen, expected: list[str]) -> None:
    assert standings(field) == expected


def test_a_few_unlucky_frames_do_not_trip() -> None:
    """1 % of 210 frames are 2; 4 are more than that, but well within chance (surely 0.65 %); 9 are not (2.3 %)."""
    field = seen(minutes=21)
    for failed, standing in ((4, "quiet"), (9, "tripped")):
        field.failed[:] = 0
        field.failed[:failed] = 1
        found = told(field)["error_rate"]
        assert (found.standing, found.counted) == (standing, 210)
        assert found.value == pytest.approx(failed / 210)


def test_what_lies_in_the_bin_of_the_limit_is_not_called_slow() -> None:
    """119 and 121 ms may share a bin: a histogram cannot prove that they lie beyond 120 ms; 140 ms it can."""
    for milliseconds, standing in ((121.0, "quiet"), (140.0, "tripped")):
        [minute] = counted([[milliseconds]] * 10)
        field = seen()
        field.latencies[:] = minute
        assert told(field)["p95_ms"].standing == standing


def test_labels_of_a_single_hour_of_one_camera_prove_nothing() -> None:
    ten = np.full((40, 1), 10)
    one = FieldLabels(("box",), np.full(40, "cam-0", object), np.full(40, SINCE_S + 60), np.ones(40, bool), ten // 5,
                      ten, ten)  # fmt: skip
    found = told(seen(came_back=one))["live_precision"]
    assert (found.standing, found.value, found.counted) == ("not-enough", 0.2, 400)


def test_frames_that_were_not_drawn_at_random_prove_nothing() -> None:
    """People look at what seems wrong first: its precision is not that of the line."""
    chosen = labels(0.1)
    chosen.drawn[:] = False
    assert told(seen(came_back=chosen))["live_precision"].standing == "not-enough"


def test_nothing_counts_from_before_the_version_went_live() -> None:
    """Else a bad version would take the one that replaced it down with it."""
    bad = seen(failed=10, slow=10, end_s=NOW_S, came_back=labels(0.1))
    assert standings(bad, since_s=NOW_S) == ["not-enough"] * 3
    assert told(bad, since_s=NOW_S - 600)["error_rate"].counted == 100


def test_nothing_counts_from_after_the_moment_or_from_before_the_window() -> None:
    """So that a decision can be taken again later, with the same answer."""
    assert standings(seen(failed=10, slow=10, end_s=NOW_S + HOUR_S)) == ["not-enough", "not-enough", "quiet"]
    assert standings(seen(failed=10, slow=10, end_s=NOW_S - HOUR_S)) == ["not-enough", "not-enough", "quiet"]
    assert told(seen(failed=10, minutes=120))["error_rate"].counted == 600


def test_a_slot_without_triggers_never_goes_back_by_itself() -> None:
    assert outcomes([], seen(failed=10), SINCE_S, NOW_S) == ()


def test_the_words_name_the_figures_and_the_limit() -> None:
    found = told(seen(failed=1))
    assert found["error_rate"].words == (
        "60 of 600 frames without a sound answer: surely more than 8.05% (limit 1.00%)"
    )
    assert "p95" in found["p95_ms"].words
    assert "needs 0.75" in found["live_precision"].words


def test_a_return_has_one_key_for_one_time_of_one_version() -> None:
    """Evidence grows with every minute; the key must not, or the executor would act twice on one fault."""
    assert key_of(SLOT, 2, "a" * 64) == key_of(SLOT, 2, "a" * 64)
    assert len({key_of(SLOT, 2, "a"), key_of(SLOT, 3, "a"), key_of(SLOT, 2, "b")}) == 3


def test_bins_are_those_of_the_device() -> None:
    assert seen().latencies.shape == (HOUR, BINS)
