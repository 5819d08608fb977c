"""A session in CVAT or Label Studio and back: what nobody touched is the device's own box, to the last bit."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from detection.errors import SourceError
from detection.outside.review import exchange
from detection.outside.review.exchange import Tool
from detection.rules.field.review import home
from detection.rules.field.review.session import Session
from tests.examples_review import NOW, opened, queue, session


@pytest.fixture
def made() -> Session:
    return session(queue(6, controls=2))


@pytest.fixture
def folder(tmp_path: Path, made: Session) -> Path:
    return opened(tmp_path / "session", made)


@pytest.mark.parametrize("tool", Tool, ids=lambda tool: tool.value)
def test_what_nobody_touched_comes_back_as_it_went(folder: Path, made: Session, tmp_path: Path, tool: Tool) -> None:
    exchange.send(folder, made, tool, tmp_path / "out")
    answers = exchange.receive(folder, made, tool, tmp_path / "out", NOW)
    brought = home.bring(made, answers, partial=False)
    assert brought.unchanged_share() == 1.0
    assert [one.answer.decision for one in brought.brought] == ["fix", "fix", "accept", "accept", "accept", "accept"]
    assert all(not one.labels for one in brought.brought if one.item.blind)
    for one in brought.brought[2:]:
        expected = [[p.x1, p.y1, p.x2, p.y2] for p in one.item.predictions[:2]]
        assert one.corners.astype(str).tolist() == [[str(v) for v in row] for row in expected]


@pytest.mark.parametrize("tool", Tool, ids=lambda tool: tool.value)
def test_a_blind_frame_cannot_be_told_from_an_experts(folder: Path, made: Session, tmp_path: Path, tool: Tool) -> None:
    exchange.send(folder, made, tool, tmp_path / "out")
    text = "".join(path.read_text() for path in (tmp_path / "out").glob("*.[xj]*"))
    for word in ("cam0", "frame-0000", "control", "0.91"):
        assert word not in text
    assert all(item.frame in text for item in made.items)


def test_cvats_two_digits_are_the_same_box(folder: Path, made: Session, tmp_path: Path) -> None:
    """CVAT writes corners with two decimals, whatever it was given."""
    exchange.send(folder, made, Tool.CVAT, tmp_path / "out")
    (path,) = (tmp_path / "out").glob("*.xml")
    rounded = re.sub(r'(xtl|ytl|xbr|ybr)="([\d.]+)"', lambda m: f'{m[1]}="{float(m[2]):.2f}"', path.read_text())
    path.write_text(rounded)
    answers = exchange.receive(folder, made, Tool.CVAT, tmp_path / "out", NOW)
    assert home.bring(made, answers, partial=False).unchanged_share() == 1.0


def test_edits_additions_and_deletions_are_told_apart(folder: Path, made: Session, tmp_path: Path) -> None:
    exchange.send(folder, made, Tool.LABEL_STUDIO, tmp_path / "out")
    path = tmp_path / "out" / "tasks.json"
    tasks = json.loads(path.read_text())
    place = {task["data"]["image"].split("%2F")[-1].split("/")[-1].split(".")[0]: task for task in tasks}
    moved, gone, more = (place[made.items[n].frame]["annotations"][0]["result"] for n in (2, 3, 4))
    moved[0]["value"]["x"] += 1.0
    del gone[1]
    more.append(json.loads(json.dumps(more[0])) | {"id": "new"})
    more[-1]["value"] |= {"x": 80.0, "y": 80.0, "width": 10.0, "height": 10.0, "rectanglelabels": ["tube"]}
    path.write_text(json.dumps(tasks))
    answers = exchange.receive(folder, made, Tool.LABEL_STUDIO, tmp_path / "out", NOW)
    brought = home.bring(made, answers, partial=False).brought
    assert [(sorted(one.origins), one.removed) for one in brought[2:5]] == [
        (["changed", "kept"], 0), (["kept"], 1), (["added", "kept", "kept"], 0)
    ]  # fmt: skip


def test_frames_that_did_not_come_back_stay_in_the_queue(folder: Path, made: Session, tmp_path: Path) -> None:
    exchange.send(folder, made, Tool.LABEL_STUDIO, tmp_path / "out")
    path = tmp_path / "out" / "tasks.json"
    path.write_text(json.dumps(json.loads(path.read_text())[1:]))
    answers = exchange.receive(folder, made, Tool.LABEL_STUDIO, tmp_path / "out", NOW)
    assert len(home.bring(made, answers, partial=True).left) == 1


def test_frames_of_another_session_are_refused(folder: Path, made: Session, tmp_path: Path) -> None:
    exchange.send(folder, made, Tool.CVAT, tmp_path / "out")
    with pytest.raises(SourceError, match="is no frame of session-"):
        exchange.receive(folder, replace(made, items=made.items[:3]), Tool.CVAT, tmp_path / "out", NOW)
    assert not (folder / "answers.json").exists()
