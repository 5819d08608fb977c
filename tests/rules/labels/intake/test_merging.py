"""Several sources, one collection: nothing is lost that is not listed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from detection.errors import SourceError
from detection.rules.labels.intake.arrivals import Answer, Stored, frame_table, tables
from detection.rules.labels.intake.merging import Part, merged
from tests.examples_labels import COMMON, said, stored

BOX = ("box", 1.0, 1.0, 9.0, 9.0)
OTHER = ("box", 2.0, 2.0, 9.0, 9.0)


def _part(source: str, *rows: Stored, again: tuple[Stored, ...] = ()) -> Part:
    return Part(source, tables(rows, COMMON), frame_table(again, COMMON))


def _row(name: str, *answers: Answer, shard: str = "a-000000.tar", camera: str = "cam-0") -> Stored:
    return replace(stored(name, camera=camera, answers=answers), shard=shard)


def test_one_source_stays_as_it_is() -> None:
    """Bit by bit: later stages hash the tables."""
    part = _part("a", _row("1", said("ann-2", BOX), said("ann-1")), _row("2"), again=(_row("1", camera="cam-9"),))
    made = merged([part])
    for old, new in ((part.tables.frames, made.tables.frames), (part.duplicates, made.duplicates)):
        for name in ("id", "name", "shard", "camera", "captured_at", "retain_until"):
            np.testing.assert_array_equal(getattr(old, name), getattr(new, name))
            assert getattr(old, name).dtype == getattr(new, name).dtype
    assert made.tables.boxes.annotator.tolist() == part.tables.boxes.annotator.tolist()
    assert made.tables.assignments.annotator.tolist() == part.tables.assignments.annotator.tolist()
    assert made.rejected == ()


def test_nothing_and_nothing_make_nothing() -> None:
    """Two sources without a frame."""
    made = merged([_part("a"), _part("b")])
    assert (len(made.tables.frames), len(made.tables.boxes), len(made.duplicates)) == (0, 0, 0)


def test_sources_side_by_side_are_ordered_by_frame_and_annotator() -> None:
    """As one source of both would be."""
    both = _part("ab", _row("1", said("ann-1", BOX)), _row("2", said("ann-1", OTHER)), _row("3"))
    made = merged([_part("b", _row("2", said("ann-1", OTHER))), _part("a", _row("1", said("ann-1", BOX)), _row("3"))])
    assert made.tables.frames.id.tolist() == both.tables.frames.id.tolist()
    assert made.tables.boxes.frame.tolist() == both.tables.boxes.frame.tolist()
    assert made.tables.boxes.corners.tolist() == both.tables.boxes.corners.tolist()
    assert made.tables.assignments.frame.tolist() == both.tables.assignments.frame.tolist()


def test_one_image_of_two_sources_is_one_frame_with_two_opinions() -> None:
    """The second place is kept for the split; it points at the bytes of the first."""
    first = _part("a", _row("1", said("ann-1", BOX)))
    second = _part("b", _row("1", said("ann-2", OTHER), shard="b-000000.tar", camera="cam-1"))
    made = merged([first, second])
    assert (made.tables.frames.shard.tolist(), made.tables.frames.camera.tolist()) == (["a-000000.tar"], ["cam-0"])
    assert (made.duplicates.shard.tolist(), made.duplicates.camera.tolist()) == (["a-000000.tar"], ["cam-1"])
    assert made.tables.assignments.annotator.tolist() == ["ann-1", "ann-2"]
    assert made.tables.boxes.corners[:, 0].tolist() == [1.0, 2.0]
    assert made.rejected == ()


def test_a_second_answer_by_one_annotator_is_listed_and_left_out() -> None:
    """Whole, with its boxes; an empty answer counts like any other."""
    first = _part("a", _row("1", said("ann-1")), _row("2", said("ann-1", BOX)))
    second = _part("b", _row("1", said("ann-1", OTHER), said("ann-2", BOX)), _row("2", said("ann-1", OTHER, OTHER)))
    made = merged([first, second])
    assert sorted(zip(made.tables.boxes.annotator, made.tables.boxes.corners[:, 0].tolist(), strict=True)) == [
        ("ann-1", 1.0), ("ann-2", 1.0),
    ]  # fmt: skip
    assert {(r.name, r.finding) for r in made.rejected} == {("1", "duplicate-answer"), ("2", "duplicate-answer")}
    assert "ann-1 answers for this image in a too" in made.rejected[0].reason


def test_labels_of_unlike_images_under_one_name_are_refused() -> None:
    """Without pixels a name is all there is; sizes tell that it is not enough."""
    other = replace(_row("1", said("ann-2")), width=65)
    with pytest.raises(SourceError, match=r"(?s)1 image\(s\) without pixels.*1: in a and in b, in different sizes"):
        merged([_part("a", _row("1", said("ann-1"))), _part("b", other)])
