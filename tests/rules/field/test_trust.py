"""The trust score: parts by hand, weights of the spec, and what is not known left out."""

from __future__ import annotations

from dataclasses import replace
from math import isnan
from pathlib import Path

import numpy as np
import pytest

from detection.outside import documents
from detection.rules.field.accuracy.outcomes import Diagnosis, Drift
from detection.rules.field.trust import TrustScore, trust
from detection.rules.field.watching.drift import Tally, watch, yardsticks
from detection.rules.field.watching.tally import together
from detection.rules.spec.spec import Spec
from tests.examples_drift import BOUNDS, minutes, reference

MONITORING = documents.read_document(Spec, Path(__file__).resolve().parents[3] / "specs" / "spec.yaml").monitoring
STICKS = yardsticks(reference(cameras=("a", "b")), BOUNDS)


def diagnosis(precision: float, recall: float, camera: str = "a") -> Diagnosis:
    return Diagnosis(camera, Drift.NONE, precision, precision, recall, recall, 50)


def counted(field: Tally, outside: int = 0, frozen: int = 0) -> Tally:
    """So many frames of each minute were out of the domain, or frozen."""
    column = {"frames": field.frames, "out_of_domain": 0 * field.frames + outside, "frozen": 0 * field.frames + frozen}
    return replace(field, counters={name: np.asarray(values) for name, values in column.items()})


def scores(field: Tally, *diagnoses: Diagnosis) -> dict[str, TrustScore]:
    return {score.camera: score for score in trust(watch(STICKS, field), field, diagnoses, MONITORING)}


def test_parts_by_hand_and_their_weighted_mean() -> None:
    """0.4 of 0.9, 0.3 of 1, 0.2 of 0.8 and 0.1 of 0.7."""
    found = scores(counted(minutes(4, 0.0, 11), outside=2, frozen=3), diagnosis(0.95, 0.9))["a"]
    assert [part.value for part in found.parts] == pytest.approx([0.9, 1.0, 0.8, 0.7])
    assert [part.name for part in found.parts] == ["accuracy", "drift", "domain", "camera"]
    assert found.score == pytest.approx(0.4 * 0.9 + 0.3 + 0.2 * 0.8 + 0.1 * 0.7)
    assert found.known_share == 1


def test_what_is_not_known_is_left_out_and_said() -> None:
    """No labels: the others carry the score, and the page can say on how much it rests."""
    found = scores(counted(minutes(4, 0.0, 11)))["a"]
    assert isnan(found.parts[0].value)
    assert [found.score, found.known_share] == pytest.approx([1.0, 0.6])
    assert "no labels" in found.parts[0].reason


def test_a_camera_that_has_moved_far_loses_the_whole_part() -> None:
    found = scores(counted(minutes(4, 3.0, 9)), diagnosis(0.9, 0.9))["a"]
    assert found.parts[1].value == 0
    assert found.score == pytest.approx(0.4 * 0.9 + 0.2 + 0.1)


def test_the_fleet_is_the_mean_of_its_cameras_and_names_the_lowest() -> None:
    field = together([counted(minutes(4, 0.0, 11)), counted(minutes(4, 3.0, 9, "b"))])
    whole = scores(field)[""]
    assert whole.parts[1].value == pytest.approx(0.5)
    assert "(b)" in whole.parts[1].reason


def test_nothing_known_is_no_score() -> None:
    found = trust(watch(STICKS, minutes(0, 0.0, 1)), minutes(0, 0.0, 1), (), MONITORING)
    assert [isnan(one.score) for one in found] == [True]
    assert found[0].known_share == 0
