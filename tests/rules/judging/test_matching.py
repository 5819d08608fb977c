"""One frame at a time by hand; whole sets are compared with pycocotools in test_average_precision.py."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detection.errors import LabelsError, ModelError
from detection.rules.judging.matching import Matches, Predictions, Reals, SizeRange, Truth, column_of, match
from tests.examples_judging import Sample, Shape, sample, shuffled

HALF = np.array([0.5])
BOX = [0.0, 0.0, 10.0, 10.0]


def truth(*rows: tuple[int, int, list[float]]) -> Truth:
    return Truth(
        np.array([r[0] for r in rows], np.int64), np.array([r[1] for r in rows], np.int64),
        np.array([r[2] for r in rows]).reshape(-1, 4),
    )  # fmt: skip


def found(*rows: tuple[int, int, float, list[float]]) -> Predictions:
    return Predictions(
        np.array([r[0] for r in rows], np.int64), np.array([r[1] for r in rows], np.int64),
        np.array([r[2] for r in rows], np.float64), np.array([r[3] for r in rows]).reshape(-1, 4),
    )  # fmt: skip


def partners(matches: Matches) -> list[int]:
    """The partner of each detection, in the order of the predictions."""
    return list(map(int, matches.partner[np.argsort(matches.row), 0]))


def test_of_two_detections_of_one_object_the_better_scored_takes_it() -> None:
    matches = match(truth((0, 0, BOX)), found((0, 0, 0.3, BOX), (0, 0, 0.9, BOX)), HALF)
    assert partners(matches) == [-1, 0]


def test_a_detection_takes_the_object_it_overlaps_most() -> None:
    near, exact = [2.0, 0.0, 12.0, 10.0], BOX
    matches = match(truth((0, 0, near), (0, 0, exact)), found((0, 0, 0.9, BOX)), HALF)
    assert partners(matches) == [1]


def test_the_second_detection_takes_what_the_first_left() -> None:
    """Both overlap both: greedy by score, not by overlap."""
    left, right = BOX, [1.0, 0.0, 11.0, 10.0]
    matches = match(truth((0, 0, left), (0, 0, right)), found((0, 0, 0.9, left), (0, 0, 0.8, left)), HALF)
    assert partners(matches) == [0, 1]


@pytest.mark.parametrize(
    "other",
    [pytest.param((1, 0, BOX), id="of another frame"), pytest.param((0, 1, BOX), id="of another class")],
)
def test_an_object_elsewhere_is_never_taken(other: tuple[int, int, list[float]]) -> None:
    assert partners(match(truth(other), found((0, 0, 0.9, BOX)), HALF)) == [-1]


def test_an_overlap_of_exactly_the_limit_is_enough() -> None:
    """Boxes of 10 x 10 and 10 x 5 inside it: 50 / 100."""
    assert partners(match(truth((0, 0, BOX)), found((0, 0, 0.9, [0.0, 0.0, 10.0, 5.0])), HALF)) == [0]


def test_each_overlap_is_matched_on_its_own() -> None:
    """At 0.5 the better-scored loose box takes the object; at 0.9 it cannot, and the tight one does."""
    loose = [0.0, 0.0, 10.0, 7.0]
    matches = match(truth((0, 0, BOX)), found((0, 0, 0.9, loose), (0, 0, 0.8, BOX)), np.array([0.5, 0.9]))
    assert matches.partner[np.argsort(matches.row)].tolist() == [[0, -1], [-1, 0]]


def test_an_object_out_of_range_excuses_its_finder_and_is_not_demanded() -> None:
    matches = match(truth((0, 0, BOX)), found((0, 0, 0.9, BOX)), HALF, SizeRange(1000, 1e10))
    assert not matches.counted.any()
    assert len(matches.truth_label) == 0


def test_nothing_on_either_side_is_no_match() -> None:
    assert len(match(truth(), found())) == 0
    assert partners(match(truth(), found((0, 0, 0.9, BOX)), HALF)) == [-1]
    assert len(match(truth((0, 0, BOX)), found()).truth_label) == 1


def test_what_ranks_below_the_maximum_is_not_judged() -> None:
    many = found(*((0, 0, score, BOX) for score in (0.1, 0.9, 0.5)))
    assert match(truth((0, 0, BOX)), many, HALF, maximum=2).row.tolist() == [1, 2]


def test_of_equal_scores_the_lesser_corners_go_first() -> None:
    """Whatever the order of the rows: first the frame decides, then the corners."""
    right = [1.0, 0.0, 11.0, 10.0]
    assert partners(match(truth((0, 0, BOX)), found((0, 0, 0.5, right), (0, 0, 0.5, BOX)), HALF)) == [-1, 0]
    assert partners(match(truth((0, 0, BOX)), found((0, 0, 0.5, BOX), (0, 0, 0.5, right)), HALF)) == [0, -1]


@given(
    rows=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1), st.integers(1, 3), st.integers(0, 3)), max_size=30),
    objects=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1), st.integers(0, 3)), max_size=12),
    seed=st.integers(0, 9),
)
def test_the_order_of_the_rows_never_matters(
    rows: list[tuple[int, int, int, int]], objects: list[tuple[int, int, int]], seed: int
) -> None:
    """Few scores and places, so that nearly everything is equal to something else."""
    made = Sample(
        truth(*((f, c, [10.0 + x, 0, 20.0 + x, 10]) for f, c, x in objects)),
        found(*((f, c, s / 4, [10.0 + x, 0, 20.0 + x, 10]) for f, c, s, x in rows)),
    )
    other = shuffled(made, seed)
    one, two = match(made.truth, made.predictions), match(other.truth, other.predictions)
    for column in ("frame", "label", "score", "rank", "counted"):
        assert np.array_equal(getattr(one, column), getattr(two, column))
    demanded, again = (sorted(zip(m.truth_frame, m.truth_label, strict=True)) for m in (one, two))
    assert demanded == again
    assert np.array_equal(made.predictions.corners[one.row], other.predictions.corners[two.row])
    assert np.array_equal(_partner_corners(made, one), _partner_corners(other, two), equal_nan=True)


def _partner_corners(made: Sample, matches: Matches) -> Reals:
    padded: Reals = np.concatenate((made.truth.corners, np.full((1, 4), np.nan)))
    return padded[matches.partner]


def test_ten_thousand_detections_in_one_frame_are_judged_in_a_moment() -> None:
    """The best hundred of each class are; the cost of the rest is their sorting."""
    shape = Shape(frames=1, classes=5, truths=1000, detections=10_000)
    made = sample(shape, seed=0)
    match(made.truth, made.predictions)
    begun = time.process_time()
    matches = match(made.truth, made.predictions)
    assert time.process_time() - begun < 0.5
    assert np.bincount(matches.label).tolist() == [100] * 5


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("place", ["score", "corners"])
def test_a_detection_with_a_number_that_is_none_is_refused(wrong: float, place: str) -> None:
    """It would be sorted somewhere, and nobody would see that the figures mean nothing."""
    made = found((0, 0, 0.9, BOX), (3, 1, 0.8, [1.0, 2.0, 3.0, 4.0]))
    getattr(made, place)[1] = wrong
    with pytest.raises(ModelError, match=r"1 of 2 detections .* number 1 \(frame 3, class 1\): expected finite .*; "):
        match(truth((0, 0, BOX)), made)


def test_an_object_with_a_number_that_is_none_is_refused() -> None:
    with pytest.raises(LabelsError, match=r"1 of 1 objects .* got \[0.0, 0.0, nan, 10.0\]; mend the labels"):
        match(truth((0, 0, [0.0, 0.0, np.nan, 10.0])), found())


def test_a_negative_class_is_refused() -> None:
    with pytest.raises(ModelError, match="class -1"):
        match(truth((0, 0, BOX)), found((0, -1, 0.9, BOX)))


def test_every_overlap_has_its_column() -> None:
    assert [column_of(round(0.5 + 0.05 * t, 2)) for t in range(10)] == list(range(10))
    with pytest.raises(ValueError, match=r"IoU 0.52 is none of 0.50, 0.55"):
        column_of(0.52)


def test_choosing_frames_after_matching_is_matching_the_chosen_frames() -> None:
    shape = Shape(frames=20, classes=3, truths=80, detections=300)
    made = sample(shape, seed=1)
    chosen = np.arange(shape.frames) % 3 == 0
    late = match(made.truth, made.predictions).within(chosen)
    early = match(made.truth.take(chosen[made.truth.frame]), made.predictions.take(chosen[made.predictions.frame]))
    assert np.array_equal(late.score, early.score)
    assert np.array_equal(late.partner >= 0, early.partner >= 0)
    assert np.array_equal(late.truth_label, early.truth_label)


def test_no_object_is_taken_twice() -> None:
    made = sample(Shape(frames=4, classes=2, truths=100, detections=1500), seed=2)
    matches = match(made.truth, made.predictions)
    for partner in matches.partner.T:
        taken = partner[partner >= 0]
        assert len(taken) == len(set(taken.tolist()))
