"""Data drift or concept drift: the four corners of what histograms and labels can say."""

from __future__ import annotations

from math import isnan

import numpy as np
import pytest

from detection.rules.field.accuracy.concept import diagnose
from detection.rules.field.accuracy.labelled import FieldLabels
from detection.rules.field.accuracy.outcomes import Drift
from detection.rules.field.watching.drift import watch, yardsticks
from detection.rules.field.watching.tally import HOUR_S
from detection.rules.spec.field import Objective
from tests.examples_drift import BOUNDS, MONDAY_S, minutes, reference
from tests.examples_field import MONITORING as SPECIFIED

OBJECTIVES = [
    Objective(name=name, metric=name, label="every", at_least=0.8, window_days=7, minimum=100, breaches=3)
    for name in ("precision", "recall")
]
MONITORING = SPECIFIED.model_copy(update={"objectives": OBJECTIVES})
STICKS = yardsticks(reference(), BOUNDS)
QUIET, MOVED = watch(STICKS, minutes(4, 0.0, 11)), watch(STICKS, minutes(4, 3.0, 9))


def labels(share: float, frames: int = 60, since_s: int = MONDAY_S + 3 * HOUR_S, camera: str = "a") -> FieldLabels:
    """Frames of ten detections each, one every ten minutes; so much of them is right."""
    ten = np.full((frames, 1), 10)
    captured = since_s + 600 * np.arange(frames)
    names = np.full(frames, camera, object)
    return FieldLabels(("box",), names, captured, np.ones(frames, bool), (ten * share).astype(np.int64), ten, ten)


@pytest.mark.parametrize(
    ("moved", "came_back", "drift"),
    [
        pytest.param(False, labels(0.9), Drift.NONE, id="quiet and right"),
        pytest.param(True, labels(0.9), Drift.DATA, id="moved and still right"),
        pytest.param(True, labels(0.5), Drift.CONCEPT, id="moved and wrong"),
        pytest.param(False, labels(0.5), Drift.CONCEPT, id="wrong though nothing moved"),
        pytest.param(True, labels(0.5, 3), Drift.UNKNOWN, id="moved, too few labels"),
        pytest.param(False, labels(0.5, 3), Drift.NONE, id="quiet, too few labels"),
        pytest.param(True, labels(0.5, since_s=MONDAY_S - 90 * 600), Drift.UNKNOWN, id="labels of before say nothing"),
    ],
)
def test_labels_tell_the_drifts_apart(moved: bool, came_back: FieldLabels, drift: Drift) -> None:
    _, camera = diagnose(MOVED if moved else QUIET, came_back, MONITORING)
    assert (camera.camera, camera.drift) == ("a", drift)


def test_a_point_below_the_floor_is_no_proof() -> None:
    """0.78 of a hundred may be 0.8 and bad luck."""
    _, camera = diagnose(QUIET, labels(0.7, 12), MONITORING)
    assert camera.precision < 0.8 < camera.precision_upper
    assert camera.drift is Drift.NONE


def test_a_camera_that_nobody_watched_or_labelled_enough_is_not_called_well() -> None:
    whole, *cameras = diagnose(watch(STICKS, minutes(0, 0.0, 1)), labels(0.9, 3), MONITORING)
    assert {one.drift for one in (whole, *cameras)} == {Drift.UNWATCHED}
    assert isnan(whole.precision)


def test_labels_of_another_camera_say_nothing_of_this_one() -> None:
    """And all of them together say it of the fleet."""
    whole, own, other = diagnose(MOVED, labels(0.5, camera="b"), MONITORING)
    assert (whole.drift, own.drift, other.drift) == (Drift.CONCEPT, Drift.UNKNOWN, Drift.CONCEPT)
