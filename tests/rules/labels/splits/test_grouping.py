"""What belongs together, and what tied it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from detection.errors import SplitError
from detection.rules.labels.samples import Frames
from detection.rules.labels.splits import grouping
from detection.rules.labels.splits.grouping import Tie
from detection.rules.spec.labels import Split
from tests.examples_labels import frames, stored
from tests.examples_splits import rule, seen, unseen


def _groups(table: Frames, asked: Split) -> dict[str, Any]:
    found = grouping.groups(table, unseen(table), asked)
    return dict(zip(table.name.tolist(), found.group_of.tolist(), strict=True))


def test_frames_that_share_any_key_are_one_group() -> None:
    """Two share a camera, two a scene: a and c hang together through b."""
    table = frames([stored("a", "1", "x"), stored("b", "1", "y"), stored("c", "2", "y"), stored("d", "3", "z")])
    group = _groups(table, rule("camera", "scene"))
    assert group["a"] == group["b"] == group["c"] == "camera:1"
    assert group["d"] == "camera:3"


def test_each_kind_of_tie_says_how_many_groups_it_joined() -> None:
    """Camera 1 joins a and b, scene y brings in c, a picture brings in d."""
    table = frames([stored("a", "1", "x"), stored("b", "1", "y"), stored("c", "2", "y"), stored("d", "3", "z")])
    hashes = np.array([{"a": 0, "b": 2**40, "c": 2**63 - 1, "d": 3}[name] for name in table.name], np.uint64)
    found = grouping.groups(table, seen(hashes), rule("camera", "scene", bits=2))
    assert found.ties == (Tie("same image", 0), Tie("camera", 1), Tie("scene", 1), Tie("near-duplicate", 1))
    assert found.names.tolist() == ["camera:1"]


def test_frames_without_pixels_are_nobodys_near_duplicates() -> None:
    """Else all of them, whose hash is 0, would be one group."""
    table = frames([stored("a"), stored("b")])
    assert len(grouping.groups(table, unseen(table), rule(bits=16)).names) == 2


def test_neighbours_in_time_hang_together_step_by_step() -> None:
    """Window 10 s: 0, 8, 16 are one chain, 27 begins another, and another camera's clock is its own."""
    table = frames([stored(f"{c}{s}", c, second=s) for c, s in (("p", 0), ("p", 8), ("p", 16), ("p", 27), ("q", 9))])
    group = _groups(table, rule(window=10))
    assert group["p0"] == group["p8"] == group["p16"] == "time:/p@1970-01-01T00:00:00.000"
    assert len(set(group.values())) == 3


def test_the_same_image_under_two_names_ties_its_places_together() -> None:
    """Else its copy would be learnt on one side and judged on the other."""
    one, other = stored("a", "1", "x"), stored("b", "2", "y")
    table = grouping.joined(frames([one, other]), frames([stored("a", "2", "y")]))
    assert len(grouping.groups(table, unseen(table), rule("camera")).names) == 1


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        pytest.param(rule("site"), "site of 1 frames, such as a: give the source's metadata.site", id="key"),
        pytest.param(rule(window=5), "time of 1 frames, such as a: give the source's metadata.time", id="time"),
        pytest.param(rule(), "neither keys nor a time window nor a near-duplicate radius", id="nothing"),
    ],
)
def test_an_unknown_key_is_a_refusal(asked: Split, words: str) -> None:
    """To call every unknown a group of its own would be a leak that looks like a split."""
    table = frames([stored("a")])
    with pytest.raises(SplitError, match=words):
        grouping.groups(table, unseen(table), asked)
