"""Which rows a sheet has; what stands in them is held in test_scores.py."""

from __future__ import annotations

import numpy as np

from detection.rules.judging.matching import match
from detection.rules.judging.scores.observations import FrameFacts, Judged, joined, observe
from detection.rules.judging.scores.sheet import Resampling, rows, slices
from tests.examples_judging import Shape, sample

SHAPE = Shape(frames=12, classes=2, truths=40, detections=150)
LIGHT = np.array(["dusk", "bright", ""] * 4, object)
FACTS = FrameFacts(
    id=np.array([f"frame-{i}" for i in range(12)], object),
    group=np.array([f"group-{i // 3}" for i in range(12)], object),
    set=np.array(["train"] * 3 + ["golden"] * 9, object),
    conditions={"lighting": LIGHT},
)


def judged() -> Judged:
    made = sample(SHAPE, seed=8)
    return Judged("fp32", made.truth, made.predictions, match(made.truth, made.predictions), np.array([0.4, 0.6]))


def test_a_set_is_told_whole_and_by_every_known_value() -> None:
    """A frame whose light is unknown is in the whole and in no part."""
    parts = list(slices(FACTS, FACTS.set == "golden"))
    assert [(part.name, int(part.frames.sum())) for part in parts] == [
        ("all", 9), ("lighting=bright", 3), ("lighting=dusk", 3),
    ]  # fmt: skip


def test_an_empty_set_has_no_parts() -> None:
    assert list(slices(FACTS, FACTS.set == "challenge")) == []


def test_frames_of_training_are_never_judged() -> None:
    found = list(rows(judged(), FACTS, ("box", "tube"), Resampling(10, 0.95, 0)))
    assert {row.set for row in found} == {"golden"}
    assert found[0].frames == 9
    assert found[0].truths == int((judged().truth.frame >= 3).sum())


def test_only_the_whole_set_of_all_classes_has_intervals() -> None:
    found = list(rows(judged(), FACTS, ("box", "tube"), Resampling(10, 0.95, 0)))
    with_interval = [(row.label, row.slice) for row in found if row.ap50_interval is not None]
    assert with_interval == [("every", "all")]
    assert found[0].ap50_interval is not None
    assert found[0].ap50_interval.groups == 3


def test_an_observation_carries_its_frame_and_its_light() -> None:
    one = judged()
    seen = joined([observe(one, ("box", "tube"), FACTS), observe(one, ("box", "tube"), FACTS)])
    assert len(seen) % 2 == 0
    number = {name: i for i, name in enumerate(FACTS.id)}
    of = [number[frame] for frame in seen.frame]
    assert seen.conditions["lighting"].tolist() == LIGHT[of].tolist()
    assert seen.group.tolist() == FACTS.group[of].tolist()


def test_as_many_objects_were_found_as_detections_are_right() -> None:
    seen = observe(judged(), ("box", "tube"), FACTS)
    assert seen.correct[seen.kind == "object"].sum() == seen.correct[seen.kind == "detection"].sum() > 0
    assert np.isnan(seen.score[seen.kind == "object"]).all()
