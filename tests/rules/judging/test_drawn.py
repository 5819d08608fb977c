"""A draw is the data set with that many copies of each group: matched and counted as such."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pytest

from detection.rules.judging import drawn
from detection.rules.judging.average_precision import average_precisions, recalls
from detection.rules.judging.drawn import Standing, drawn_precisions, drawn_recalls, mean_over_classes, standing
from detection.rules.judging.intervals import draw_groups
from detection.rules.judging.matching import ANY_SIZE, SIZES, Integers, Matches, SizeRange, match
from tests.examples_judging import Shape, copied, sample

GROUPS = 7
ONCE = np.ones((1, GROUPS), np.int64)
SHAPES = [
    pytest.param(Shape(40, 5, 200, 900, score_digits=2), id="some equal scores"),
    pytest.param(Shape(40, 30, 20, 300), id="most classes have no truth"),
    pytest.param(Shape(40, 1, 300, 1900, score_digits=1), id="one class only"),
    pytest.param(Shape(40, 2, 0, 50), id="no truth"),
    pytest.param(Shape(40, 2, 50, 0), id="no detections"),
]


def _matched(shape: Shape, size: SizeRange = ANY_SIZE) -> Matches:
    made = sample(shape, seed=0)
    return match(made.truth, made.predictions, size=size)


def _groups(shape: Shape) -> Integers:
    return np.arange(shape.frames) % GROUPS


def _standing(matches: Matches, shape: Shape) -> Standing:
    return standing(matches, _groups(shape), shape.classes, GROUPS)


@pytest.mark.parametrize("size", [ANY_SIZE, *SIZES.values()], ids=["any", *SIZES])
@pytest.mark.parametrize("shape", SHAPES)
def test_every_group_once_is_the_plain_figure(shape: Shape, size: SizeRange) -> None:
    matches = _matched(shape, size)
    seen = _standing(matches, shape)
    expected = average_precisions(matches, shape.classes)
    np.testing.assert_allclose(drawn_precisions(seen, ONCE)[0], expected, atol=1e-12, rtol=0)
    for maximum in (1, 10, 100):
        np.testing.assert_allclose(drawn_recalls(seen, ONCE, maximum)[0], recalls(matches, shape.classes, maximum))


@pytest.mark.parametrize("size", [ANY_SIZE, *SIZES.values()], ids=["any", *SIZES])
@pytest.mark.parametrize("shape", SHAPES)
def test_each_draw_is_the_figure_with_frames_counted_that_often(shape: Shape, size: SizeRange) -> None:
    """More draws than go into one block; some leave a class without truth. Those at its ends are held.

    Without equal scores: copies of a frame would stand in another order among them.
    """
    shape = replace(shape, score_digits=12)
    draws = draw_groups(GROUPS, drawn.BLOCK + 2, seed=1)
    seen = _standing(_matched(shape, size), shape)
    precisions, shares = drawn_precisions(seen, draws), drawn_recalls(seen, draws)
    made = sample(shape, seed=0)
    for row in (0, 1, drawn.BLOCK - 1, drawn.BLOCK, drawn.BLOCK + 1):
        really = copied(made, draws[row][_groups(shape)])
        matches = match(really.truth, really.predictions, size=size)
        np.testing.assert_allclose(precisions[row], average_precisions(matches, shape.classes), atol=1e-12, rtol=0)
        np.testing.assert_allclose(shares[row], recalls(matches, shape.classes), atol=1e-12, rtol=0)


def test_a_class_too_large_for_one_block_is_walked_in_smaller_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    shape = Shape(40, 2, 200, 900)
    seen, draws = _standing(_matched(shape), shape), draw_groups(GROUPS, 20, seed=0)
    whole = drawn_precisions(seen, draws)
    monkeypatch.setattr(drawn, "_ROOM", 300)
    assert np.array_equal(drawn_precisions(seen, draws), whole, equal_nan=True)


@pytest.mark.parametrize("truths", [*range(1, 30), 50, 99, 100, 101, 200, 450])
def test_recalls_are_reached_where_cocos_rounding_says_so(truths: int) -> None:
    """0.29 is an ulp more than 29 of 100 there; a curve that ends at every possible recall shows it."""
    for found in range(1, truths + 1):
        seen = Standing(
            label=np.zeros(found, np.int64),
            hits=np.full(found, 1023, np.uint16),
            counted=np.full(found, 1023, np.uint16),
            rank=np.zeros(found, np.int64),
            group=np.zeros(found, np.int64),
            truths=np.array([[truths]]),
        )
        reached = (np.linspace(0, 1, 101) <= found / truths).sum()
        got = drawn_precisions(seen, np.ones((1, 1), np.int64))[0, 0, 0]
        assert got == pytest.approx(reached / 101, abs=1e-12)


def test_frames_outside_the_slice_are_not_judged() -> None:
    shape = Shape(40, 3, 200, 900)
    matches = _matched(shape)
    chosen = np.arange(shape.frames) % 3 == 0
    seen = standing(matches, np.where(chosen, _groups(shape), -1), shape.classes, GROUPS)
    expected = average_precisions(matches.within(chosen), shape.classes)
    np.testing.assert_allclose(drawn_precisions(seen, ONCE)[0], expected, atol=1e-12)


def test_a_draw_without_truth_of_a_class_has_no_figure_for_it() -> None:
    shape = Shape(40, 2, 50, 200)
    seen = _standing(_matched(shape), shape)
    nothing = np.zeros((2, GROUPS), np.int64)
    assert np.isnan(drawn_precisions(seen, nothing)).all()
    assert np.isnan(drawn_recalls(seen, nothing)).all()
    assert drawn_precisions(seen, nothing[:0]).shape == (0, 2, 10)


def test_the_mean_over_classes_leaves_out_what_is_not_there() -> None:
    """And says nothing, rather than warn, where no class is there."""
    values = np.array([[0.2, np.nan, 0.6], [np.nan, np.nan, np.nan]])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        means = mean_over_classes(values[:, :, None])
    assert means[0, 0] == pytest.approx(0.4)
    assert np.isnan(means[1, 0])
