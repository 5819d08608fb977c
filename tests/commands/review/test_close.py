"""Closing a review session: labels come home whole, once, and believed; or not at all."""

from __future__ import annotations

import os
from dataclasses import replace
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner, Result

from detection.commands import review
from detection.errors import DetectionError, GateRefusalError, LabelsError
from detection.outside import tables
from detection.outside.documents import write_value
from detection.outside.fiftyone import holding
from detection.outside.fiftyone.program import ANSWERS
from detection.outside.review import sessions
from detection.rules.field.review.session import Answer, Answers, Box, Session
from detection.stages import collect
from tests import examples_review
from tests.examples_review import NOW, accepted, answers, as_proposed, known, opened, queue, session

FOLDER = Path("session")
CONTROLS = 10


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return examples_review.workspace(tmp_path, monkeypatch, CONTROLS)


def closed(*words: str) -> Result:
    line = ["close", str(FOLDER), "--annotator", "reviewer-1", *words]
    return CliRunner(env={"COLUMNS": "220"}).invoke(review.app, line, catch_exceptions=False)


def ready(frames: int = 14, given: Answers | None = None) -> Session:
    """A session on which an expert answered for the blind frames too, and with answers."""
    made = session(queue(frames, CONTROLS))
    expert = tuple(known(item, 0, 1) for item in made.items if item.blind)
    opened(FOLDER, made, expert)
    write_value(FOLDER / ANSWERS, given or answers(made))
    return made


@pytest.mark.slow
def test_200_frames_go_out_and_come_back_through_stage_collect_to_the_last_bit(workspace: Path) -> None:
    """What DVC versions next is what the device drew, where nobody touched it, and what the reviewer drew elsewhere."""
    made = session(queue(200, CONTROLS))
    given = []
    for number, item in enumerate(made.items):
        first, second = (*as_proposed(item), *as_proposed(item))[:2] if not item.blind else (None, None)
        if first is None or second is None:
            given.append(accepted(item))
            continue
        extra = Box("tube", (0.5, 0.5, 0.25, 0.125), None)
        boxes = [
            (first, second),
            (replace(first, place=(0.1, 0.1, 0.2, 0.2)), second),
            (second,),
            (first, second, extra),
        ]
        given.append(Answer(item.frame, "fix" if number % 4 else "accept", NOW, boxes[number % 4]))
    ready(200, answers(made, *given))
    done = closed()
    assert done.exit_code == 0, done.output
    assert "200 frames" in done.output
    collect.main()
    labels = tables.read_annotations(Path("data/collect/boxes.parquet"))
    kept = tables.read_annotations(FOLDER / "labels.parquet")
    ours = labels.take(np.asarray(labels.annotator == "reviewer-1", bool))
    assert ours.frame.tolist() == kept.frame.tolist()
    assert ours.label.tolist() == kept.label.tolist()
    assert ours.corners.tobytes() == kept.corners.tobytes()
    expected = {}
    for number, item in enumerate(made.items):
        told = np.array([[p.x1, p.y1, p.x2, p.y2] for p in item.predictions[:2]], np.float32)
        expected[item.frame] = {0: told, 1: told[1:], 2: told[1:], 3: told}[number % 4] if not item.blind else told
    for frame, untouched in expected.items():
        corners = ours.corners[np.asarray(ours.frame == frame, bool)]
        assert all((corners == row).all(axis=1).any() for row in untouched)
    frames = tables.read_frames(Path("data/collect/frames.parquet"))
    come = frames.take(np.isin(frames.id.astype(str), [item.frame for item in made.items]))
    assert len(come) == 200
    assert set(come.camera) == {"cam0", "cam1", "cam2", "cam3"}
    assert not np.isnat(come.captured_at).any()


def test_the_new_source_is_the_only_change_of_the_parameters() -> None:
    before = Path("params.yaml").read_text().splitlines()
    made = ready()
    assert closed().exit_code == 0
    after = Path("params.yaml").read_text().splitlines()
    changes = [change for change in SequenceMatcher(None, before, after).get_opcodes() if change[0] != "equal"]
    assert [change[0] for change in changes] == ["insert"]
    added = "\n".join(after[changes[0][3] : changes[0][4]])
    assert made.id.removeprefix("session-") in added


def test_the_session_says_what_came_home() -> None:
    ready()
    done = closed()
    for words in (
        "14 frames, 28 boxes by reviewer-1",
        "agreement on 10 blind frames: F1 1.000",
        "100.0%",
        "dvc add reviewed/",
    ):
        assert words in done.output
    assert "warning: reviewers may be following the model" in done.output
    told = sessions.closed(FOLDER)
    assert told is not None
    assert (told.decided, told.kept, told.changed, told.unchanged_share, told.control_f1) == (14, 8, 0, 1.0, 1.0)
    ledger = tables.read_columns(FOLDER / "ledger.parquet")
    assert set(ledger["annotator"].tolist()) == {"reviewer-1"}
    assert len(ledger["frame"]) == 14


