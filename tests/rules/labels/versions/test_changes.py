"""The difference of two versions: every box is counted once, and the largest change comes first."""

from __future__ import annotations

import time
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from detection.edge.boxes import iou
from detection.rules.labels.versions.boxes import KINDS
from detection.rules.labels.versions.changes import Changes, compare
from detection.rules.labels.versions.version import Version
from tests.examples_versions import Box, re_encoded, renamed, shuffled, version

CELL: Box = ("box", 100, 100, 200, 200)
FAR: Box = ("box", 400, 300, 440, 340)


def kinds(found: Changes) -> list[str]:
    return [KINDS[kind] for kind in found.boxes.kind]


def test_a_version_does_not_differ_from_itself() -> None:
    made = version({"a": [CELL, CELL, ("tube", 1, 1, 1, 9)], "b": []})
    found = compare(made, shuffled(made, 3), 0.5)
    assert len(found.boxes) == 0
    assert found.identical_frames() == 2
    assert found.largest(5).tolist() == []


def test_added_removed_moved_and_re_classed_boxes_are_told_apart() -> None:
    old = version({"a": [CELL, ("tube", 10, 10, 50, 50)], "b": [FAR]})
    new = version({"a": [("box", 100, 100, 200, 190), ("polybag", 10, 10, 50, 50)], "b": [CELL]})
    found = compare(old, new, 0.5)
    assert sorted(kinds(found)) == ["added", "moved", "re-classed", "removed"]
    assert found.boxes.overlap[kinds(found).index("moved")] == pytest.approx(0.9)
    of = {c.label: c for c in found.classes}
    assert (of["box"].moved, of["box"].only_old, of["box"].only_new) == (1, 1, 1)
    assert (of["tube"].ceased, of["polybag"].became) == (1, 1)
    assert of["box"].mean_iou == pytest.approx(0.9)
    assert of["tube"].mean_iou is None


def test_the_largest_change_comes_first() -> None:
    old = version({"few": [CELL], "many": [CELL, FAR], "same": [FAR]})
    new = version({"few": [("box", 100, 100, 200, 199)], "many": [], "same": [FAR]})
    found = compare(old, new, 0.5)
    assert [found.name(place) for place in found.largest(9)] == ["many", "few"]
    assert kinds(found) == ["removed", "removed", "moved"]
    areas = [np.prod(np.diff(old.labels.corners[row].reshape(2, 2), axis=0)) for row in found.boxes.old[:2]]
    assert areas == [10_000, 1_600]


def test_matching_is_optimal_and_not_greedy() -> None:
    """The nearest couple first would leave the other two without a partner."""
    old = version({"a": [("box", 0, 0, 100, 100), ("box", 30, 0, 130, 100)]})
    new = version({"a": [("box", 18, 0, 118, 100), ("box", 45, 0, 145, 100)]})
    assert kinds(compare(old, new, 0.5)) == ["moved", "moved"]


def test_a_class_keeps_its_partner_before_another_takes_it() -> None:
    old = version({"a": [("box", 0, 0, 100, 100)]})
    new = version({"a": [("tube", 0, 0, 100, 100), ("box", 0, 0, 100, 80)]})
    assert sorted(kinds(compare(old, new, 0.5))) == ["added", "moved"]


def test_other_flags_alone_are_a_change_of_no_size() -> None:
    old = version({"a": [CELL]})
    new = replace(old, labels=replace(old.labels, occluded=np.array([True])))
    found = compare(old, new, 0.5)
    assert kinds(found) == ["re-marked"]
    assert found.boxes.weights().tolist() == [0.0]
    assert found.classes[0].remarked == 1
    assert found.largest(3).tolist() == [0]


def test_boxes_of_new_frames_are_not_changes_of_old_ones() -> None:
    found = compare(version({"a": [CELL], "gone": [FAR]}), version({"a": [CELL], "b": [FAR, CELL]}), 0.5)
    box = found.classes[0]
    assert (len(found.boxes), box.came, box.went, box.only_new, box.only_old) == (0, 2, 1, 0, 0)
    assert len(found.paired.added) == len(found.paired.removed) == 1


def test_renamed_and_re_encoded_frames_keep_their_boxes() -> None:
    made = version({"a": [CELL], "b": [FAR]})
    for other in (renamed(made, ["c", "d"]), re_encoded(made), re_encoded(made, scale=2)):
        assert len(compare(made, other, 0.5).boxes) == 0


def test_frames_that_were_labelled_since_are_told() -> None:
    made = version({"a": [CELL], "b": []})
    before = replace(made, labelled=made.labelled.take(np.array([0])))
    assert compare(before, made, 0.5).newly_labelled.tolist() == [1]
    assert compare(made, before, 0.5).no_longer_labelled.tolist() == [1]


