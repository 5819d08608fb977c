"""What stays in float: the error of raw outputs by hand, and the choice under a budget."""

from __future__ import annotations

import numpy as np
import pytest

from detection.rules.quantisation import Block, Candidates, error_of, kept


def candidates(*columns: tuple[float, ...]) -> Candidates:
    return np.array(columns, np.float32).T


BOX = (10.0, 10.0, 4.0, 4.0)


def test_no_change_is_no_error() -> None:
    exact = candidates((*BOX, 0.9, 0.1), (*BOX, 0.0, 0.0))
    assert error_of(exact, exact.copy()) == pytest.approx(0)


def test_a_score_and_a_box_that_move_add_up() -> None:
    """Half the box overlaps: IoU 1/3; the score falls by 0.2."""
    exact, found = candidates((*BOX, 0.9, 0.1)), candidates((12.0, 10.0, 4.0, 4.0, 0.7, 0.1))
    assert error_of(exact, found) == pytest.approx(0.2 + 2 / 3, abs=1e-5)


def test_candidates_weigh_as_much_as_their_score() -> None:
    exact = candidates((*BOX, 0.9), (*BOX, 0.1))
    found = candidates((*BOX, 0.9), (*BOX, 0.2))
    assert error_of(exact, found) == pytest.approx(0.1 * 0.1, abs=1e-5)


def test_candidates_that_nobody_is_sure_of_do_not_count() -> None:
    sure = [(*BOX, 0.5)] * 100
    exact, found = candidates(*sure, (*BOX, 0.01)), candidates(*sure, (*BOX, 0.9))
    assert error_of(exact, found) == pytest.approx(0)


def test_empty_boxes_overlap_by_nothing() -> None:
    exact = candidates((1.0, 1.0, 0.0, 0.0, 0.5))
    assert error_of(exact, exact) == pytest.approx(1)


def test_the_best_for_its_price_is_kept_within_the_budget() -> None:
    """Dear saves most, but cheap saves more for its price, and both together are over the budget."""
    cheap, dear, worse = Block("cheap", 0.01, 0.8), Block("dear", 0.05, 0.6), Block("worse", 0.01, 1.2)
    assert kept([dear, worse, cheap], 1.0, 0.05) == (cheap,)
    assert kept([dear, worse, cheap], 1.0, 0.07) == (cheap, dear)
    assert kept([dear, worse, cheap], 1.0, 0.0) == ()


@pytest.mark.parametrize("error", [0.99, 0.95], ids=["noise", "less than its part of the work"])
def test_what_saves_little_is_not_kept(error: float) -> None:
    assert kept([Block("one", 0.06, error)], 1.0, 1.0) == ()
