"""Groups onto sides: shares, balance, minima; official lists."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from detection.errors import SplitError
from detection.rules.labels.intake.arrivals import strings
from detection.rules.labels.splits import placement
from detection.rules.labels.splits.grouping import Grouping
from detection.rules.labels.splits.placement import Wanted
from detection.rules.labels.splits.strata import Strata
from detection.rules.spec.labels import MinimumGroups
from tests.examples_splits import SHARES

Integers = NDArray[np.int64]


def _wanted(*least: int, salt: str = "1") -> Wanted:
    train, val, test = least or (1, 1, 1)
    return Wanted(SHARES, MinimumGroups(train=train, val=val, test=test), salt)


def _world(groups: int, seed: int = 0) -> tuple[Grouping, Strata]:
    """Groups of 5 to 40 frames, each with a light of its own and its own mix of three classes."""
    dice = np.random.default_rng(seed)
    number = np.repeat(np.arange(groups), dice.integers(5, 40, groups))
    light = dice.integers(0, 4, groups)[number]
    boxes = dice.poisson(dice.dirichlet([1, 1, 1], groups)[number] * 4)
    counts = np.concatenate([np.ones((len(number), 1)), boxes, light[:, None] == np.arange(4)], axis=1)
    dimension = ("frames", *["class"] * 3, *["lighting"] * 4)
    strata = Strata(dimension, ("", "a", "b", "c", "0", "1", "2", "3"), counts.astype(np.int32))
    return Grouping(strings([f"g{n:06d}" for n in range(groups)]), number, ()), strata


def _shares(side: Integers, grouping: Grouping, strata: Strata) -> NDArray[np.float64]:
    sums = strata.sums(side[grouping.number], 3)
    return np.asarray(sums / sums.sum(axis=0))


@pytest.mark.parametrize(("groups", "near"), [(40, 0.1), (400, 0.005), (5000, 0.002)])
def test_every_side_has_its_part_of_frames_classes_and_conditions(groups: int, near: float) -> None:
    """The finer the groups, the closer."""
    grouping, strata = _world(groups)
    side = placement.place(grouping, strata, np.full(groups, -1), _wanted())
    assert np.abs(_shares(side, grouping, strata) - np.array([[0.6], [0.15], [0.25]])).max() < near


def test_a_group_that_stands_never_moves_and_counts() -> None:
    """Ten groups stand on train: the others make up for it."""
    grouping, strata = _world(200)
    standing = np.where(np.arange(200) < 10, 0, -1)
    side = placement.place(grouping, strata, standing, _wanted())
    assert (side[:10] == 0).all()
    assert np.abs(_shares(side, grouping, strata) - np.array([[0.6], [0.15], [0.25]])).max() < 0.01


def test_the_salt_decides_and_nothing_else() -> None:
    """The same salt gives the same split."""
    grouping, strata = _world(100)
    none = np.full(100, -1)
    one, again, other = (placement.place(grouping, strata, none, _wanted(salt=s)) for s in "112")
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


def test_each_side_gets_the_groups_it_needs_before_any_balance() -> None:
    """One giant and eight dwarfs: the giant trains, the dwarfs are shared out."""
    number = np.concatenate([np.zeros(1000, np.int64), np.arange(1, 9)])
    strata = Strata(("frames",), ("",), np.ones((len(number), 1), np.int32))
    grouping = Grouping(strings([f"g{n}" for n in range(9)]), number, ())
    side = placement.place(grouping, strata, np.full(9, -1), _wanted(2, 3, 3))
    assert (np.bincount(side, minlength=3) >= (2, 3, 3)).all()
    assert side[0] == 0


def test_too_few_groups_are_a_refusal_that_says_what_to_bring() -> None:
    """Falling back to a random split is how leaks are made."""
    least = MinimumGroups(train=3, val=1, test=1)
    with pytest.raises(SplitError, match="bring frames of at least 3 more cameras") as caught:
        placement.enough_groups(strings(["a", "b"]), strings(["train", "train"]), least)
    assert caught.value.faults == (
        "train: 2 groups (needs 3)",
        "val: 0 groups (needs 1)",
        "judging: 0 groups (needs 1)",
    )


def test_an_official_split_is_taken_by_name_with_or_without_folder_and_suffix() -> None:
    """Lists are written in all three ways; what no list names stays out."""
    names = strings(["x/a.jpg", "x/b.mp4#t=1.jpg", "c.jpg", "d.jpg"])
    side = placement.official(names, {"train": ["a"], "val": ["b.mp4#t=1.jpg"], "test": ["c.jpg", "gone"]})
    assert side.tolist() == ["train", "val", "judging", ""]


def test_faults_of_official_lists_come_together() -> None:
    """A frame in two lists, and a list for another data set."""
    with pytest.raises(SplitError) as caught:
        placement.official(strings(["a.jpg"]), {"train": ["a"], "val": ["a"], "test": ["z"]})
    assert caught.value.faults == (
        "val: a.jpg stands in another list too",
        "test: none of its 1 names is among the 1 frames",
    )
