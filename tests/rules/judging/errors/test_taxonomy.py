"""Kinds of errors: each by hand, all of them beside tidecv, and input that is no input."""

from __future__ import annotations

import numpy as np
import pytest

from detection.rules.judging.errors.taxonomy import KINDS, RIGHT, taxonomy
from detection.rules.judging.matching import Predictions, Truth, match
from tests.examples_errors import every_kind, predictions, tide, truth
from tests.examples_judging import Shape, sample

SHAPE = Shape(frames=60, classes=4, truths=420, detections=1800)


def test_every_kind_is_told_by_hand() -> None:
    """A frame a kind, in the order of the example; what stands below the threshold is right."""
    one = every_kind()
    told = {int(one.predictions.frame[row]): int(kind) for row, kind in zip(one.told.row, one.told.kind, strict=True)}
    assert [told[frame] for frame in (0, 1, 2, 3, 4)] == [KINDS.index(kind) for kind in KINDS[:5]]
    assert told[6] == told[7] == RIGHT
    assert one.truth.frame[one.told.missed].tolist() == [2, 5]


def test_an_object_seen_below_the_threshold_only_is_missed_by_whoever_uses_the_device() -> None:
    one = every_kind()
    assert one.truth.frame[one.shown.missed].tolist() == [2, 5, 6]


def test_an_error_names_the_object_it_speaks_of() -> None:
    one = every_kind()
    named = {int(one.predictions.frame[row]): int(j) for row, j in zip(one.told.row, one.told.object, strict=True)}
    assert named[0] == 0
    assert named[1] == 1
    assert named[4] == -1


def test_only_the_surest_of_two_errors_on_an_object_would_find_it() -> None:
    told = taxonomy(truth((0, 0, 100)), predictions((0, 0, 110, 0.5), (0, 1, 100, 0.9)))
    assert told.mends.tolist() == [True, False]
    assert not told.missed.any()


def test_an_error_on_a_found_object_mends_nothing() -> None:
    told = taxonomy(truth((0, 0, 100)), predictions((0, 0, 100, 0.9), (0, 0, 110, 0.5)))
    assert told.kind.tolist() == [RIGHT, KINDS.index("localisation")]
    assert not told.mends.any()


@pytest.mark.parametrize("seed", range(4))
def test_counts_are_those_of_tidecv(seed: int) -> None:
    made = sample(SHAPE, seed)
    told = taxonomy(made.truth, made.predictions)
    ours = (*np.bincount(told.kind[told.kind >= 0], minlength=5).tolist(), int(told.missed.sum()))
    assert ours == tide(made, SHAPE).counts


@pytest.mark.parametrize("iou", [0.5, 0.75])
def test_what_is_right_is_what_matching_found(iou: float) -> None:
    """The taxonomy must not have an opinion of its own on what is found, ties included."""
    made = sample(Shape(frames=40, classes=3, truths=200, detections=900, score_digits=1), seed=5)
    told = taxonomy(made.truth, made.predictions, iou)
    matches = match(made.truth, made.predictions, np.array([iou]))
    assert sorted(told.row[told.kind == RIGHT]) == sorted(matches.row[matches.partner[:, 0] >= 0])
    partner = dict(zip(matches.row.tolist(), matches.partner[:, 0].tolist(), strict=True))
    assert all(partner[r] == o for r, o, k in zip(told.row, told.object, told.kind, strict=True) if k == RIGHT)


def test_the_order_of_rows_does_not_matter_even_among_equal_scores() -> None:
    made = sample(Shape(frames=20, classes=3, truths=120, detections=600, score_digits=0), seed=1)
    order = np.random.default_rng(0).permutation(len(made.predictions))
    shuffled = made.predictions.take(order)
    assert told_of(made.truth, made.predictions) == told_of(made.truth, shuffled)


def told_of(there: Truth, said: Predictions) -> list[tuple[object, ...]]:
    """Every detection with its kind; of two that are alike in everything it does not matter which is the duplicate."""
    told = taxonomy(there, said)
    columns = (said.frame, said.label, said.score, *said.corners.T)
    rows = zip(*(column[told.row].tolist() for column in columns), told.kind.tolist(), strict=True)
    return sorted(rows)


@pytest.mark.parametrize(
    ("there", "said", "kinds", "missed"),
    [
        pytest.param(truth(), predictions(), [], 0, id="nothing at all"),
        pytest.param(truth((0, 0, 100)), predictions(), [], 1, id="no detections"),
        pytest.param(truth(), predictions((3, 0, 0, 0.9)), [KINDS.index("background")], 0, id="no truth"),
        pytest.param(truth((1, 0, 0)), predictions((0, 0, 0, 0.9)), [KINDS.index("background")], 1, id="other frame"),
    ],
)
def test_little_is_told_of_little(there: Truth, said: Predictions, kinds: list[int], missed: int) -> None:
    told = taxonomy(there, said)
    assert told.kind.tolist() == kinds
    assert int(told.missed.sum()) == missed


def test_ten_thousand_detections_in_one_image_are_judged_up_to_the_limit() -> None:
    made = sample(Shape(frames=1, classes=2, truths=50, detections=10_000), seed=0)
    assert len(taxonomy(made.truth, made.predictions)) == 200
    assert len(taxonomy(made.truth, made.predictions, maximum=10_000)) == 10_000
