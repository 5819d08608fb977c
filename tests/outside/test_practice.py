"""The practice world as a source: what the expert is shown, and for which scenes."""

from __future__ import annotations

import numpy as np
import pytest

from detection.outside import images, practice
from detection.scenes.seasons import at_month
from detection.scenes.warehouse import World, labelled, plan, render
from tests.examples_labels import SPEC


def test_the_expert_answers_for_about_the_share_asked_for() -> None:
    """2,000 scenes, within three points; none and all are exact."""
    scenes = [f"cam-{n % 20:02d}-s{n // 20:04d}" for n in range(2000)]
    assert np.mean([practice.is_verified(scene, 0.5, 7) for scene in scenes]) == pytest.approx(0.5, abs=0.03)
    assert not any(practice.is_verified(scene, 0.0, 7) for scene in scenes)
    assert all(practice.is_verified(scene, 1.0, 7) for scene in scenes)


def test_labels_follow_the_class_rules_and_know_no_crates() -> None:
    """The expert's boxes are the truth's, less what is too small or hidden and every crate."""
    world = World(5, 2, 160, 128, at_month(12, crates_from=1))
    drawn = practice.Practice(world, tuple(SPEC.classes), 1, 1.0, images.jpeg)
    arrived = {a.name: a for a in practice.arrivals(drawn, 8, 1)}
    assert len(arrived) == 8
    crates = 0
    for shot, arrival in zip(plan(world, 8), arrived.values(), strict=True):
        truth = render(world, shot).truth
        rule = SPEC.classes[0]
        crates += int(np.sum(truth.labels == "crate"))
        wanted = truth.take(
            labelled(truth, rule.minimum_size_px, rule.minimum_visible_share) & (truth.labels != "crate")
        )
        expert = next(answer for answer in arrival.answers if answer.verified)
        assert expert.labels.tolist() == wanted.labels.tolist()
        np.testing.assert_array_equal(expert.corners, wanted.boxes)
        assert (arrival.context.camera, arrival.context.scene) == (shot.camera, shot.scene)
    assert crates
