"""The cut with the best F1, against trying every cut."""

from __future__ import annotations

import numpy as np
import pytest

from detection.rules.judging.operating.cuts import UNDECIDED, best_cut, curve


def test_the_cut_lies_midway_between_the_last_kept_and_the_next() -> None:
    scores = np.array([0.9, 0.8, 0.4, 0.3])
    assert best_cut(scores, np.array([True, True, False, False]), truths=2) == pytest.approx(0.6)


@pytest.mark.parametrize("seed", range(5))
def test_no_other_cut_has_a_better_f1(seed: int) -> None:
    dice = np.random.default_rng(seed)
    scores = np.sort(np.round(dice.random(200), 2))[::-1]
    correct, truths = dice.random(200) < scores, 150
    cut = best_cut(scores, correct, truths)

    def f1(at: float) -> float:
        kept = scores >= at
        return float(2 * correct[kept].sum() / (kept.sum() + truths))

    assert f1(cut) == pytest.approx(max(f1(at) for at in np.linspace(0, 1, 2001)))


def test_equal_scores_are_kept_or_dropped_together() -> None:
    possible = curve(np.array([0.5, 0.5, 0.5]), np.array([True, False, True]), truths=2)
    assert possible.score.tolist() == [0.5]
    assert possible.precision.tolist() == pytest.approx([2 / 3])
    assert possible.recall.tolist() == [1.0]


@pytest.mark.parametrize(
    ("scores", "correct", "truths"),
    [
        pytest.param([], [], 3, id="nothing detected"),
        pytest.param([0.9, 0.2], [False, False], 3, id="nothing right"),
        pytest.param([0.9], [False], 0, id="nothing to find"),
        pytest.param([], [], 0, id="nothing at all"),
    ],
)
def test_a_class_of_which_nothing_was_found_is_cut_in_the_middle(
    scores: list[float], correct: list[bool], truths: int
) -> None:
    assert best_cut(np.array(scores), np.array(correct, bool), truths) == UNDECIDED
