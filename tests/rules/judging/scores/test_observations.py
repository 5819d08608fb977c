"""Every detection and object with what is known of it: what gate, comparison and diagnosis count."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from detection.errors import LabelsError, ModelError
from detection.outside import tables
from detection.rules.judging.matching import OVERLAPS
from detection.rules.judging.scores.observations import FrameFacts, Observations, joined
from tests.examples_scores import FACTS, judge, judged, objects, observed, said, scorer


def test_an_observation_carries_its_frame_its_light_and_its_group() -> None:
    seen = joined([observed(), observed()])
    number = {name: i for i, name in enumerate(FACTS.id)}
    of = [number[frame] for frame in seen.frame]
    assert seen.conditions["lighting"].tolist() == FACTS.conditions["lighting"][of].tolist()
    assert seen.group.tolist() == FACTS.group[of].tolist()
    assert len(seen) == 2 * len(observed())


def test_as_many_objects_were_found_as_kept_detections_are_right() -> None:
    seen = observed()
    shown = (seen.kind == "detection") & seen.kept
    assert seen.correct[seen.kind == "object"].sum() == seen.correct[shown].sum() > 0
    assert np.isnan(seen.score[seen.kind == "object"]).all()
    assert np.isnan(seen.raw[seen.kind == "object"]).all()


def test_a_detection_below_its_cut_is_there_and_finds_nothing_for_anybody() -> None:
    seen = observed(judge(objects((3, 0, 0)), said((3, 0, 0, 0.3))))
    assert seen.kept.tolist() == [False, True]
    assert seen.correct.tolist() == [True, False]


def test_hits_name_the_overlaps_at_which_an_object_was_found() -> None:
    """Moved by 2 of 10 pixels a square overlaps by 8 / 12, which is enough up to 0.65."""
    seen = observed(judge(objects((3, 0, 0)), said((3, 0, 2, 0.9))))
    assert [overlap for t, overlap in enumerate(OVERLAPS.round(2)) if seen.hits[0] >> t & 1] == [0.5, 0.55, 0.6, 0.65]
    assert seen.hits[1] == 0


def test_whoever_finds_an_object_has_its_size() -> None:
    """So precision and recall of one size speak of the same objects."""
    one = judged()
    seen = observed(one)
    partner = one.matches.partner[:, 0]
    n = len(one.matches)
    assert (seen.size[:n][partner >= 0] == seen.size[n:][partner[partner >= 0]]).all()
    assert set(seen.size) <= {"small", "medium", "large"}


def test_a_table_gives_back_what_was_written(tmp_path: Path) -> None:
    seen = observed()
    tables.write_columns(tmp_path / "seen.parquet", seen.to_columns())
    tables.write_columns(tmp_path / "frames.parquet", FACTS.to_columns())
    back = Observations.from_columns(tables.read_columns(tmp_path / "seen.parquet"))
    facts = FrameFacts.from_columns(tables.read_columns(tmp_path / "frames.parquet"))
    for name in ("variant", "frame", "label", "kind", "kept", "correct", "hits", "size", "corners"):
        assert np.array_equal(getattr(back, name), getattr(seen, name))
    assert np.array_equal(back.score, seen.score, equal_nan=True)
    assert facts.name.tolist() == FACTS.name.tolist()
    assert list(facts.conditions) == list(FACTS.conditions)


def test_a_detection_in_a_frame_that_nobody_knows_is_refused() -> None:
    """By scores and observations alike, before anything is counted."""
    lost = judge(objects((3, 0, 0)), said((3, 0, 0, 0.9), (12, 0, 0, 0.9)))
    known = r"fp32: 1 of 2 detections stand in frames that nobody knows, the first in number 12; expected 0 to 11"
    with pytest.raises(ModelError, match=known):
        observed(lost)
    with pytest.raises(ModelError, match=known):
        list(scorer().rows(lost))


def test_an_object_in_a_frame_that_nobody_knows_is_refused() -> None:
    with pytest.raises(LabelsError, match="1 of 1 objects stand in frames that nobody knows"):
        observed(judge(objects((99, 0, 0)), said()))
