"""Growth never moves a frame, and the order of the input plays no part."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detection.errors import SplitError
from detection.rules.labels.samples import Frames
from detection.rules.labels.splits import grouping
from detection.rules.labels.splits.crossings import Sided, crossings
from detection.rules.labels.splits.division import Division, Placed, divide
from detection.rules.labels.splits.placement import SIDE_OF, SIDES
from detection.rules.labels.statistics import Hashes
from detection.rules.spec.labels import Split
from tests.examples_labels import frames, stored
from tests.examples_splits import demand, material, rule, seen, world

RULES = (rule("camera"), rule("camera", "scene"), rule(window=7), rule("scene", window=14), rule("camera", bits=4))


def _divide(table: Frames, asked: Split, before: Placed | None = None, hashes: Hashes | None = None) -> Division:
    return divide(demand(asked), replace(material(table, hashes=hashes), before=before), None)


def _side_of(made: Division) -> dict[str, str]:
    return {f: SIDE_OF[s] for f, s in zip(made.placed.frame, made.placed.split_of, strict=True)}


def _drawn_world(seed: int, n: int) -> tuple[Frames, Hashes]:
    dice = np.random.default_rng(seed)
    camera = dice.integers(0, 30, n)
    rows = [stored(f"{i}", f"c{c}", f"s{c // 2}-{dice.integers(0, 3)}", float(i * 5)) for i, c in enumerate(camera)]
    scenery = dice.integers(0, 2**63, 40)
    near = {str(i): scenery[20 + i % 20 if dice.random() < 0.03 else c // 2] for i, c in enumerate(camera)}
    table = frames(rows)
    hashes = np.array([near[name] for name in table.name], np.uint64)
    return table, hashes ^ (np.uint64(1) << dice.integers(0, 64, n, dtype=np.uint64))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1000), st.integers(20, 60), st.sampled_from(RULES))
def test_growth_never_moves_and_never_leaks(seed: int, first: int, asked: Split) -> None:
    """Half the frames are placed, then all: whoever was placed stays; the rest is placed without a crossing, or not."""
    table, hashes = _drawn_world(seed, 100)
    early = np.sort(np.random.default_rng(seed).permutation(100)[:first])
    try:
        before = _divide(table.take(early), asked, hashes=hashes[early])
    except SplitError:
        return  # everything hangs together: three sides cannot be
    after = _divide(table, asked, before.placed, hashes)
    assert _side_of(after).items() >= _side_of(before).items()
    assert len(after.placed.frame) + after.certificate.set_aside == 100
    rows = np.searchsorted(table.id, after.placed.frame)
    side = np.array([SIDES.index(SIDE_OF[name]) for name in after.placed.split_of])
    found = crossings(Sided(table.take(rows), seen(hashes[rows]), side), asked)
    assert [c.found for c in found] == [0] * len(found)


@pytest.mark.parametrize("asked", RULES, ids=["camera", "two keys", "window", "scene and window", "near-duplicates"])
def test_the_order_of_the_input_plays_no_part(asked: Split) -> None:
    """Nor does growing to the same frames from nothing."""
    table, hashes = _drawn_world(3, 80)
    order = np.random.default_rng(1).permutation(80)
    one = _divide(table, asked, hashes=hashes)
    other = _divide(table.take(order), asked, hashes=hashes[order])
    assert _side_of(one) == _side_of(other)
    assert one.certificate == other.certificate


def test_a_new_frame_that_ties_two_sides_together_is_set_aside_and_named() -> None:
    """Camera of a train frame, scene of a judging frame."""
    table = world(20)
    before = _divide(table, rule("camera", "scene"))
    side_of = _side_of(before)
    camera = {s: table.camera[np.flatnonzero(table.id == f)[0]] for f, s in side_of.items()}
    bridge = stored("bridge-1", camera["train"], f"{camera['judging']}-s")
    rows = [stored(str(n), str(c), str(s)) for n, c, s in zip(table.name, table.camera, table.scene, strict=True)]
    grown = frames([*rows, bridge], {"lighting": ["dim"] * 61})
    after = _divide(grown, rule("camera", "scene"), before.placed)
    assert after.certificate.set_aside_examples == ("bridge-1",)
    assert _side_of(after) == side_of
    assert after.kept_frames == 60


def test_a_thousand_bridges_are_set_aside_at_once() -> None:
    """A camera that was moved films the judging scene from train's clock."""
    table = world(20)
    before = _divide(table, rule("camera", "scene"))
    camera = {s: table.camera[np.flatnonzero(table.id == f)[0]] for f, s in _side_of(before).items()}
    rows = [stored(str(n), str(c), str(s)) for n, c, s in zip(table.name, table.camera, table.scene, strict=True)]
    bridges = [stored(f"b-{n}", camera["val"], f"{camera['judging']}-s") for n in range(1000)]
    grown = frames([*rows, *bridges], {"lighting": ["dim"] * 1060})
    assert _divide(grown, rule("camera", "scene"), before.placed).certificate.set_aside == 1000


def test_what_stood_on_two_sides_and_belongs_together_now_is_a_refusal() -> None:
    """All frames get one camera: nothing may be moved silently."""
    table = world(20)
    before = _divide(table, rule("camera"))
    one = frames([stored(str(n), "one") for n in table.name], {"lighting": ["dim"] * 60})
    with pytest.raises(SplitError, match=r"choose another split\.salt") as caught:
        _divide(one, rule("camera"), before.placed)
    assert caught.value.faults[0].startswith("camera:one: ")


@pytest.mark.parametrize("asked", RULES, ids=["camera", "two keys", "window", "scene and window", "near-duplicates"])
def test_frames_that_leave_and_return_stand_where_they_ever_stood(asked: Split) -> None:
    """Whatever comes and goes between; what has no place is set aside, and nothing crosses."""
    table, hashes = _drawn_world(5, 120)
    dice, stood = np.random.default_rng(2), dict[str, str]()
    made: Division | None = None
    for _ in range(8):
        rows = np.flatnonzero(dice.random(120) < 0.6)
        before, departed = (None, None) if made is None else (made.placed, made.departed)
        known = replace(material(table.take(rows), hashes=hashes[rows]), before=before, departed=departed)
        made = divide(demand(asked), known, None)
        side = _side_of(made)
        assert all(stood.get(frame, where) == where for frame, where in side.items())
        assert len(side) + made.certificate.set_aside == len(rows)
        assert made.certificate.crossings == 0
        stood |= side
        assert set(made.departed.frame.tolist()) == set(stood) - set(side)


def test_a_frame_that_returns_beside_another_side_is_set_aside() -> None:
    """It stood in train; the camera that it is said to be of now judges."""
    table = world(20)
    before = _divide(table, rule("camera"))
    camera = {s: table.camera[table.id == f][0] for f, s in _side_of(before).items()}
    rest = table.take(np.flatnonzero(table.camera != camera["train"]))
    without = _divide(rest, rule("camera"), before.placed)
    assert len(without.departed.frame) == 3
    back = table.take(np.flatnonzero(table.id == without.departed.frame[0]))
    grown = grouping.joined(rest, replace(back, camera=np.array([camera["judging"]], object)))
    known = replace(material(grown), before=without.placed, departed=without.departed)
    after = divide(demand(rule("camera")), known, None)
    assert after.certificate.set_aside_examples == (back.name[0],)
    assert _side_of(after) == _side_of(without)
    assert after.departed.frame.tolist() == without.departed.frame.tolist()
