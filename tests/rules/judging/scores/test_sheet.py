"""Which rows a sheet has; what stands in them is held in test_rows.py."""

from __future__ import annotations

import numpy as np
import pytest

from detection.rules.judging.average_precision import average_precisions, mean, recalls
from detection.rules.judging.matching import match
from detection.rules.judging.scores.sheet import slices
from detection.rules.judging.scores.sizes import ranges
from tests.examples_scores import FACTS, SIZES, judged, scorer


def test_a_set_is_told_whole_and_by_every_known_value() -> None:
    """A frame whose light is unknown is in the whole and in no part."""
    parts = list(slices(FACTS, FACTS.set == "golden"))
    assert [(part.name, int(part.frames.sum())) for part in parts] == [
        ("all", 9), ("lighting=bright", 3), ("lighting=dusk", 3), ("crowding=crowded", 5), ("crowding=sparse", 4),
    ]  # fmt: skip


def test_a_crossing_has_a_part_for_each_pair_of_values_that_meets() -> None:
    named = {part.name: part for part in slices(FACTS, FACTS.set == "golden", [["lighting", "crowding"]])}
    both = (FACTS.conditions["lighting"] == "dusk") & (FACTS.conditions["crowding"] == "crowded")
    assert np.array_equal(named["lighting=dusk,crowding=crowded"].frames, both & (FACTS.set == "golden"))
    assert sum("," in name for name in named) == 4


def test_an_empty_set_has_no_parts() -> None:
    assert list(slices(FACTS, FACTS.set == "challenge")) == []


def test_frames_of_training_are_never_judged() -> None:
    found = list(scorer().rows(judged()))
    assert {row.set for row in found} == {"golden"}
    assert found[0].frames == 9
    assert found[0].truths == int((judged().truth.frame >= 3).sum())


def test_every_row_has_intervals_over_the_groups_of_its_frames() -> None:
    told = 0
    for row in scorer().rows(judged()):
        for name in ("ap50", "ap50_95", "average_recall", "f1", "precision", "recall"):
            interval = getattr(row.intervals, name)
            if interval is not None:  # none where one group alone has anything to count
                assert interval.lower <= getattr(row, name) + 1e-9
                assert interval.groups <= row.groups
                told += 1
    assert told > 100


def test_a_row_by_size_is_what_coco_says_of_that_size() -> None:
    """Other sizes are neither demanded nor held against."""
    one = judged()
    in_set = FACTS.set == "golden"
    rows = {(row.slice, row.label): row for row in scorer().rows(one)}
    for name, area in ranges(SIZES).items():
        matches = match(one.truth, one.predictions, size=area).within(in_set)
        row = rows[f"size={name}", "every"]
        assert row.ap50_95 == pytest.approx(mean(average_precisions(matches, 2)), abs=1e-12)
        assert row.average_recall == pytest.approx(mean(recalls(matches, 2)), abs=1e-12)
        assert row.background_frames == 0


def test_sizes_share_out_all_objects() -> None:
    rows = list(scorer().rows(judged()))
    whole = next(row for row in rows if (row.slice, row.label) == ("all", "every"))
    sized = [row for row in rows if row.slice.startswith("size=") and row.label == "every"]
    assert sum(row.truths for row in sized) == whole.truths
