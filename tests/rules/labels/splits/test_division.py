"""The whole split and its certificate."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from detection.errors import SplitError
from detection.rules.labels.samples import Frames
from detection.rules.labels.splits import frozen
from detection.rules.labels.splits.division import Placed, divide
from detection.rules.labels.splits.frozen import FrozenSets, Wish
from tests.examples_labels import frames, stored
from tests.examples_splits import demand, material, rule, world


def test_every_labelled_frame_is_placed_with_its_camera() -> None:
    """And the certificate's counts are the table's."""
    made = divide(demand(rule("camera", "scene")), material(world(20)), None)
    certificate = made.certificate
    assert (len(made.placed.frame), certificate.crossings, certificate.groups, certificate.largest_group) == (
        60,
        0,
        20,
        3,
    )
    assert {s.set: s.frames for s in certificate.sets} == {
        "train": 36,
        "val": 9,
        "test": 15,
        "golden": 0,
        "challenge": 0,
    }
    assert certificate.groups_of_side == {"train": 12, "val": 3, "judging": 5}
    assert certificate.statement.startswith("no camera or scene stands on more than one of train, val and judging")
    assert len({s.digest for s in certificate.sets if s.frames}) == 3


def test_balance_says_share_target_and_difference() -> None:
    """Half of the cameras are dim: 6 of 12 train, and so on."""
    made = divide(demand(rule("camera")), material(world(20)), None)
    frames_of_train, *_ = made.certificate.balance
    assert (frames_of_train.side, frames_of_train.count, frames_of_train.target) == ("train", 36, 0.6)
    assert frames_of_train.difference == pytest.approx(0)
    dim = {b.side: b.count for b in made.certificate.balance if b.value == "dim"}
    assert dim["train"] == 18
    assert abs(dim["judging"] - 7.5) <= 1.5


def test_frames_that_nobody_labelled_are_left_out() -> None:
    """They would be learnt as empty."""
    whole = material(world(20))
    half = replace(whole, labelled=whole.labelled.take(np.arange(0, 60, 2)))
    assert len(divide(demand(rule("camera")), half, None).placed.frame) == 30
    with pytest.raises(SplitError, match="no labelled frame"):
        divide(demand(rule("camera")), replace(whole, labelled=whole.labelled.take(np.arange(0))), None)


def test_too_few_groups_are_refused() -> None:
    """Three cameras cannot stand on three sides twice over."""
    with pytest.raises(SplitError, match="no honest split of 3 group"):
        divide(demand(rule("camera", "scene", least=2)), material(world(3)), None)


def test_an_official_split_is_audited_and_its_crossings_are_counted() -> None:
    """Camera 0 is cut in two by the lists; the frames stay where the lists say."""
    lists = {"train": ["0-0", "0-1"], "val": ["1-0", "1-1"], "test": ["0-2", "2-0"]}
    made = divide(demand(rule("camera", "scene")), material(world(3)), lists)
    assert (made.certificate.official, made.certificate.unplaced_frames) == (True, 3)
    assert made.certificate.crossing_examples == (
        "camera 'cam-00' stands in train and judging",
        "scene 'cam-00-s' stands in train and judging",
    )
    assert made.certificate.statement.startswith("the split was brought, not drawn: 2 times")
    assert len(made.placed.frame) == 6


def test_an_image_listed_twice_under_two_names_is_a_crossing() -> None:
    """The very bytes stand in train and in test of a split that somebody published."""
    table = frames([stored("a-0", "1", "1"), stored("b-0", "2", "2"), stored("c-0", "3", "3")])
    copy = frames([stored("a-0", "1", "1")])
    renamed = Frames(**{n: getattr(copy, n) for n in Frames.__slots__} | {"name": np.array(["copy"], object)})
    lists = {"train": ["a-0"], "val": ["b-0"], "test": ["c-0", "copy"]}
    made = divide(demand(rule("camera", "scene")), material(table, renamed), lists)
    assert made.certificate.crossings == 3
    assert len(made.placed.frame) == 3


def test_the_nearest_pictures_across_sides_and_the_attack_are_in_the_certificate() -> None:
    """Two frames of two cameras, three bits apart; without pixels neither is known."""
    table = world(20)
    hashes = np.random.default_rng(0).integers(0, 2**64, 60, dtype=np.uint64)
    asked = demand(rule("camera"))
    made = divide(asked, material(table, hashes=hashes), None)
    side = dict(zip(made.placed.frame, made.placed.split_of, strict=True))
    one, other = (int(np.flatnonzero(table.id == next(f for f in side if side[f] == s))[0]) for s in ("train", "test"))
    hashes[other] = hashes[one] ^ np.uint64(7)
    certificate = divide(asked, material(table, hashes=hashes), None).certificate
    assert certificate.nearest[0].bits == 3
    assert {certificate.nearest[0].name, certificate.nearest[0].other_name} == {table.name[one], table.name[other]}
    assert certificate.attack is not None
    assert certificate.attack.train_frames == 36
    blind = divide(asked, material(table), None).certificate
    assert (blind.nearest, blind.attack) == ((), None)


def test_a_frozen_frame_takes_its_camera_to_the_judging_side() -> None:
    """Whatever the salt would do; and its set is golden."""
    table = world(20)
    for row in (0, 20, 40):
        listed = frozen.changed("golden", None, Wish("freeze", (table.id[row],), "exam", date(2026, 11, 21)))
        made = divide(demand(rule("camera")), replace(material(table), frozen=FrozenSets(listed)), None)
        where = dict(zip(made.placed.frame, made.placed.split_of, strict=True))
        mates = table.id[table.camera == table.camera[row]]
        assert sorted(where[f] for f in mates) == ["golden", "test", "test"]
        assert "golden is frozen since 2026-11-21, last changed 2026-11-21 (exam)" in made.certificate.judging
        assert "challenge is drawn, not frozen" in made.certificate.judging


def test_a_frozen_frame_that_was_trained_on_is_a_refusal() -> None:
    """To move it now would judge a model on what an older one has learnt, and to leave it would judge on train."""
    table = world(20)
    before = Placed(table.id, np.array(["train"] * 60, object), table.camera)
    listed = frozen.changed("golden", None, Wish("freeze", (table.id[0],), "exam", date(2026, 11, 21)))
    whole = replace(material(table), frozen=FrozenSets(listed), before=before)
    with pytest.raises(SplitError, match="frozen frames were trained on"):
        divide(demand(rule("camera")), whole, None)


def test_a_frozen_frame_in_the_train_list_of_a_brought_split_is_a_refusal() -> None:
    """Else it would be learnt and judged."""
    table = world(3)
    lists = {"train": ["0-0"], "val": ["1-0"], "test": ["2-0"]}
    frozen_row = int(np.flatnonzero(table.name == "0-0")[0])
    listed = frozen.changed("golden", None, Wish("freeze", (table.id[frozen_row],), "exam", date(2026, 11, 21)))
    with pytest.raises(SplitError, match="0-0 stands in train"):
        divide(demand(rule("camera")), replace(material(table), frozen=FrozenSets(listed)), lists)
