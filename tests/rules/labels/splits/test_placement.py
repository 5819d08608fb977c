"""Groups, their places, and the frozen judging sets."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detection.errors import SplitError
from detection.rules.labels.intake.arrivals import strings
from detection.rules.labels.samples import Frames
from detection.rules.labels.splits import certificate as leakage
from detection.rules.labels.splits import placement as split
from detection.rules.spec.labels import JudgingFrames, MinimumGroups, Split
from tests.examples_labels import frames, stored

SHARES = split.Shares(0.6, 0.15, 0.25)
NONE = JudgingFrames(frames=0, where={}, balance_by=None, verified_only=False)


def _rule(*keys: Any, window: float | None = None) -> Split:
    least = MinimumGroups(train=1, val=1, test=1)
    return Split(
        keys=list(keys),
        time_window_s=window,
        near_duplicate_bits=None,
        attack_advantage_maximum=None,
        minimum_groups=least,
        golden=NONE,
        challenge=NONE,
    )


def _by_name(table: Frames, values: Any) -> dict[str, Any]:
    return dict(zip(table.name.tolist(), values.tolist(), strict=True))


def test_frames_that_share_any_key_are_one_group() -> None:
    """Two share a camera, two a scene: a and c hang together through b."""
    table = frames([stored("a", "1", "x"), stored("b", "1", "y"), stored("c", "2", "y"), stored("d", "3", "z")])
    group = _by_name(table, split.groups(table, _rule("camera", "scene")))
    assert group["a"] == group["b"] == group["c"] == "camera:1"
    assert group["d"] == "camera:3"


def test_neighbours_in_time_hang_together_step_by_step() -> None:
    """Window 10 s: 0, 8, 16 are one chain, 27 begins another, and another camera's clock is its own."""
    table = frames([stored(f"{c}{s}", c, second=s) for c, s in (("p", 0), ("p", 8), ("p", 16), ("p", 27), ("q", 9))])
    group = _by_name(table, split.groups(table, _rule(window=10)))
    assert group["p0"] == group["p8"] == group["p16"] == "time:/p@1970-01-01T00:00:00.000"
    assert len(set(group.values())) == 3


def test_the_same_image_under_two_names_ties_its_places_together() -> None:
    """Else its copy would be learnt on one side and judged on the other."""
    one, other = stored("a", "1", "x"), stored("b", "2", "y")
    copy = frames([stored("a", "2", "y")])
    table = split.joined(frames([one, other]), copy)
    assert len(set(split.groups(table, _rule("camera")))) == 1


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        pytest.param(_rule("site"), "site of 1 frames, such as a: give collect.site a pattern", id="key"),
        pytest.param(_rule(window=5), "time of 1 frames, such as a: give collect.captured_second", id="time"),
    ],
)
def test_an_unknown_key_is_a_refusal(rule: Split, words: str) -> None:
    """To call every unknown a group of its own would be a leak that looks like a split."""
    with pytest.raises(SplitError, match=words):
        split.groups(frames([stored("a")]), rule)


@settings(max_examples=30, deadline=None)
@given(cameras=st.lists(st.integers(0, 6), min_size=1, max_size=25), scenes=st.lists(st.integers(0, 6), min_size=25))
def test_no_drawn_split_has_a_crossing(cameras: list[int], scenes: list[int]) -> None:
    """Counted from the frames by code that knows no groups."""
    rows = [
        stored(str(n), f"c{c}", f"s{s}", second=n * 7.0) for n, (c, s) in enumerate(zip(cameras, scenes, strict=False))
    ]
    table = frames(rows)
    for rule in (_rule("camera"), _rule("camera", "scene"), _rule(window=7), _rule("scene", window=14)):
        side = split.place(split.groups(table, rule), SHARES, "1")
        assert leakage.crossings(table, side, rule.keys, rule.time_window_s) == []


def test_a_group_never_moves_when_others_arrive() -> None:
    """Placement depends on the group alone, so old test frames stay test frames."""
    few, many = strings(["a", "b"]), strings(["0", "a", "b", "c", "d"])
    before = dict(zip(few, split.place(few, SHARES, "1"), strict=True))
    after = dict(zip(many, split.place(many, SHARES, "1"), strict=True))
    assert after.items() >= before.items()


def test_shares_hold_over_many_groups_and_the_salt_decides_which() -> None:
    """20,000 groups: each share within a point."""
    many = strings([f"g{n}" for n in range(20_000)])
    one, other = split.place(many, SHARES, "1"), split.place(many, SHARES, "2")
    for side, share in (("train", 0.6), ("val", 0.15), ("judging", 0.25)):
        assert np.mean(one == side) == pytest.approx(share, abs=0.01)
    assert not np.array_equal(one, other)


