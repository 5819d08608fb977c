"""Labels that came back, joined to what was answered: counts by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from detection.outside import tables
from detection.outside.documents import write_value
from detection.outside.monitoring.labels import labels
from detection.outside.review import sessions
from detection.outside.review.sessions import Closed
from detection.rules.field.review import labels as home_labels
from detection.rules.field.review.home import bring
from detection.rules.field.review.session import Answer, Session
from detection.rules.spec.labels import Source
from tests import examples_review as review
from tests.examples_decisions import NOW

BUNDLE = "b" * 64


SOURCE = Source(id="field", licence="own", consent="not-needed", retain_until=None)


def closed(
    folder: Path, annotator: str = "reviewer-1", answers: tuple[Answer, ...] = (), session: Session | None = None
) -> Path:
    """A closed session of four frames, the first one blind; two boxes are right on each."""
    session = session or review.session(review.queue(4, controls=1), annotator)
    review.opened(folder, session)
    came = bring(session, review.answers(session, *answers), partial=False)
    made = home_labels.labelled(session, came, SOURCE, ())
    tables.write_frames(folder / "frames.parquet", made.frames)
    tables.write_annotations(folder / "labels.parquet", made.boxes)
    done = Closed(session.id, session.queue, annotator, NOW, 4, 0, 0, 4, 8, 6, 0, 0, 0, 1.0, 0, None, "d", "s")
    write_value(folder / sessions.CLOSED, done)
    return folder


def test_detections_and_objects_are_counted_frame_by_frame(tmp_path: Path) -> None:
    found = labels([closed(tmp_path / "s")], review.CLASSES, BUNDLE)
    assert len(found) == 4
    assert found.right("precision", "every").sum(axis=0).tolist() == [8, 8]
    assert found.right("recall", "box").sum(axis=0).tolist() == [4, 4]
    assert found.drawn.sum() == 1


def test_an_object_that_the_device_did_not_answer_lowers_recall(tmp_path: Path) -> None:
    session = review.session(review.queue(4, controls=1))
    more = Answer(session.items[1].frame, "fix", NOW, review.drawn(session.items[1], 0, 1, 2))
    given = tuple(more if one.frame == more.frame else review.accepted(one) for one in session.items)
    found = labels([closed(tmp_path / "s", answers=given)], review.CLASSES, BUNDLE)
    assert found.right("recall", "every").sum(axis=0).tolist() == [8, 9]
    assert found.right("precision", "every").sum(axis=0).tolist() == [8, 8]


def test_a_frame_in_two_sessions_counts_once(tmp_path: Path) -> None:
    folders = [closed(tmp_path / "a"), closed(tmp_path / "b", "reviewer-2")]
    assert len(labels(folders, review.CLASSES, BUNDLE)) == 4


def test_frames_that_another_bundle_answered_say_nothing_of_this_one(tmp_path: Path) -> None:
    assert len(labels([closed(tmp_path / "s")], review.CLASSES, "c" * 64)) == 0


def test_an_object_of_a_class_that_the_device_does_not_know_was_missed(tmp_path: Path) -> None:
    """A new class: people mark it, no detection can ever find it."""
    session = review.session(review.queue(4, controls=1))
    crate = review.relabelled(review.drawn(session.items[1], 0)[0], "crate")
    crates = replace(session, classes=(*review.CLASSES, "crate"))
    more = Answer(session.items[1].frame, "fix", NOW, (*review.as_proposed(session.items[1]), crate))
    given = tuple(more if one.frame == more.frame else review.accepted(one) for one in session.items)
    found = labels([closed(tmp_path / "s", answers=given, session=crates)], review.CLASSES, BUNDLE)
    assert found.classes == (*review.CLASSES, "crate")
    assert found.right("recall", "crate").sum(axis=0).tolist() == [0, 1]


def test_without_sessions_there_are_no_labels() -> None:
    assert len(labels([], review.CLASSES, BUNDLE)) == 0
