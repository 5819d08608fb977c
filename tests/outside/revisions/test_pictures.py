"""Pictures of changes are drawn on the image if any version has it, and on a blank frame if none has."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from detection.edge.vision.frames import Image
from detection.outside.pictures import BLANK
from detection.outside.revisions.opening import LAYOUTS, Opened, open_version
from detection.outside.revisions.pictures import WIDTH_PX, picture
from detection.outside.revisions.places import Folder
from detection.rules.labels.versions.changes import compare
from detection.rules.labels.versions.version import Version
from tests.examples_revisions import Scratch
from tests.examples_versions import Box, re_encoded, version

AMBER = (40, 170, 250)


def decoded(uri: str) -> Image:
    image = cv2.imdecode(np.frombuffer(b64decode(uri.partition(",")[2]), np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    return image.astype(np.uint8)


def without_files(made: Version, tmp_path: Path) -> Opened:
    return Opened(made, Folder(tmp_path), LAYOUTS[0])


def near(image: Image, x: int, y: int, colour: tuple[int, int, int]) -> bool:
    """The colour stands somewhere within three pixels."""
    view = image[max(y - 3, 0) : y + 4, max(x - 3, 0) : x + 4].reshape(-1, 3).astype(int)
    return bool((np.abs(view - colour).max(axis=1) < 70).any())


@pytest.mark.parametrize("scale", [1, 2])
def test_boxes_stand_where_they_are_though_the_frame_was_re_encoded(tmp_path: Path, scale: int) -> None:
    old = version({"a": [("box", 320, 240, 480, 400)]})
    new = re_encoded(version({"a": [("box", 320, 240, 480, 410)]}), scale)
    made = picture(compare(old, new, 0.5), 0, without_files(old, tmp_path), without_files(new, tmp_path))
    image = decoded(made.source)
    assert image.shape == (WIDTH_PX * 3 // 4, WIDTH_PX, 3)
    assert near(image, 240, 230, AMBER)
    assert abs(int(image[50, 50, 0]) - BLANK) < 6
    assert "no image is here" in made.alt


@pytest.mark.parametrize(
    "box", [("box", -1e30, -5, 1e30, 9), ("box", np.nan, 0, 5, 5), ("box", np.inf, 0, -np.inf, 5)], ids=repr
)
def test_no_box_is_too_strange_to_be_drawn(tmp_path: Path, box: Box) -> None:
    old, new = version({"a": []}), version({"a": [box]})
    made = picture(compare(old, new, 0.5), 0, without_files(old, tmp_path), without_files(new, tmp_path))
    assert made.caption == "a: 1 added"


def test_a_frame_of_no_size_is_drawn(tmp_path: Path) -> None:
    old, new = version({"a": []}), version({"a": [("box", 1, 1, 5, 5)]})
    nothing = np.zeros(1, np.int64)
    new = replace(new, frames=replace(new.frames, width=nothing, height=nothing))
    made = picture(compare(old, new, 0.5), 0, without_files(old, tmp_path), without_files(new, tmp_path))
    assert made.source.startswith("data:image/jpeg;base64,")


def test_the_image_of_whichever_version_has_it_is_shown(history: Scratch, tmp_path: Path) -> None:
    first, second = (open_version(name, history.root) for name in ("first", "second"))
    changes = compare(first.version, second.version, 0.5)
    place = int(changes.largest(1)[0])
    blind = without_files(second.version, tmp_path)
    both = [picture(changes, place, first, other) for other in (second, blind)]
    assert both[0] == both[1]
    assert "no image" not in both[0].alt
