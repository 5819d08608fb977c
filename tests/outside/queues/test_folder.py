"""A queue's folder on the way: nothing in it can change, and nothing half written stays."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from detection.outside.queues.folder import QueueError, identified, read_queue, write_queue
from tests.examples_review import picture, queue


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made, pictures = queue(4, controls=1), {}
    for number, item in enumerate(made.items):
        pictures[item.frame] = tmp_path / f"{number}.png"
        pictures[item.frame].write_bytes(picture(number))
    write_queue(tmp_path / "queue", made, pictures)
    return tmp_path / "queue"


def test_the_id_is_that_of_the_content(folder: Path) -> None:
    read = read_queue(folder)
    assert read.id == identified(replace(read, id="anything")).id
    assert read.id != identified(replace(read, decision="decision-2")).id


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        pytest.param('"guideline_version": "1.0"', '"guideline_version": "1.1"', "it was changed", id="value"),
        pytest.param('"format": 1', '"format": 2', "format 2; expected 1", id="format"),
        pytest.param('"decision"', '"decided"', "is no review queue", id="key"),
        pytest.param('"label": "box"', '"label": 7', "is no review queue", id="type"),
        pytest.param("frames/", "../frames/", "is no name of frame", id="path"),
    ],
)
def test_a_changed_document_is_refused(folder: Path, before: str, after: str, told: str) -> None:
    path = folder / "queue.json"
    path.write_text(path.read_text().replace(before, after, 1))
    with pytest.raises(QueueError, match=told):
        read_queue(folder)


def test_numbers_that_are_none_are_refused(folder: Path) -> None:
    path = folder / "queue.json"
    value = json.loads(path.read_text())
    value["items"][0]["predictions"][0]["x1"] = float("nan")
    path.write_text(json.dumps(value))
    with pytest.raises(QueueError, match="is no review queue"):
        read_queue(folder)


def test_all_damaged_pictures_are_named(folder: Path) -> None:
    first, second, third, _ = sorted((folder / "frames").iterdir())
    first.write_bytes(b"other")
    second.unlink()
    third.rename(third.with_name("kept"))
    third.symlink_to(third.with_name("kept"))
    with pytest.raises(QueueError, match=r"3 fault\(s\)") as caught:
        read_queue(folder)
    assert [first.name in caught.value.faults[n] or second.name in caught.value.faults[n] or third.name in
            caught.value.faults[n] for n in range(3)] == [True] * 3  # fmt: skip


def test_a_picture_that_is_not_its_frame_leaves_nothing_behind(tmp_path: Path) -> None:
    made = queue(1)
    (tmp_path / "0.png").write_bytes(b"changed meanwhile")
    with pytest.raises(QueueError, match="changed while it was copied"):
        write_queue(tmp_path / "queue", made, {made.items[0].frame: tmp_path / "0.png"})
    assert [path.name for path in tmp_path.iterdir()] == ["0.png"]


def test_no_queue_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(QueueError, match="detection review queue --out"):
        read_queue(tmp_path)
