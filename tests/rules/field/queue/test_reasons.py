"""Why a frame is looked at: each reason holds where it should, says so in words, and nowhere else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from detection.rules.field.queue.candidates import Candidate, suspicions
from detection.rules.field.queue.reasons import causes
from detection.rules.field.watching.findings import Incident
from detection.rules.field.watching.readings import Baseline, Severity
from detection.rules.spec.review import Reason
from tests.examples_queues import CONTEXT, NOW, REVIEW, box, candidate


def reasons(one: Candidate) -> dict[Reason, float]:
    return {reason: cause.score for reason, cause in causes(one, CONTEXT, REVIEW).items()}


def words(one: Candidate, reason: Reason) -> str:
    return causes(one, CONTEXT, REVIEW)[reason].detail


def test_a_sure_frame_of_a_healthy_camera_is_not_looked_at() -> None:
    assert reasons(candidate(1)) == {}
    assert reasons(candidate(1, predictions=())) == {}


@pytest.mark.parametrize(
    ("score", "found"),
    [
        pytest.param(0.5, 1.0, id="on its threshold"),
        pytest.param(0.55, 0.5, id="above"),
        pytest.param(0.45, 0.5, id="below"),
        pytest.param(0.61, None, id="well above"),
        pytest.param(0.39, None, id="well below"),
    ],
)
def test_a_low_margin_counts_on_both_sides_of_the_threshold(score: float, found: float | None) -> None:
    assert reasons(candidate(1, predictions=(box(0.9), box(score)))).get("low-margin") == (
        None if found is None else pytest.approx(found)
    )


def test_the_margin_is_to_the_threshold_of_its_class_and_variant() -> None:
    """0.6 is fp32's cut for boxes and 0.4 for tubes."""
    assert "low-margin" in reasons(candidate(1, variant="fp32", predictions=(box(0.6),)))
    assert "low-margin" not in reasons(candidate(1, variant="fp32", predictions=(box(0.6, "tube"),)))
    assert "0.62, its threshold is 0.60" in words(candidate(1, variant="fp32", predictions=(box(0.62),)), "low-margin")


def test_variants_disagree_if_one_tells_what_the_other_does_not_see() -> None:
    one = candidate(1, other=(), other_variant="fp32")
    assert reasons(one)["disagreement"] == 1.0
    assert words(one, "disagreement") == "seen by one of int8 and fp32 only: box at 0.90"
    assert reasons(candidate(1, other=(box(0.8, x=200.0), box(0.9))))["disagreement"] == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param((box(0.9),), id="the same"),
        pytest.param((box(0.85, x=13.0),), id="a little aside"),
        pytest.param((box(0.45, cut=0.5), box(0.95, cut=0.99)), id="nearly told"),
    ],
)
def test_variants_that_differ_by_little_agree(other: tuple[object, ...]) -> None:
    assert "disagreement" not in reasons(candidate(1, predictions=(box(0.52),), other=other))


def test_another_class_in_the_same_place_is_a_disagreement() -> None:
    assert reasons(candidate(1, other=(box(0.9, "tube"),)))["disagreement"] == 1.0


def test_outside_the_domain_is_what_the_guard_said_and_no_degraded_camera() -> None:
    one = candidate(1, flags=("out-of-domain:brightness", "out-of-domain:sharpness"))
    assert reasons(one) == {"out-of-domain": 0.75}
    assert words(one, "out-of-domain") == "outside the validated brightness, sharpness"


@pytest.mark.parametrize("flag", ["camera:frozen", "camera:covered"])
def test_a_camera_that_shows_nothing_teaches_nothing(flag: str) -> None:
    """Labelling a lens cap costs a person's time; only what was drawn at random stays in."""
    many = {"camera": "cam-01", "predictions": (box(0.5),), "novelty": 1.0, "flags": (flag, "out-of-domain:contrast")}
    assert reasons(candidate(1, **many)) == {}
    assert reasons(candidate(1, asked=("control",), **many)) == {"control": 0.0}


def test_a_drifted_camera_gives_frames_since_it_drifted() -> None:
    assert reasons(candidate(1, camera="cam-01")) == {"drifted-camera": 1.0}
    assert reasons(candidate(1, camera="cam-01", captured_at=NOW - timedelta(hours=2))) == {}
    assert "incident incident-1" in words(candidate(1, camera="cam-01"), "drifted-camera")


def test_incidents_that_are_open_are_suspicions() -> None:
    opened = int(NOW.timestamp())
    made = [
        Incident(name, "a" * 64, "cam-02", opened, None, closed, Severity.WARNING, (), Baseline.OWN)
        for name, closed in (("open", None), ("closed", opened + 60))
    ]
    assert [(one.incident, one.alarm) for one in suspicions(made)] == [("open", False)]


def test_what_is_newer_than_nearly_all_known_frames_is_a_new_appearance() -> None:
    assert reasons(candidate(1, novelty=1.0)) == {"new-appearance": 1.0}
    assert reasons(candidate(1, novelty=0.98)) == {}
    assert reasons(candidate(1)) == {}


def test_control_frames_are_those_that_the_device_drew() -> None:
    assert reasons(candidate(1, asked=("control",))) == {"control": 0.0}
    assert causes(candidate(1, asked=("control",)), CONTEXT, REVIEW)["control"].detail == ""
