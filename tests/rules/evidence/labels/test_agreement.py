"""The page of agreement: every figure with its interval, and what to do next."""

from __future__ import annotations

from dataclasses import replace

from detection.outside import html
from detection.rules.evidence.labels import agreement as page
from detection.rules.evidence.page import Note, Picture, Section
from detection.rules.evidence.tables import Table
from detection.rules.evidence.tone import Tone
from detection.rules.labels.agreement.measurement import measure
from detection.rules.labels.agreement.settling import consensus, review
from detection.rules.labels.agreement.settling.reliability import hear
from tests import examples_report as example
from tests.examples_agreement import CLASSES, DICE, LABELLING, crowd

NAMES = {"box": "<b>Box</b>", "polybag": "Polybag", "tube": "Tube"}


def _sections() -> dict[str, Section]:
    made = crowd(frames=30, annotators=3, boxes=5, seed=8)
    heard = hear(made.boxes, made.assignments, 0.5)
    disputed = review.disputed(heard, consensus.settle(heard), 0.5)
    measured = measure(heard, made.frames, CLASSES, LABELLING, DICE)
    shown = (Picture("data:image/png;base64,AA==", "a frame"),)
    made_page = page.page("demo", measured, disputed, NAMES, shown)
    assert "&lt;b&gt;Box&lt;/b&gt;" in html.page(made_page)
    assert "<b>Box" not in html.page(made_page)
    return {section.id: section for section in made_page.sections}


def test_the_page_shows_everything_that_was_measured() -> None:
    """Classes, frames, annotators, parts, confusion and what to look at again; a class name that is HTML is text."""
    sections = _sections()
    assert list(sections) == ["agreement", "worst", "annotators", "parts", "confusion", "review"]
    table = sections["agreement"].blocks[0]
    assert isinstance(table, Table)
    span = table.rows[0][1].span
    assert span is not None
    assert span.lower < span.observed < span.upper
    assert span.limit == LABELLING.agreement_floor
    assert [row[0].text for row in table.rows] == [*NAMES.values(), "All together"]


def test_who_and_what_is_below_its_floor_is_said_in_red() -> None:
    """With whom to talk to."""
    notes = [block for block in _sections()["agreement"].blocks if isinstance(block, Note)]
    assert {note.tone for note in notes} == {Tone.BAD}
    assert any("talk to" in note.text or "pulls it down" in note.text for note in notes)
    annotators = _sections()["annotators"].blocks[0]
    assert isinstance(annotators, Table)
    named = {row[0].text for row in annotators.rows if row[1].chip}
    assert named == set(next(note.chips for note in notes if note.title == "Unreliable annotators"))


def test_frames_set_aside_are_said() -> None:
    """They are missing from every other figure."""
    made = replace(example.agreement(), set_aside=1234)
    notes = [b for b in page.agreement_section(made, NAMES).blocks if isinstance(b, Note)]
    assert notes[0].text.startswith("1,234 frames")


def test_pictures_are_of_the_classes_below_the_floor_in_turn() -> None:
    """Or of all, where all agree; a frame is shown once."""
    made = example.agreement()
    assert [w.name for w in page.worst_frames(made, 5)] == ["cam-00/a.jpg"]
    frames = [replace(made.classes[0].worst_frames[0], id=str(n), name=str(n)) for n in range(4)]
    classes = [replace(c, worst_frames=tuple(frames[i : i + 2])) for i, c in enumerate(made.classes)]
    assert [w.name for w in page.worst_frames(replace(made, classes=tuple(classes)), 3)] == ["0", "1", "2"]
    low = replace(made, floor=0.93, classes=tuple(classes))
    assert [w.name for w in page.worst_frames(low, 9)] == ["2", "3"]
    assert page.worst_frames(made, 0) == ()
