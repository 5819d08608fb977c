"""All couples of answers at once, against values worked out by hand and against scipy in a plain loop."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from detection.edge.boxes import iou
from detection.rules.labels.agreement.gathering.answers import arranged, between_annotators
from detection.rules.labels.agreement.gathering.matching import Drawings, Matches, match, match_two
from tests.examples_agreement import crowd
from tests.examples_labels import Box, collected, said

A: Box = ("box", 0, 0, 10, 10)
B: Box = ("box", 20, 20, 30, 30)
A_AS_TUBE: Box = ("tube", 0, 0, 10, 10)


def _matched(*answers: list[Box], any_class: bool = False) -> Matches:
    made = collected([said(f"ann-{n}", *boxes) for n, boxes in enumerate(answers)])
    heard = arranged(made.boxes, made.assignments)
    drawn = Drawings(heard.corners, heard.label, heard.starts)
    return match(drawn, between_annotators(heard), 0.5, any_class=any_class)


def test_every_box_of_every_couple_is_listed_with_its_partner() -> None:
    """Three answers make three couples; who drew nothing has no box, but is compared."""
    found = _matched([A, B], [B], [])
    assert found.couple.tolist() == [0, 0, 0, 1, 1, 2]
    assert found.box.tolist() == [0, 1, 2, 0, 1, 2]
    assert found.partner.tolist() == [-1, 2, 1, -1, -1, -1]
    assert found.overlap.tolist() == [0, 1, 1, 0, 0, 0]
    assert found.is_first.tolist() == [True, True, False, True, True, True]


def test_another_class_is_a_partner_only_where_any_class_is() -> None:
    """A confused class is one object of two names."""
    assert _matched([A], [A_AS_TUBE]).partner.tolist() == [-1, -1]
    assert _matched([A], [A_AS_TUBE], any_class=True).partner.tolist() == [1, 0]


def test_matching_is_optimal_not_greedy() -> None:
    """Greedy takes the best couple first and leaves the other two without partners."""
    first = np.array([[0, 0, 10, 10], [3, 0, 13, 10]], np.float32)
    second = np.array([[2, 0, 12, 10], [-3, 0, 7, 10]], np.float32)
    partners = match_two(first, second, 0.5)
    assert dict(zip(partners.first.tolist(), partners.second.tolist(), strict=True)) == {0: 1, 1: 0}


@pytest.mark.parametrize(("a", "b"), [(0, 0), (0, 2), (2, 0)])
def test_nothing_matches_nothing(a: int, b: int) -> None:
    """Empty frames are common and need no branch."""
    assert len(match_two(np.zeros((a, 4), np.float32), np.zeros((b, 4), np.float32), 0.5).first) == 0


@pytest.mark.parametrize("at_least", [0.3, 0.5, 0.75])
def test_sums_are_those_of_scipy_frame_by_frame(at_least: float) -> None:
    """Crowded frames, so that many boxes have several candidates."""
    made = crowd(frames=60, annotators=3, boxes=9, seed=1)
    heard = arranged(made.boxes, made.assignments)
    couples = between_annotators(heard)
    found = match(Drawings(heard.corners, heard.label * 0, heard.starts), couples, at_least, any_class=True)
    for number, (a, b) in enumerate(zip(couples.first, couples.second, strict=True)):
        one, other = (heard.corners[heard.starts[x] : heard.starts[x + 1]] for x in (a, b))
        worth = iou(one.astype(np.float32), other.astype(np.float32))
        worth = np.where(worth >= at_least, worth, 0)
        chosen = worth[linear_sum_assignment(worth, maximize=True)]
        assert found.overlap[found.couple == number].sum() == pytest.approx(2 * chosen.sum(), abs=1e-4)
