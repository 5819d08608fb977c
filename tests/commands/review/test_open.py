"""Opening a review session: one annotator, one folder, blind frames among an expert's."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from detection.commands import review
from detection.errors import DetectionError, EnvironmentMissingError
from detection.outside import files, tables
from detection.outside.queues.folder import identified, write_queue
from detection.outside.review import sessions
from tests import examples_dataset, examples_review


@pytest.fixture
def queue(tmp_path: Path) -> Path:
    made = examples_review.queue(8, controls=3)
    pictures = {}
    for number, item in enumerate(made.items):
        pictures[item.frame] = tmp_path / f"{number}.png"
        pictures[item.frame].write_bytes(examples_review.picture(number))
    write_queue(tmp_path / "queue", identified(made), pictures)
    return tmp_path / "queue"


def opened(queue: Path, *words: str, annotator: str = "reviewer-1", out: str = "session") -> Result:
    line = ["open", str(queue), "--annotator", annotator, "--out", str(queue.parent / out), "--no-app", *words]
    return CliRunner(env={"COLUMNS": "220"}).invoke(review.app, line, catch_exceptions=False)


def test_a_session_holds_the_queues_frames(queue: Path) -> None:
    assert "8 frames for reviewer-1, 3 of them blind" in opened(queue).output
    made = sessions.read(queue.parent / "session")
    for item in made.items:
        assert files.sha256(queue.parent / "session" / item.file) == item.frame


def test_an_experts_frames_look_like_blind_ones(queue: Path, tmp_path: Path) -> None:
    data = examples_dataset.write(tmp_path / "data", {"train": 20})
    labels = tables.read_annotations(data / "agreement" / "labels.parquet")
    tables.write_annotations(data / "validate" / "boxes.parquet", replace(labels, verified=labels.verified | True))
    assert "18 frames for reviewer-1, 13 of them blind" in opened(queue, "--verified", str(data)).output
    made, known = sessions.read(tmp_path / "session"), sessions.references(tmp_path / "session")
    assert {one.frame for one in known} == set(made.mixed_in)
    assert all(one.truths for one in known)
    mixed = [item.frame in made.mixed_in for item in made.items[:13]]
    assert 0 < sum(mixed[:10]) < 10, "the expert's stand among the others"
    own = next(item for item in made.items if item.blind and item.frame not in made.mixed_in)
    theirs = next(item for item in made.items if item.frame in made.mixed_in)
    assert (own.reason, own.score) == (theirs.reason, 0.5) or own.reason == theirs.reason
    for item in made.items:
        assert files.sha256(tmp_path / "session" / item.file) == item.frame


def test_opening_again_goes_on(queue: Path) -> None:
    opened(queue)
    before = (queue.parent / "session" / "session.json").read_bytes()
    assert opened(queue).exit_code == 0
    assert (queue.parent / "session" / "session.json").read_bytes() == before


def test_a_session_is_one_annotators(queue: Path) -> None:
    opened(queue)
    with pytest.raises(DetectionError, match="reviewer-1's session"):
        opened(queue, annotator="reviewer-2")
    assert opened(queue, annotator="reviewer-2", out="second").exit_code == 0


def test_a_name_that_is_no_id_is_refused_with_one_that_is(queue: Path) -> None:
    with pytest.raises(DetectionError, match="'jo-o-1'"):
        opened(queue, annotator="Jo/o 1")


def test_without_the_review_environment_the_message_says_how_to_make_it(queue: Path) -> None:
    line = [
        "open",
        str(queue),
        "--annotator",
        "a",
        "--out",
        str(queue.parent / "s"),
        "--environment",
        str(queue / "no"),
    ]
    with pytest.raises(EnvironmentMissingError, match="make review"):
        CliRunner().invoke(review.app, line, catch_exceptions=False)


def test_a_folder_that_holds_something_else_is_left_alone(queue: Path) -> None:
    (queue.parent / "session").mkdir()
    (queue.parent / "session" / "letter.txt").write_text("dear")
    with pytest.raises(DetectionError, match="is not empty and no session"):
        opened(queue)


def test_the_status_says_what_waits(queue: Path) -> None:
    opened(queue)
    done = CliRunner().invoke(review.app, ["status", str(queue.parent / "session")], catch_exceptions=False)
    assert "0 of 8 frames decided" in done.output
    assert "control: 3 to decide" in done.output
