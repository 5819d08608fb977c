"""The review tool for real, without a browser: its database is killed, frames are deleted, the machine goes off."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from detection.outside.documents import write_value
from detection.outside.fiftyone.launching import ROOT
from detection.outside.fiftyone.program import ANSWERS
from detection.outside.review.sessions import CLOSED
from detection.rules.field.review.session import Session
from tests.examples_review import answers, workspace
from tests.examples_review_tool import (
    PATIENCE_S,
    Database,
    Tool,
    database_of,
    decide_directly,
    delete_directly,
    tell_directly,
)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.environment,
    pytest.mark.skipif(sys.platform != "linux", reason="process trees are looked at with Linux' tools"),
]


def test_a_killed_database_loses_nothing(tool: Tool, made: Session) -> None:
    """Killed in the middle: the tool says so and ends with status 1, and the next start has all that was decided."""
    assert tool.serve().startswith("http://localhost:")
    decide_directly(tool, made.items[1].frame, "unsure")
    database = database_of(tool.folder)
    assert database is not None
    os.kill(database.pid, signal.SIGKILL)
    assert tool.process is not None
    _, told = tool.process.communicate(timeout=PATIENCE_S)
    assert tool.process.returncode == 1
    assert re.search(r"error: .*review database .* run the same command again", told), told
    found = {answer.frame: answer for answer in tool.collect().answers}
    assert found[made.items[1].frame].decision == "unsure"
    assert len(found) == len(made.items)


def test_a_database_that_is_killed_while_the_session_is_closed_loses_nothing(
    tool: Tool, made: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing comes home by halves, whenever it happens; the same command, typed again, brings everything home."""
    place = _left_in_disorder(tool, made, monkeypatch)
    before = Path("params.yaml").read_bytes()
    for moment in (_is_there, _answers_a_stranger, _is_read):
        closing = _closing(tool)
        _kill_when(tool, closing, moment)
        _, told = closing.communicate(timeout=PATIENCE_S)
        assert closing.returncode == 1, told
        assert re.fullmatch(r"error: .*review database .*: run the same command again.*\n", told), told
        assert not (tool.folder / CLOSED).exists()
        assert not (place / "reviewed").exists()
        assert Path("params.yaml").read_bytes() == before
    closing = _closing(tool)
    said, told = closing.communicate(timeout=PATIENCE_S)
    assert closing.returncode == 0, told
    assert "3 frames, 5 boxes by reviewer-1; 1 not sure, 0 left in the queue" in said
    assert (tool.folder / CLOSED).is_file()


def test_a_deleted_frame_is_there_again_when_the_session_is_opened_again(tool: Tool, made: Session) -> None:
    """The App lets anybody delete a sample; its decision is gone, and the frame is asked for again."""
    assert tool.serve()
    for item in made.items:
        decide_directly(tool, item.frame, "accept")
    delete_directly(tool, made.items[2].frame)
    tool.stop()
    assert {answer.frame for answer in tool.answers().answers} == {made.items[n].frame for n in (0, 1, 3)}
    assert tool.serve()
    tool.stop()
    found = {answer.frame: answer for answer in tool.answers().answers}
    assert [found[item.frame].decision for item in made.items] == ["accept", "accept", "", "accept"]
    assert len(found[made.items[2].frame].boxes) == 2


def _left_in_disorder(tool: Tool, made: Session, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A session whose answers are in its database alone: the machine went off. The place where it is closed."""
    assert tool.serve()
    blind = made.items[0]
    box = "{'_cls': 'Detection', 'label': 'box', 'bounding_box': %s, 'tags': [], 'attributes': {}}"
    one = blind.predictions[0]
    corners = [one.x1 / 320, one.y1 / 240, (one.x2 - one.x1) / 320, (one.y2 - one.y1) / 240]
    field = "{'boxes.detections': [{**%s, '_id': __import__('bson').ObjectId()}]}" % (box % corners)
    tell_directly(tool, blind.frame, f"samples.update_one(this, {{'$set': {field}}}).modified_count")
    for item, decision in zip(made.items, ("accept", "accept", "accept", "unsure"), strict=True):
        decide_directly(tool, item.frame, decision)
    assert tool.process is not None
    os.killpg(tool.process.pid, signal.SIGKILL)
    tool.process.communicate(timeout=PATIENCE_S)
    _until(lambda: database_of(tool.folder) is None)
    write_value(tool.folder / ANSWERS, replace(answers(made), complete=False))
    return workspace(tool.folder.parent / "workspace", monkeypatch, controls=1)


def _closing(tool: Tool) -> subprocess.Popen[str]:
    """``detection review close``, as it is typed."""
    program = "from detection.cli import main; main()"
    words = [sys.executable, "-c", program, "review", "close", str(tool.folder), "--annotator", "reviewer-1"]
    variables = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "220"}
    return subprocess.Popen(words, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def _kill_when(tool: Tool, closing: subprocess.Popen[str], moment: Callable[[Database], bool]) -> None:
    def come() -> bool:
        database = database_of(tool.folder)
        assert closing.poll() is None
        return database is not None and moment(database)

    _until(come)
    database = database_of(tool.folder)
    assert database is not None
    os.kill(database.pid, signal.SIGKILL)


def _is_there(_: Database) -> bool:
    """It is a process, and hardly more."""
    return True


def _answers_a_stranger(database: Database) -> bool:
    """It has started, and nobody has asked it anything."""
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(database.socket) == 0


def _is_read(database: Database) -> bool:
    """FiftyOne has connections to it."""
    told = subprocess.run(["ss", "-xH", "state", "established"], capture_output=True, text=True, check=True).stdout
    return told.count(database.socket) >= 2


def _until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < until
        time.sleep(0.02)
