"""Whose policy decides, what a neighbour would change, and which frames are looked at."""

from __future__ import annotations

import numpy as np
import pytest

from detection.rules.judging.operating import choices
from detection.rules.judging.operating.choices import Material, Question, point_of
from detection.rules.judging.operating.points import OperatingRow
from detection.rules.spec.judging import OperatingPoint

GRID = np.linspace(0, 1, 11)


def point(label: str, policy: dict[str, object], by: str | None = None) -> OperatingPoint:
    return OperatingPoint.model_validate({"label": label, "policy": policy, "by": by})


COST = {"kind": "cost", "false_detection": 1.0, "missed_object": 3.0}
BY_LIGHT = point("every", COST, "lighting")


def material() -> Material:
    """Frames 0 and 1 by day, 2 and 3 at dusk, where scores are low; 4 is not used, though it is full of detections.

    One object a frame, found by day at 0.9 and at dusk at 0.4; something false by day at 0.5.
    """
    return Material(
        variant="fp32",
        label=np.zeros(6, np.int64),
        score=np.array([0.9, 0.9, 0.8, 0.5, 0.4, 0.4]),
        correct=np.array([True, True, False, False, True, True]),
        frame=np.array([0, 1, 4, 0, 2, 3]),
        truth_label=np.zeros(5, np.int64),
        truth_frame=np.arange(5),
        used=np.array([True, True, True, True, False]),
        group_of=np.array(["a", "a", "b", "c", "d"], object),
        conditions={"lighting": np.array(["day", "day", "dusk", "dusk", "dusk"], object)},
    )


def rows(asked: OperatingPoint, minimum: int = 1) -> list[OperatingRow]:
    values = ("day", "dusk", "night") if asked.by else ()
    return list(choices.rows(material(), Question(0, "box", asked, values, GRID, minimum)))


def test_the_entry_that_names_the_class_decides_before_the_one_for_every() -> None:
    every, first, second = point("every", COST), point("box", {"kind": "f1-best"}), point("box", COST)
    assert point_of((every, first, second), "box") is first
    assert point_of((every, first, second), "tube") is every


def test_only_the_frames_that_may_be_learnt_from_are_counted() -> None:
    (common,) = rows(point("every", COST))
    assert (common.n, common.groups, common.missed, common.false_detections) == (4, 3, 0, 1)
    assert common.expected_cost == pytest.approx(1 / 4)


def test_each_value_of_the_condition_has_a_cut_of_its_own() -> None:
    common, day, dusk, night = rows(BY_LIGHT)
    assert [row.by for row in (common, day, dusk, night)] == ["", "lighting=day", "lighting=dusk", "lighting=night"]
    assert day.cut == pytest.approx(0.7)
    assert (day.false_detections, day.missed, day.n) == (0, 0, 2)
    assert dusk.cut == pytest.approx(0.4)
    assert (night.cut, night.n) == (common.cut, 0)
    assert "0 objects, fewer than 1" in night.warning


def test_a_neighbour_tells_what_a_change_would_cost() -> None:
    (common,) = rows(point("every", COST))
    changes = {round(one.cut, 2): one for one in common.neighbours}
    assert sorted(changes) == [0.3, 0.35, 0.45, 0.5]
    assert (changes[0.5].false_change, changes[0.5].missed_change, changes[0.5].cost_change) == (0, 2, 6.0)
    assert (changes[0.3].false_change, changes[0.3].missed_change, changes[0.3].cost_change) == (0, 0, 0.0)


def test_without_costs_a_neighbour_has_none() -> None:
    (common,) = rows(point("every", {"kind": "f1-best"}))
    assert {one.cost_change for one in common.neighbours} == {None}
    assert common.expected_cost is None


def test_a_risk_bound_says_its_bound_and_confidence() -> None:
    policy = {"kind": "risk-bound", "risk": "missed-share", "at_most": 0.2, "confidence": 0.9}
    (common,) = rows(point("every", policy))
    assert common.confidence == 0.9
    assert common.bound is not None
    assert common.bound > 0.2
    assert "(3 groups, and fewer than 13 never prove it)" in common.warning
