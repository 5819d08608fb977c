"""The page of a comparison says what changed, first what changed most, and is never too long."""

from __future__ import annotations

from detection.rules.evidence.labels import changes as evidence
from detection.rules.evidence.page import Note, Picture, Pictures
from detection.rules.labels.versions.changes import compare
from tests.examples_versions import renamed, version

OLD = version({"a": [("box", 1, 1, 9, 9)], "b": [("tube", 1, 1, 9, 9)]}, "old")
NEW = version({"a": [], "b": [("box", 1, 1, 9, 9)], "c": []}, "new")


def test_the_difference_is_one_sentence() -> None:
    told = "frames: 1 added; boxes of frames in both: 1 removed, 1 re-classed"
    assert evidence.statement(compare(OLD, NEW, 0.5)) == told


def test_a_caption_counts_what_happened() -> None:
    found = compare(OLD, NEW, 0.5)
    assert [evidence.caption(found, place) for place in (0, 1)] == ["a: 1 removed", "b: 1 re-classed"]


def test_the_page_shows_the_pictures_it_is_given() -> None:
    page = evidence.page(compare(OLD, NEW, 0.5), [Picture("data:,", "x")])
    assert page.name == "old → new"
    assert [s.id for s in page.sections] == ["summary", "classes", "largest", "frames"]
    assert any(isinstance(block, Pictures) for block in page.sections[2].blocks)


def test_nothing_changed_is_said() -> None:
    page = evidence.page(compare(OLD, OLD, 0.5), [])
    assert not any(isinstance(block, Pictures) for block in page.sections[2].blocks)
    (note,) = page.sections[3].blocks
    assert isinstance(note, Note)
    assert "same files" in note.text


def test_a_long_list_of_frames_is_cut_and_says_so() -> None:
    many = version({f"{n:03d}": [] for n in range(80)})
    page = evidence.page(compare(many, renamed(many, [f"x{n:03d}" for n in range(80)]), 0.5), [])
    (note,) = page.sections[3].blocks
    assert isinstance(note, Note)
    assert note.text == "80 frame(s), 50 of them shown"
    assert len(note.chips) == 50


def test_classes_that_only_moved_need_one_table() -> None:
    moved = version({"a": [("box", 1, 1, 9, 8.5)], "b": [("tube", 1, 1, 9, 9)]})
    assert len(evidence.class_tables(compare(OLD, moved, 0.5))) == 1
    assert len(evidence.class_tables(compare(OLD, NEW, 0.5))) == 2
