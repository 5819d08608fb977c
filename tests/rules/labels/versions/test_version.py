"""The id of a version says what is in it, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from detection.rules.labels.versions.version import Version, version_id
from tests.examples_versions import re_encoded, renamed, shuffled, strings, version

SMALL = version({"a.jpg": [("box", 1, 2, 30, 40), ("tube", 5, 5, 9, 9)], "b.jpg": []})


def relabelled(made: Version) -> Version:
    return replace(made, labels=replace(made.labels, label=strings(["tube", "tube"])))


def moved(made: Version) -> Version:
    corners = made.labels.corners.copy()
    corners[0, 0] += 0.5
    return replace(made, labels=replace(made.labels, corners=corners))


def unlabelled(made: Version) -> Version:
    return replace(made, labelled=made.labelled.take(np.array([0])))


def with_licence(made: Version) -> Version:
    return replace(made, frames=replace(made.frames, licence=strings(["MIT", "MIT"])))


def without_a_condition(made: Version) -> Version:
    return replace(made, frames=replace(made.frames, conditions={}))


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_order_of_rows_does_not_matter(seed: int) -> None:
    assert version_id(shuffled(SMALL, seed)) == version_id(SMALL)


def test_shards_and_the_revisions_name_do_not_matter() -> None:
    elsewhere = replace(SMALL.frames, shard=strings(["x.tar", "y.tar"]), offset=np.array([512, 7]))
    assert version_id(replace(SMALL, name="other", frames=elsewhere)) == version_id(SMALL)


@pytest.mark.parametrize(
    "change", [relabelled, moved, unlabelled, with_licence, without_a_condition, re_encoded], ids=lambda f: f.__name__
)
def test_any_other_change_gives_another_id(change: object) -> None:
    assert callable(change)
    assert version_id(change(SMALL)) != version_id(SMALL)


def test_names_that_run_together_are_told_apart() -> None:
    """Values carry their lengths: ("ab", "c") and ("a", "bc") are different columns."""
    one = renamed(version({"1": [], "2": []}), ["ab", "c"])
    assert version_id(one) != version_id(renamed(one, ["a", "bc"]))


def test_nothing_has_an_id_too() -> None:
    assert len(version_id(version({}))) == 64


def test_minus_zero_is_zero() -> None:
    one, other = version({"a": [("box", 0.0, 0, 5, 5)]}), version({"a": [("box", -0.0, 0, 5, 5)]})
    assert version_id(one) == version_id(other)
