"""``detection scenes``: the sheet, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import cv2
import pytest

from detection.commands.scenes import app, chosen
from detection.errors import DetectionError
from detection.scenes.warehouse import World


def call(*words: object) -> None:
    app([str(word) for word in words], standalone_mode=False)


@pytest.mark.parametrize("name", ["sheet.png", "sheet.jpg"])
def test_a_sheet_shows_as_many_frames_as_asked_for(tmp_path: Path, name: str) -> None:
    out = tmp_path / name
    call("sheet", "--frames", 3, "--cameras", 2, "--size", "96x72", out)
    picture = cv2.imread(str(out))
    assert picture is not None
    height, width = picture.shape[:2]
    assert width == 3 * 480 + 4 * 4
    assert height == 360 + 20 + 2 * 4


def test_the_same_words_write_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        words = ("--frames", 2, "--cameras", 2, "--size", "64x48", "--season", "winter", "--annotators")
        call("sheet", *words, tmp_path / name)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_a_sheet_goes_round_cameras_and_lightings() -> None:
    shots = chosen(World(seed=7, cameras=5), 20)
    assert len({(shot.camera, shot.lighting) for shot in shots}) == 20


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--size", "320"), "such as 320x256"),
        (("--size", "0x10"), "such as 320x256"),
        (("--season", "monsoon"), "a month from 1 to 12"),
        ((), "ending in .png or .jpg"),
    ],
)
def test_what_cannot_be_drawn_is_refused_in_one_line(tmp_path: Path, words: tuple[str, ...], message: str) -> None:
    out = tmp_path / ("sheet.png" if words else "sheet.gif")
    with pytest.raises(DetectionError, match=message):
        call("sheet", *words, out)
    assert not out.exists()
