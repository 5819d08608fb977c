"""Ratios with intervals by drawn groups."""

from __future__ import annotations

import numpy as np
import pytest

from detection.rules.labels.agreement.figures import Dice, Groups, Shares, grouped, ratios
from detection.rules.labels.agreement.gathering.answers import Names
from tests.examples_labels import frames, stored


def _groups(of_frame: list[int], resamples: int = 2000) -> Groups:
    rows = [stored(str(n), camera="", scene=f"s{group}") for n, group in enumerate(of_frame)]
    made = frames(rows)
    made = made.take(np.argsort([int(name) for name in made.name]))
    seen = Names(tuple(made.id))
    return grouped(made, seen, Dice(resamples, 0, 0.9))


def test_a_figure_is_the_ratio_of_sums_and_its_interval_that_of_drawn_groups() -> None:
    """Against a loop that draws the same groups and sums anew."""
    groups = _groups([0, 0, 1, 2, 2, 3])
    part, whole = np.array([1.0, 0, 2, 1, 1, 0]), np.array([2.0, 1, 2, 1, 3, 1])
    figure = ratios(Shares(np.arange(6), np.zeros(6, np.int64), part, whole), 1, groups)[0]
    assert figure is not None
    assert figure.value == pytest.approx(5 / 10)
    weights = groups.draws[groups.of_frame].astype(float)
    drawn = np.quantile((part @ weights) / (whole @ weights), [0.05, 0.95])
    assert [figure.lower, figure.upper] == pytest.approx(drawn.tolist())
    assert groups.draws.sum(axis=0).tolist() == [4] * 2000


def test_one_group_gives_a_figure_without_an_interval() -> None:
    """One scene says nothing about other scenes."""
    figure = ratios(Shares(np.arange(2), np.zeros(2, np.int64), np.ones(2), np.full(2, 2.0)), 1, _groups([0, 0]))[0]
    assert figure is not None
    assert (figure.value, figure.lower, figure.upper) == (0.5, None, None)


def test_a_group_with_nothing_to_divide_by_makes_no_interval() -> None:
    """All that matched was drawn in one scene: an interval of no width would claim to know the others."""
    shares = Shares(np.arange(3), np.zeros(3, np.int64), np.array([0.8, 0, 0]), np.array([1.0, 0, 0]))
    figure = ratios(shares, 1, _groups([0, 1, 2]))[0]
    assert figure is not None
    assert (figure.value, figure.lower, figure.upper) == (0.8, None, None)


def test_nothing_to_divide_by_gives_no_figure() -> None:
    """Not zero, which would be a claim; and a subject of -1 is nobody's."""
    shares = Shares(np.arange(2), np.array([0, -1]), np.zeros(2), np.array([0.0, 5.0]))
    assert ratios(shares, 2, _groups([0, 1])) == (None, None)


def test_groups_are_scenes_else_cameras_else_frames() -> None:
    """A scene and a camera of one name are two groups."""
    rows = [
        stored("0", scene="x"), stored("1", scene="x"), stored("2", camera="x", scene=""),
        stored("3", camera="", scene=""), stored("4", camera="", scene=""),
    ]  # fmt: skip
    made = frames(rows)
    groups = grouped(made, Names(tuple(made.id)), Dice(10, 0, 0.95))
    by_name = dict(zip(made.name, groups.of_frame, strict=True))
    assert len(groups) == 4
    assert by_name["0"] == by_name["1"]


def test_the_same_seed_gives_the_same_figures() -> None:
    """The document's bytes must not change without cause."""
    shares = Shares(np.arange(4), np.zeros(4, np.int64), np.array([1.0, 0, 1, 1]), np.ones(4))
    assert ratios(shares, 1, _groups([0, 1, 2, 3])) == ratios(shares, 1, _groups([0, 1, 2, 3]))
