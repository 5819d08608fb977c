"""The recount finds what a bad split would hide."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from detection.rules.labels.samples import Frames
from detection.rules.labels.splits.crossings import Crossing, Sided, crossings
from detection.rules.labels.splits.placement import SIDES
from detection.rules.spec.labels import Split
from tests.examples_labels import frames, stored
from tests.examples_splits import rule, seen, unseen


def _placed(table: Frames, **side: str) -> Sided:
    return Sided(table, unseen(table), np.array([SIDES.index(side[name]) for name in table.name]))


def _found(placed: Sided, asked: Split) -> dict[str, Crossing]:
    return {crossing.kind: crossing for crossing in crossings(placed, asked)}


def test_a_key_on_two_sides_is_named() -> None:
    """A planted leak."""
    table = frames([stored("a", "1", "x"), stored("b", "1", "y"), stored("c", "2", "z")])
    found = _found(_placed(table, a="train", b="judging", c="val"), rule("camera", "scene"))
    assert found["camera"] == Crossing("camera", 1, 1, ("camera '1' stands in train and judging",))
    assert (found["scene"].found, found["same image"].found) == (0, 0)


@pytest.mark.parametrize(("window", "count"), [(4.9, 0), (5.0, 1)])
def test_parted_neighbours_are_named_with_their_distance(window: float, count: int) -> None:
    """The window is closed: exactly as far apart still belongs together."""
    table = frames([stored("a", second=10), stored("b", second=15), stored("q", "other", second=11)])
    found = _found(_placed(table, a="train", b="val", q="judging"), rule(window=window))["time"]
    assert found == Crossing("time", count, count, ("a (train) and b (val) are 5 s apart",) * count)


def test_frames_between_two_neighbours_of_another_side_count_once() -> None:
    """t, v, v, t within a second of each other: two partings, two frames concerned."""
    table = frames([stored(n, second=s) for n, s in (("a", 1), ("b", 2), ("c", 3), ("d", 4), ("e", 9))])
    found = _found(_placed(table, a="train", b="val", c="val", d="train", e="val"), rule(window=1))["time"]
    assert (found.found, found.frames) == (2, 2)


@pytest.mark.parametrize("window", [0.5, 2.0, 1e13], ids=["narrow", "wide", "wider than a clock"])
def test_frames_concerned_are_those_that_a_comparison_of_all_pairs_finds(window: float) -> None:
    """Many cameras, centuries apart, equal moments, a window beyond what microseconds can count."""
    dice = np.random.default_rng(0)
    camera, moment = dice.integers(0, 40, 300), dice.integers(0, 12, 300)
    table = frames([stored(f"{n:03}", f"c{camera[n]:02}", second=int(moment[n])) for n in range(300)])
    centuries = np.array([100 * int(name[1:]) for name in table.camera]).astype("timedelta64[D]") * 36525 // 100
    table = replace(table, captured_at=table.captured_at + centuries)
    side = dice.integers(0, 3, 300)
    found = _found(Sided(table, unseen(table), side), rule(window=window))["time"]
    apart = np.abs(table.captured_at[:, None] - table.captured_at) / np.timedelta64(1, "s")
    parted = (table.camera[:, None] == table.camera) & (apart <= window) & (side[:, None] != side)
    assert found.frames == np.count_nonzero(parted.any(axis=1) & (side != 0))


def test_pictures_within_the_radius_on_two_sides_are_named() -> None:
    """A copy, saved anew at another quality."""
    table = frames([stored("a"), stored("b"), stored("c")])
    hashes = np.array([{"a": 0, "b": 7, "c": 2**64 - 1}[name] for name in table.name], np.uint64)
    side = np.array([{"a": 0, "b": 2, "c": 1}[name] for name in table.name])
    found = _found(Sided(table, seen(hashes), side), rule(bits=3))["near-duplicate"]
    assert (found.found, found.frames) == (1, 1)
    assert "differ in 3 of 64 bits" in found.examples[0]
    assert _found(Sided(table, seen(hashes), side), rule(bits=2))["near-duplicate"].found == 0


def test_more_near_duplicates_than_are_counted_are_told_as_so_many_or_more() -> None:
    """150 pictures of one belt in train, 150 others of it in test: 22,500 pairs."""
    table = frames([stored(f"{n:03}") for n in range(300)])
    bits = [(n // 20, 20 + n % 20) for n in range(300)]
    hashes = np.array([(1 << a) | (1 << b) for a, b in bits], np.uint64)
    found = _found(Sided(table, seen(hashes), np.arange(300) % 2 * 2), rule(bits=4))["near-duplicate"]
    assert (found.found, found.complete, found.or_more) == (10_000, False, " or more")
    few = _found(Sided(table, seen(hashes), np.arange(300) % 2 * 2), rule(bits=0))["near-duplicate"]
    assert (few.found, few.complete, few.or_more) == (0, True, "")


def test_the_same_image_on_two_sides_is_named() -> None:
    """Under two names, as in exports of exports."""
    table = frames([stored("a")]).take(np.array([0, 0]))
    found = crossings(Sided(table, unseen(table), np.array([0, 2])), rule("camera"))
    assert [(c.kind, c.found, c.frames) for c in found] == [("same image", 1, 1), ("camera", 1, 1)]
