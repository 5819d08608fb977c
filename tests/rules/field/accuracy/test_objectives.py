"""Objectives by hand: rolling windows, rows of days, days without enough labels."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan

import numpy as np
import pytest

from detection.rules.field.accuracy.labelled import FieldLabels
from detection.rules.field.accuracy.objectives import stand, standing
from detection.rules.field.accuracy.outcomes import Kept, ObjectiveStanding
from detection.rules.field.watching.tally import DAY_S
from detection.rules.spec.field import Objective

WEEK = Objective(
    name="precision", metric="precision", label="every", at_least=0.85, window_days=7, minimum=100, breaches=3
)
A_MONTH = [0.91] * 10 + [0.90, 0.89, 0.88, 0.86, 0.85, 0.83, 0.81, 0.80, 0.79, 0.78] + [0.76] * 5 + [0.73] * 5
"""Thirty days of a detector that was released at 0.91 and went down to 0.73."""


def stood(values: Sequence[float], objective: Objective = WEEK, a_day: int = 100) -> ObjectiveStanding:
    """As many labelled detections every day; so many of them right."""
    counts = np.array([[round(value * a_day), a_day] for value in values])
    return standing(objective, 20_000 + np.arange(len(values)), counts)


def test_a_month_that_goes_down_breaches_on_the_day_the_plain_rule_says() -> None:
    """Mean of seven days below the floor for three days in a row, reckoned with nothing but the thirty figures."""
    means = [float(np.mean(A_MONTH[max(0, day - 6) : day + 1])) for day in range(30)]
    expected = next(day for day in range(30) if all(mean < 0.85 for mean in means[day - 2 : day + 1]) and day >= 2)
    assert expected == 19
    assert stood(A_MONTH).breached_at_s == (20_000 + expected) * DAY_S


def test_it_is_below_before_it_is_breached_and_met_before_that() -> None:
    kept = [day.kept for day in stood(A_MONTH).days]
    assert kept[16:20] == [Kept.MET, Kept.BELOW, Kept.BELOW, Kept.BREACHED]
    assert set(kept[20:]) == {Kept.BREACHED}


def test_a_good_day_ends_the_row() -> None:
    """Consecutive means consecutive."""
    daily = WEEK.model_copy(update={"window_days": 1})
    assert stood([0.8, 0.8, 0.9, 0.8, 0.8], daily).breached_at_s is None
    assert stood([0.8, 0.8, 0.8], daily).breached_at_s == 20_002 * DAY_S


def test_a_month_that_holds_is_met() -> None:
    assert {day.kept for day in stood([0.91, 0.86] * 15).days} == {Kept.MET}


def test_few_labels_are_no_evidence_and_neither_end_nor_lengthen_a_row() -> None:
    daily = WEEK.model_copy(update={"window_days": 1})
    counts = np.array([[80, 100], [80, 100], [0, 10], [80, 100]])
    found = standing(daily, 20_000 + np.arange(4), counts)
    assert [day.kept for day in found.days] == [Kept.BELOW, Kept.BELOW, Kept.TOO_FEW, Kept.BREACHED]
    assert isnan(found.days[2].value)


def test_days_without_labels_are_days_all_the_same() -> None:
    """The window rolls on; labels of last week go out of it."""
    found = standing(WEEK, np.array([20_000, 20_009]), np.array([[100, 100], [50, 100]]))
    assert len(found.days) == 10
    assert [found.days[6].value, found.days[9].value] == [1.0, 0.5]
    assert {day.kept for day in found.days[7:9]} == {Kept.TOO_FEW}


def test_without_labels_there_is_no_day_and_no_answer() -> None:
    found = standing(WEEK, np.zeros(0, np.int64), np.zeros((0, 2), np.int64))
    assert (found.days, found.kept, found.breached_at_s) == ((), Kept.TOO_FEW, None)


@pytest.mark.parametrize("drawn", [True, False])
def test_only_frames_drawn_at_random_count(drawn: bool) -> None:
    """A queue of doubtful frames would make every detector look bad."""
    one = np.array([[10, 0]])
    labels = FieldLabels(("box", "tube"), np.array(["a"], object), np.array([DAY_S]), np.array([drawn]), one, one, one)
    recall = WEEK.model_copy(update={"metric": "recall", "label": "box", "minimum": 5})
    [found] = stand([recall], labels)
    assert found.kept is (Kept.MET if drawn else Kept.TOO_FEW)