def test_a_session_is_closed_once() -> None:
    ready()
    assert closed().exit_code == 0
    before = Path("params.yaml").read_bytes()
    with pytest.raises(DetectionError, match="was closed on 2"):
        closed()
    assert Path("params.yaml").read_bytes() == before


def test_a_closing_that_was_cut_off_is_repeated() -> None:
    """``closed.json`` comes last: without it, closing again gives the same delivery and one source."""
    ready()
    closed()
    (FOLDER / sessions.CLOSED).unlink()
    first = Path("params.yaml").read_bytes()
    assert closed().exit_code == 0
    assert Path("params.yaml").read_bytes() == first


def test_another_annotator_cannot_close_it() -> None:
    ready()
    with pytest.raises(DetectionError, match="two people cannot be told apart"):
        closed("--annotator", "reviewer-2")


def test_a_session_in_somebodys_hands_cannot_be_closed() -> None:
    ready()
    with holding.held(FOLDER), pytest.raises(holding.HeldError, match="is open in the App"):
        closed()


def test_low_agreement_refuses_and_brings_nothing_home() -> None:
    made = session(queue(14, CONTROLS))
    given = [replace(accepted(item), boxes=()) if item.blind else accepted(item) for item in made.items]
    ready(14, answers(made, *given))
    with pytest.raises(GateRefusalError, match=r"F1 0.000 \(needs 0.8\).*nothing was brought home"):
        closed()
    assert not Path("reviewed").exists()
    assert sessions.closed(FOLDER) is None


def test_faults_bring_nothing_home() -> None:
    made = session(queue(14, CONTROLS))
    given = [accepted(item) for item in made.items]
    given[-1] = Answer(made.items[-1].frame, "fix", NOW, (Box("crate", (0.1, 0.1, 0.2, 0.2), None),))
    ready(14, answers(made, *given))
    before = Path("params.yaml").read_bytes()
    with pytest.raises(LabelsError, match="class 'crate'"):
        closed()
    assert not Path("reviewed").exists()
    assert Path("params.yaml").read_bytes() == before


def test_deleted_frames_stay_in_the_queue() -> None:
    made = session(queue(14, CONTROLS))
    ready(14, answers(made, *map(accepted, made.items[:-1])))
    with pytest.raises(LabelsError, match="was deleted from the data set"):
        closed()
    done = closed("--partial")
    assert "13 frames" in done.output
    assert "1 left in the queue" in done.output


def test_two_reviewers_are_compared_on_the_blind_frames_of_one_queue() -> None:
    made = session(queue(14, CONTROLS))
    opened(FOLDER, made)
    write_value(FOLDER / ANSWERS, answers(made))
    with pytest.raises(GateRefusalError, match="0 blind frames can be compared"):
        closed()
    other = session(queue(14, CONTROLS), "reviewer-2")
    opened(Path("other"), other)
    with pytest.raises(DetectionError, match="has not answered yet"):
        closed("--against", "other")
    write_value(Path("other") / ANSWERS, answers(other))
    assert "agreement on 10 blind frames: F1 1.000" in closed("--against", "other").output


def test_the_experts_frames_are_compared_and_not_delivered() -> None:
    made = session(queue(14, CONTROLS))
    mixed = replace(made, mixed_in=tuple(item.frame for item in made.items[:CONTROLS]))
    opened(FOLDER, mixed, tuple(known(item, 0, 1) for item in mixed.items if item.blind))
    write_value(FOLDER / ANSWERS, answers(mixed))
    assert "4 frames, 8 boxes" in closed().output


def test_a_session_that_nobody_opened_has_no_answers() -> None:
    opened(FOLDER, session(queue(14, CONTROLS)))
    with pytest.raises(DetectionError, match="nobody has answered yet"):
        closed()


def test_without_the_review_environment_the_message_says_how_to_make_it() -> None:
    """A session left in disorder has its answers in the database alone."""
    made = ready()
    (FOLDER / "db").mkdir()
    write_value(FOLDER / ANSWERS, replace(answers(made), complete=False))
    with pytest.raises(DetectionError, match="make review"):
        closed("--environment", str(Path("nowhere").absolute()))


@pytest.mark.slow
def test_dvc_sees_a_new_version_of_the_data(workspace: Path) -> None:
    import subprocess
    import sys

    def dvc(*words: str) -> str:
        variables = {**os.environ, "DVC_NO_ANALYTICS": "1"}
        line = [str(Path(sys.executable).parent / "dvc"), *words]
        return subprocess.run(line, cwd=workspace, env=variables, check=True, capture_output=True, text=True).stdout

    dvc("init", "--no-scm", "--quiet")
    Path("dvc.yaml").write_text("stages:\n  collect: {cmd: touch made, params: [collect], outs: [made]}\n")
    dvc("repro", "--quiet")
    assert "up to date" in dvc("status")
    ready()
    assert closed().exit_code == 0
    assert "changed" in dvc("status")
