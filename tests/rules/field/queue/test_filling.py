"""Quotas, cameras, near-duplicates and the clock: what comes into a queue, and that nothing is lost unsaid."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from detection.rules.field.queue.candidates import Candidate
from detection.rules.field.queue.filling import Filled, fill
from detection.rules.spec.review import Review
from tests.examples_queues import CONTEXT, NOW, REVIEW, box, candidate, review

CONTROL = {"asked": ("control",)}


def filled(candidates: list[Candidate], asked: Review = REVIEW, known: frozenset[str] = frozenset()) -> Filled:
    return fill(candidates, CONTEXT, asked, NOW, known)


def left(made: Filled) -> dict[tuple[str, str], int]:
    return {(one.reason, one.why): one.frames for one in made.left_out}


def test_nothing_makes_an_empty_queue() -> None:
    assert filled([]) == Filled((), ())
    assert left(filled([candidate(1)])) == {("", "no-reason"): 1}


def test_a_quota_takes_the_frames_that_score_highest() -> None:
    made = filled([candidate(n, predictions=(box(0.5 + n / 100),)) for n in range(8)], review({"low-margin": 3}))
    assert [item.name for item in made.items] == [f"cam-00/{n:04d}.jpg" for n in range(3)]
    assert left(made) == {("low-margin", "quota"): 5}


def test_no_camera_has_more_than_its_share() -> None:
    frames = [candidate(n, camera=f"cam-{n % 2}", **CONTROL) for n in range(10)]
    made = filled(frames, review({"control": 9}, per_camera=3))
    assert Counter(item.camera for item in made.items) == {"cam-0": 3, "cam-1": 3}
    assert left(made) == {("control", "camera-quota"): 4}


def test_nearly_the_same_picture_is_looked_at_once() -> None:
    near = [candidate(n, hash=n, **CONTROL) for n in range(4)] + [candidate(4, hash=0b11111 << 8, **CONTROL)]
    made = filled(near, review({"control": 9}))
    assert len(made.items) == 2
    assert left(made) == {("control", "near-duplicate"): 3}


def test_what_was_queued_earlier_is_not_queued_again_in_another_frame() -> None:
    """A camera that stands still sends the same picture week after week."""
    context = replace(CONTEXT, hashes=(0b111,))
    made = fill([candidate(1, hash=0, **CONTROL)], context, review({"control": 9}), NOW, frozenset())
    assert left(made) == {("control", "near-duplicate"): 1}


def test_near_duplicates_of_another_reason_count_too() -> None:
    two = [candidate(1, hash=5, **CONTROL), candidate(2, hash=4, predictions=(box(0.5),))]
    made = filled(two, review({"control": 9, "low-margin": 9}))
    assert [item.reason for item in made.items] == ["control"]
    assert left(made) == {("low-margin", "near-duplicate"): 1}


def test_a_frame_stands_once_for_the_first_reason_of_the_spec() -> None:
    one = candidate(1, camera="cam-01", predictions=(box(0.5),))
    made = filled([one, one], review({"drifted-camera": 1, "low-margin": 1}))
    assert [[cause.reason for cause in item.causes] for item in made.items] == [["drifted-camera", "low-margin"]]
    assert made.left_out == ()


def test_what_one_quota_passes_over_another_may_take() -> None:
    pair = [candidate(n, camera="cam-01", predictions=(box(0.5),)) for n in (1, 2)]
    made = filled(pair, review({"drifted-camera": 1, "low-margin": 1}))
    assert sorted(item.reason for item in made.items) == ["drifted-camera", "low-margin"]
    assert made.left_out == ()


def test_a_blind_frame_tells_nothing_of_what_was_predicted() -> None:
    made = filled([candidate(1, predictions=(box(0.5),), novelty=1.0, **CONTROL)])
    assert [[(cause.reason, cause.detail) for cause in item.causes] for item in made.items] == [[("control", "")]]
    assert made.items[0].blind


def test_the_clock_runs_from_the_queueing_by_reason() -> None:
    """What is due first stands first."""
    one, two = candidate(1, **CONTROL), candidate(2, flags=("out-of-domain:brightness",))
    made = filled([one, two])
    assert [(item.reason, item.due_at - NOW) for item in made.items] == [
        ("out-of-domain", timedelta(hours=24)),
        ("control", timedelta(hours=72)),
    ]
    assert not made.items[0].overdue(NOW + timedelta(hours=24))
    assert made.items[0].overdue(NOW + timedelta(hours=24, seconds=1))


def test_frames_that_a_person_saw_are_not_asked_for_again() -> None:
    one, two = candidate(1, **CONTROL), candidate(2, **CONTROL)
    made = filled([one, two], known=frozenset([one.frame]))
    assert [item.frame for item in made.items] == [two.frame]
    assert left(made) == {("", "known"): 1}


frames = st.builds(
    candidate,
    number=st.integers(0, 40),
    camera=st.sampled_from(["cam-00", "cam-01"]),
    hash=st.integers(0, 2**64 - 1) | st.integers(0, 255),
    asked=st.sampled_from([(), ("control",)]),
    flags=st.sampled_from([(), ("out-of-domain:brightness",)]),
    novelty=st.sampled_from([0.5, 0.995, 1.0]),
    predictions=st.sampled_from([(), (box(0.5),), (box(0.9),)]),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(frames, max_size=30, unique_by=lambda one: one.frame), st.integers(0, 6), st.integers(1, 4))
def test_every_frame_is_queued_or_counted_and_every_bound_holds(
    candidates: list[Candidate], quota: int, per_camera: int
) -> None:
    asked = review(dict.fromkeys(("control", "drifted-camera", "low-margin", "new-appearance"), quota), per_camera)
    made = filled(candidates, asked)
    assert made == filled(candidates[::-1], asked)
    assert len({item.frame for item in made.items}) == len(made.items)
    assert max(Counter(item.reason for item in made.items).values(), default=0) <= quota
    assert max(Counter((item.reason, item.camera) for item in made.items).values(), default=0) <= per_camera
    hashes = [int(item.hash, 16) for item in made.items]
    assert all((a ^ b).bit_count() > 4 for n, a in enumerate(hashes) for b in hashes[:n])
    assert len(made.items) + sum(one.frames for one in made.left_out) >= len(candidates)
