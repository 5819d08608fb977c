"""Agreement between annotators, against values worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from detection.rules.labels.agreement import pairs as agreement
from detection.rules.labels.agreement.pairs import match
from tests.examples_labels import Box, collected, said

A, B = ("box", 0, 0, 10, 10), ("box", 20, 20, 30, 30)


def _measured(*frames: tuple[list[Box], list[Box]], floor: float = 0.85) -> agreement.Agreement:
    made = collected(*[(said("ann-1", *one), said("ann-2", *two)) for one, two in frames])
    return agreement.measure(made.boxes, made.assignments, ["box", "tube"], 0.5, floor)


def test_two_who_draw_the_same_agree_fully() -> None:
    """F1 1 and IoU 1, and no frame to talk about."""
    box = _measured(([A, B], [B, A])).classes[0]
    assert (box.f1, box.mean_iou, box.worst_frames, box.boxes, box.matched) == (1.0, 1.0, (), 4, 2)


def test_a_missed_box_counts_against_both() -> None:
    """2 * 1 / (2 + 1): the same whoever of the two is the truth."""
    assert _measured(([A, B], [A])).classes[0].f1 == pytest.approx(2 / 3)
    assert _measured(([A], [A, B])).classes[0].f1 == pytest.approx(2 / 3)


def test_an_empty_answer_disagrees_with_a_full_one() -> None:
    """Who found nothing has answered; without the assignments this frame would vanish."""
    result = _measured(([A], []), ([A], [A]))
    assert result.classes[0].f1 == pytest.approx(2 / 3)
    assert len(result.classes[0].worst_frames) == 1
    assert result.compared_frames == 2


def test_another_class_is_no_match() -> None:
    """A confused class is an error in both."""
    assert [c.f1 for c in _measured(([A], [("tube", *A[1:])])).classes] == [0.0, 0.0]


def test_overlap_below_the_bound_is_no_match() -> None:
    """IoU of [0, 10] and [4, 14] along x is 6 / 14."""
    result = _measured(([A], [("box", 4, 0, 14, 10)]))
    assert (result.classes[0].f1, result.classes[0].mean_iou) == (0.0, None)


def test_matching_is_optimal_not_greedy() -> None:
    """Greedy takes the best pair first and leaves the other two without partners."""
    first = np.array([[0, 0, 10, 10], [3, 0, 13, 10]], np.float32)
    second = np.array([[2, 0, 12, 10], [-3, 0, 7, 10]], np.float32)
    partners = match(first, second, 0.5)
    assert dict(zip(partners.first.tolist(), partners.second.tolist(), strict=True)) == {0: 1, 1: 0}


@pytest.mark.parametrize(("a", "b"), [(0, 0), (0, 2), (2, 0)])
def test_nothing_matches_nothing(a: int, b: int) -> None:
    """Empty frames are common and need no branch."""
    assert len(match(np.zeros((a, 4), np.float32), np.zeros((b, 4), np.float32), 0.5).first) == 0


def test_the_experts_answer_is_not_an_annotators() -> None:
    """One annotator and an expert are no two annotators."""
    made = collected((said("ann-1", A), said("verified", B, verified=True)))
    result = agreement.measure(made.boxes, made.assignments, ["box"], 0.5, 0.85)
    assert result.statement == "one annotator: agreement not measurable"
    assert agreement.below_floor(result) == []


def test_two_who_never_saw_the_same_frame_cannot_be_compared() -> None:
    """It is said, and not taken for agreement."""
    made = collected((said("ann-1", A),), (said("ann-2", A),))
    result = agreement.measure(made.boxes, made.assignments, ["box"], 0.5, 0.85)
    assert result.statement == "2 annotators, no frame seen by two of them: agreement not measurable"


def test_a_class_below_the_floor_is_named_with_its_worst_frames() -> None:
    """The reader must know what to talk about, and over which frames."""
    result = _measured(([A, B], []), ([A, B], [A]), ([A], [A]))
    line = agreement.below_floor(result)[0]
    assert line.startswith("class box: F1 0.571 (needs 0.85) at IoU 0.5")
    assert line.index(result.classes[0].worst_frames[0][:12]) < line.index(result.classes[0].worst_frames[1][:12])
    assert "do not agree" in result.statement
    assert agreement.below_floor(_measured(([A, B], []), floor=0.0)) == []


def test_three_annotators_make_three_pairs() -> None:
    """All pairs are pooled."""
    made = collected((said("ann-1", A), said("ann-2", A), said("ann-3")))
    result = agreement.measure(made.boxes, made.assignments, ["box"], 0.5, 0.85)
    assert [(p.first, p.second, p.f1) for p in result.pairs] == [
        ("ann-1", "ann-2", 1.0),
        ("ann-1", "ann-3", 0.0),
        ("ann-2", "ann-3", 0.0),
    ]
    assert result.classes[0].f1 == pytest.approx(2 / 4)
