"""Folders, pictures and videos as frames with a camera's name."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from detection.edge.sources.items import Choice, Frame, Quiet, Unreadable
from detection.edge.sources.opening import Manner, open_source
from detection.errors import FrameError
from tests.examples_bundles import jpeg, picture, png

ANY = Choice("", 1_000_000)


def frames_of(path: Path, choice: Choice) -> Iterator[Frame | Unreadable]:
    for item in open_source(str(path), choice, Manner()).items():
        assert not isinstance(item, Quiet)
        yield item


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "yard"
    for name in ("b.png", "a.png", "cam-02/1.png", "cam-01/deep/2.png"):
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(png(picture(len(name))))
    (place / "notes.txt").write_text("not a picture")
    (place / ".hidden.png").write_bytes(b"")
    return place


def test_a_folder_is_read_whole_in_order_and_its_folders_name_the_cameras(folder: Path) -> None:
    found = [(frame.name, frame.camera) for frame in frames_of(folder, ANY)]
    assert found == [
        ("a.png", "yard"), ("b.png", "yard"), ("cam-01/deep/2.png", "cam-01"), ("cam-02/1.png", "cam-02"),
    ]  # fmt: skip


def test_a_given_camera_is_for_frames_that_no_folder_names(folder: Path) -> None:
    cameras = [frame.camera for frame in frames_of(folder, Choice("gate", 1_000_000))]
    assert cameras == ["gate", "gate", "cam-01", "cam-02"]


def test_one_bad_picture_is_an_item_like_any_other(folder: Path) -> None:
    (folder / "a.png").write_bytes(jpeg(picture(0))[:300])
    (folder / "b.tif").write_bytes(b"II*\0")
    found = list(frames_of(folder, ANY))
    assert [type(frame) for frame in found] == [Unreadable, Frame, Unreadable, Frame, Frame]


def test_a_single_picture_is_a_source(folder: Path) -> None:
    (frame,) = frames_of(folder / "a.png", ANY)
    assert isinstance(frame, Frame)
    assert (frame.name, frame.camera) == ("a.png", "a")


def test_a_video_gives_its_frames_by_number(tmp_path: Path) -> None:
    path = tmp_path / "belt.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 5, (80, 60))
    for seed in range(3):
        writer.write(picture(seed))
    writer.release()
    number = 0
    for number, frame in enumerate(frames_of(path, ANY)):
        assert isinstance(frame, Frame)
        assert (frame.name, frame.camera) == (f"belt.avi#{number:06d}", "belt")
        assert np.abs(frame.image.astype(int) - picture(number)).mean() < 5
    assert number == 2


def test_a_video_of_too_many_pixels_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    path = tmp_path / "belt.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 5, (80, 60))
    writer.write(picture(0))
    writer.release()
    with pytest.raises(FrameError, match="pixels a frame"):
        list(frames_of(path, Choice("", 4000)))


@pytest.mark.parametrize(
    "make", [lambda p: None, lambda p: p.mkdir(), lambda p: p.with_suffix(".mp4").write_bytes(b"x")]
)
def test_a_source_without_frames_is_said(tmp_path: Path, make: object) -> None:
    make(tmp_path / "source")  # type: ignore[operator]
    source = next(iter(tmp_path.iterdir()), tmp_path / "source")
    with pytest.raises(FrameError, match=r"does not exist|no picture|no video"):
        list(frames_of(source, ANY))


def test_what_only_looks_like_a_picture_neither_hangs_nor_eats_the_memory(folder: Path) -> None:
    os.mkfifo(folder / "pipe.png")
    with (folder / "vast.png").open("wb") as stream:
        stream.truncate(10**12)
    (folder / "lost.png").symlink_to(folder / "nowhere")
    found = {item.name: item for item in frames_of(folder, ANY) if isinstance(item, Unreadable)}
    assert sorted(found) == ["lost.png", "pipe.png", "vast.png"]
    assert "no ordinary file" in found["pipe.png"].reason
    assert "1000000000000 bytes" in found["vast.png"].reason
