"""From observations come the very figures that the score sheet shows, whole and drawn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from detection.rules.judging.intervals import draw_groups
from detection.rules.judging.scores.metrics import figure, resampled, select
from detection.rules.spec.judging import Metric
from tests.examples_judging import Shape, sample
from tests.examples_scores import FACTS, LABELS, judge, judged, objects, observed, said, scorer

SHOWN: tuple[Metric, ...] = (
    "precision", "recall", "f1", "ap50", "ap50_95", "average_recall", "false_per_background_frame",
)  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_gate_and_score_sheet_see_the_same_figures(seed: int) -> None:
    one = judged(seed)
    seen = observed(one)
    for row in scorer().rows(one):
        if row.slice.startswith("size="):
            continue  # counted by COCO's rule there, by box here
        where = {} if row.slice == "all" else dict(part.split("=") for part in row.slice.split(","))
        part = select(seen, FACTS, ("fp32", row.set, row.label), {name: [value] for name, value in where.items()})
        for metric in SHOWN:
            expected = getattr(row, metric)
            assert figure(metric, part) == pytest.approx(np.nan if expected is None else expected, nan_ok=True), metric


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_ties_are_broken_alike_by_scores_and_observations(seed: int) -> None:
    """Every score the same, and corners apart by less than float32 tells: one order, kept by whoever reads it back."""
    made = sample(Shape(frames=12, classes=2, truths=60, detections=300), seed)
    dice = np.random.default_rng(seed)
    tied = np.full(300, 0.5)
    corners = np.repeat(made.predictions.corners[::3], 3, axis=0) + dice.random((300, 4)) * 1e-8
    frame, label = (np.repeat(getattr(made.predictions, name)[::3], 3) for name in ("frame", "label"))
    one = judge(made.truth, replace(made.predictions, frame=frame, label=label, score=tied, corners=corners))
    for row in scorer().rows(one):
        if row.slice == "all":
            part = select(observed(one), FACTS, ("fp32", row.set, row.label), {})
            assert figure("ap50", part) == pytest.approx(np.nan if row.ap50 is None else row.ap50, nan_ok=True)


def test_a_draw_of_every_group_once_is_the_figure_itself() -> None:
    part = select(observed(), FACTS, ("fp32", "golden", "every"), {})
    once = np.ones((1, 3), np.int64)
    for metric in (*SHOWN, "calibration_error"):
        assert resampled(metric, part, once)[0] == pytest.approx(figure(metric, part), nan_ok=True)


def test_a_group_drawn_twice_counts_twice() -> None:
    """Held against a data set in which that group really stands twice."""
    part = select(observed(), FACTS, ("fp32", "golden", "every"), {})
    draws = np.array([[2, 0, 1]])
    first, last = (part.groups[i] for i in (0, 2))
    twice = [part.observations.group == first, part.observations.group == first, part.observations.group == last]
    for metric in ("precision", "recall", "f1"):
        thing = part.observations
        chosen = [thing.take(rows) for rows in twice]
        shown = sum(int(((c.kind == "detection") & c.kept).sum()) for c in chosen)
        right = sum(int(((c.kind == "detection") & c.kept & c.correct).sum()) for c in chosen)
        there = sum(int((c.kind == "object").sum()) for c in chosen)
        found = sum(int(((c.kind == "object") & c.correct).sum()) for c in chosen)
        by_hand = {"precision": right / shown, "recall": found / there, "f1": (right + found) / (shown + there)}
        assert resampled(metric, part, draws)[0] == pytest.approx(by_hand[metric])


def test_groups_without_boxes_are_drawn_too() -> None:
    """An empty frame is where false detections are counted."""
    seen = observed(judge(objects((3, 0, 0)), said((3, 0, 0, 0.9))))
    part = select(seen, FACTS, ("fp32", "golden", "every"), {})
    assert part.groups.tolist() == ["group-1", "group-2", "group-3"]
    assert figure("false_per_background_frame", part) == 0
    assert np.isnan(resampled("recall", part, np.array([[0, 3, 0]]))[0])


def test_the_calibration_error_is_the_distance_of_said_and_true() -> None:
    """Ten detections at 0.8 of which five are right err by 0.3; two at 0.2, none right, by 0.2."""
    there = [(3, 0, 20.0 * i) for i in range(5)]
    right = [(3, 0, 20.0 * i, 0.8) for i in range(10)]
    wrong = [(4, 0, 20.0 * i, 0.2) for i in range(2)]
    part = select(observed(judge(objects(*there), said(*right, *wrong))), FACTS, ("fp32", "golden", "box"), {})
    assert figure("calibration_error", part) == pytest.approx((10 * 0.3 + 2 * 0.2) / 12)


def test_nothing_has_no_figure() -> None:
    part = select(observed(judge(objects(), said())), FACTS, ("fp32", "golden", "every"), {})
    for metric in (*SHOWN, "calibration_error"):
        value = figure(metric, part)
        assert value == 0 if metric == "false_per_background_frame" else np.isnan(value)


def test_a_size_chooses_boxes_and_no_frames() -> None:
    seen = observed()
    part = select(seen, FACTS, ("fp32", "golden", LABELS[0]), {"size": ["small"]})
    assert set(part.observations.size) == {"small"}
    assert len(part.frames) == 9
    assert part.by_group(part.observations.kind == "object").sum() == ((part.observations.kind == "object").sum())
    assert resampled("recall", part, draw_groups(3, 20, 0)).shape == (20,)