def test_the_default_salt_gives_each_side_enough_of_twenty_cameras() -> None:
    """A hash is lumpy over 20 groups: the default params were chosen for 12, 3 and 5."""
    cameras = strings([f"camera:cam-{n:02d}" for n in range(20)])
    side = split.place(cameras, SHARES, "1")
    assert [int(np.sum(side == s)) for s in ("train", "val", "judging")] == [12, 3, 5]


def test_too_few_groups_are_a_refusal_with_the_count_of_each_side() -> None:
    """Falling back to a random split is how leaks are made."""
    with pytest.raises(SplitError) as caught:
        split.enough_groups(strings(["a", "b"]), strings(["train", "train"]), MinimumGroups(train=3, val=1, test=1))
    assert caught.value.faults == (
        "train: 2 groups (needs 3)",
        "val: 0 groups (needs 1)",
        "judging: 0 groups (needs 1)",
    )


def test_an_official_split_is_taken_by_name_with_or_without_folder_and_suffix() -> None:
    """Lists are written in all three ways; what no list names stays out."""
    names = strings(["x/a.jpg", "x/b.mp4#t=1.jpg", "c.jpg", "d.jpg"])
    side = split.official(names, {"train": ["a"], "val": ["b.mp4#t=1.jpg"], "test": ["c.jpg", "gone"]})
    assert side.tolist() == ["train", "val", "judging", ""]


def test_faults_of_official_lists_come_together() -> None:
    """A frame in two lists, and a list for another data set."""
    with pytest.raises(SplitError) as caught:
        split.official(strings(["a.jpg"]), {"train": ["a"], "val": ["a"], "test": ["z"]})
    assert caught.value.faults == (
        "val: a.jpg stands in another list too",
        "test: none of its 1 names is among the 1 frames",
    )


def _judged(golden: JudgingFrames, challenge: JudgingFrames, lights: str) -> tuple[Frames, dict[str, str]]:
    table = frames([stored(f"{n}{c}") for n, c in enumerate(lights)], {"lighting": list(lights)})
    rule = _rule("camera").model_copy(update={"golden": golden, "challenge": challenge})
    verified = np.array([int(name[:-1]) % 2 == 0 for name in table.name])
    sets = split.judging_sets(table, strings(["judging"] * len(lights)), verified, rule, "1")
    return table, _by_name(table, sets)


def _draw(
    count: int, where: dict[str, list[str]] | None = None, balance: str | None = None, verified: bool = False
) -> JudgingFrames:
    return JudgingFrames(frames=count, where=where or {}, balance_by=balance, verified_only=verified)


def test_golden_is_balanced_over_its_condition() -> None:
    """20 a, 20 b and 2 c, nine wanted: as even as the data allows."""
    _, chosen = _judged(_draw(9, balance="lighting"), _draw(0), "a" * 20 + "b" * 20 + "c" * 2)
    golden = "".join(sorted(name[-1] for name, where in chosen.items() if where == "golden"))
    assert golden in ("aaaabbbcc", "aaabbbbcc")


def test_challenge_takes_only_its_conditions_from_what_golden_left() -> None:
    """And test is the rest."""
    _, chosen = _judged(_draw(5), _draw(100, {"lighting": ["b"]}), "a" * 10 + "b" * 10)
    counts = {s: sum(where == s for where in chosen.values()) for s in ("golden", "challenge", "test")}
    assert counts["golden"] == 5
    assert all(name[-1] == "b" for name, where in chosen.items() if where == "challenge")
    assert all(name[-1] == "a" for name, where in chosen.items() if where == "test")
    assert sum(counts.values()) == 20


def test_only_verified_frames_are_golden_where_the_spec_says_so() -> None:
    """A gate on labels that no expert has seen proves little; fewer are drawn where fewer exist."""
    _, chosen = _judged(_draw(100, verified=True), _draw(0), "a" * 10)
    assert {int(name[:-1]) for name, where in chosen.items() if where == "golden"} == {0, 2, 4, 6, 8}


def test_the_draw_is_frozen_by_the_frames_ids() -> None:
    """Frames that arrive later change the golden set only by taking a place in the order, not by shuffling it."""
    table, before = _judged(_draw(5), _draw(0), "a" * 10)
    assert _judged(_draw(5), _draw(0), "a" * 10)[1] == before
    _, after = _judged(_draw(5), _draw(0), "a" * 11)
    left = {n for n, s in before.items() if s == "golden"} - {n for n, s in after.items() if s == "golden"}
    assert len(left) <= 1
    assert len(table) == 10