def test_a_box_without_area_has_no_partner_and_has_not_changed() -> None:
    made = version({"a": [("box", 5, 5, 5, 5)]})
    found = compare(made, made, 0.5)
    assert len(found.boxes) == 0
    box = found.classes[0]
    assert (box.matched, box.only_old, box.only_new, box.without_area) == (0, 1, 1, 1)


@pytest.mark.parametrize("old", [{}, {"a": []}], ids=["no frames", "an empty frame"])
def test_nothing_compares_with_something(old: dict[str, list[Box]]) -> None:
    found = compare(version(old), version({"a": [CELL]}), 0.5)
    assert found.classes[0].after == 1
    assert found.classes[0].before == 0


corner = st.integers(0, 40)
boxes = st.lists(st.tuples(st.sampled_from(["box", "tube"]), corner, corner, corner, corner), max_size=6)
contents = st.dictionaries(st.sampled_from("abc"), boxes, max_size=3)


@settings(max_examples=60, deadline=None)
@given(contents, contents)
def test_every_box_is_counted_once(old: dict[str, list[Box]], new: dict[str, list[Box]]) -> None:
    """Whatever changes, matched, left over, re-classed, came and went add up to what is there."""
    for c in compare(version(old), version(new), 0.5).classes:
        assert c.before == c.matched + c.only_old + c.ceased + c.went
        assert c.after == c.matched + c.only_new + c.became + c.came
        assert c.before == sum(label == c.label for content in old.values() for label, *_ in content)


@settings(max_examples=60, deadline=None)
@given(contents, contents)
def test_looking_from_the_other_side_swaps_old_and_new(old: dict[str, list[Box]], new: dict[str, list[Box]]) -> None:
    there, back = compare(version(old), version(new), 0.5), compare(version(new), version(old), 0.5)
    assert len(there.boxes) == len(back.boxes)
    assert [(c.only_old, c.only_new, c.moved) for c in there.classes] == [
        (c.only_new, c.only_old, c.moved) for c in back.classes
    ]


def many(frames: int) -> tuple[Version, Version]:
    """Versions of eight boxes a frame, of which every tenth frame has one that moved."""
    dice = np.random.default_rng(0)
    names = [f"{n:06d}" for n in range(frames)]
    corners = dice.integers(0, 400, (frames, 8, 2))
    old = version(
        {n: [("box", x, y, x + 60, y + 50) for x, y in c] for n, c in zip(names, corners.tolist(), strict=True)}
    )
    after = old.labels.corners.copy()
    after[::80, 0] += 3
    return old, replace(old, labels=replace(old.labels, corners=after))


@pytest.mark.slow
def test_a_hundred_thousand_frames_take_seconds() -> None:
    old, new = many(100_000)
    compare(*many(10), 0.5)
    begun = time.process_time()
    found = compare(old, new, 0.5)
    assert time.process_time() - begun < 30
    assert len(found.boxes) == 10_000


def cell(found: ET.Element) -> Box:
    x1, y1, x2, y2 = (float(str(found.findtext(f"bndbox/{side}"))) for side in ("xmin", "ymin", "xmax", "ymax"))
    return "RBC", x1, y1, x2, y2


def voc(folder: Path, names: set[str]) -> Version:
    """The RBC boxes of some images, read without our reader."""
    content = {}
    for name in sorted(names):
        root = ET.parse(folder / f"{name}.xml").getroot()
        cells = [o for o in root.findall("object") if o.findtext("name") == "RBC"]
        content[name] = [cell(c) for c in cells]
    return version(content)


@pytest.mark.real_data
def test_a_real_revision_of_labels_is_told_exactly(real_data: Callable[[str], Path]) -> None:
    """Blood cells before and after somebody corrected them; the figures are the data set's README's."""
    before, after = real_data("bccd_v1") / "Annotations", real_data("bccd") / "Annotations"
    names = {path.stem for path in before.glob("*.xml")}
    found = compare(voc(before, names), voc(after, names), 0.5)
    assert (len(found.paired), found.identical_frames()) == (343, 276)
    cells = found.classes[0]
    assert (cells.before, cells.matched, cells.only_old, cells.only_new) == (3854, 3777, 77, 328)
    assert cells.mean_iou == pytest.approx(0.972, abs=0.0005)
    assert cells.without_area == 2


@pytest.mark.real_data
def test_scipy_matches_as_many_boxes_of_the_real_revision(real_data: Callable[[str], Path]) -> None:
    before, after = real_data("bccd_v1") / "Annotations", real_data("bccd") / "Annotations"
    names = {path.stem for path in before.glob("*.xml")}
    old, new = voc(before, names), voc(after, names)
    total = 0
    for frame in old.frames.id:
        overlaps = iou(old.labels.corners[old.labels.frame == frame], new.labels.corners[new.labels.frame == frame])
        worth = np.where(overlaps >= 0.5, overlaps, 0)
        total += int(np.count_nonzero(worth[linear_sum_assignment(worth, maximize=True)]))
    assert compare(old, new, 0.5).classes[0].matched == total
