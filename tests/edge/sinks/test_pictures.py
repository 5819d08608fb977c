"""Annotated pictures: of a recording every one, of a camera as many as the disk takes."""

from __future__ import annotations

from pathlib import Path

import cv2
import pytest

from detection.edge.sinks.pictures import Pictures
from detection.errors import FrameError
from tests.examples_bundles import colour_detector, picture
from tests.examples_models import CLASSES


def test_a_picture_shows_its_frame_even_if_the_frame_is_written_over(tmp_path: Path) -> None:
    sink, image = Pictures(tmp_path, CLASSES, waits=True), picture(1)
    sink.put("gate#000001", image, colour_detector().detect(image))
    image[:] = 0
    sink.close()
    drawn = cv2.imread(str(tmp_path / "gate-000001.jpg"))
    assert drawn is not None
    assert drawn.max() > 200


def test_of_many_the_newest_stay(tmp_path: Path) -> None:
    sink, found = Pictures(tmp_path, CLASSES, waits=True, keep=3), colour_detector().detect(picture(1))
    (tmp_path / "mine.jpg").write_bytes(b"")
    for number in range(10):
        sink.put(f"gate#{number}", picture(1), found)
    sink.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["gate-7.jpg", "gate-8.jpg", "gate-9.jpg", "mine.jpg"]


def test_a_disk_that_refuses_ends_the_run_with_a_reason(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    sink, found = Pictures(tmp_path / "file", CLASSES, waits=True), colour_detector().detect(picture(1))
    sink.put("a", picture(1), found)
    with pytest.raises(FrameError, match="free space or name another folder"):
        sink.close()
