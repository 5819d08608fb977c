"""Pictures for people: crops stay inside the frame and show what they are about."""

from __future__ import annotations

from base64 import b64decode

import cv2
import numpy as np
import pytest

from detection.edge.vision.frames import Image
from detection.outside import pictures
from detection.outside.pictures import Mark

FRAME = bytes(cv2.imencode(".png", np.full((90, 160, 3), 40, np.uint8))[1])


def decoded(uri: str) -> Image:
    content = np.frombuffer(b64decode(uri.partition(",")[2]), np.uint8)
    image = cv2.imdecode(content, cv2.IMREAD_COLOR)
    assert image is not None
    return image.astype(np.uint8)


def test_a_frame_keeps_its_shape() -> None:
    assert decoded(pictures.frame(FRAME, [], width=320)).shape == (180, 320, 3)


@pytest.mark.parametrize(
    "corners",
    [
        pytest.param((0, 0, 10, 10), id="corner"),
        pytest.param((150, 80, 160, 90), id="other corner"),
        pytest.param((0, 0, 160, 90), id="the whole frame"),
        pytest.param((70, 40, 71, 41), id="a single pixel"),
    ],
)
def test_a_crop_is_a_square_that_shows_its_box(corners: tuple[float, float, float, float]) -> None:
    image = decoded(pictures.crop(FRAME, Mark(corners, pictures.RED), [], side=240))
    assert image.shape == (240, 240, 3)
    assert (image[..., 2].astype(int) - image[..., 0] > 60).any()


def test_a_missed_object_is_drawn_broken() -> None:
    whole = decoded(pictures.crop(FRAME, Mark((60, 30, 100, 60), pictures.RED), []))
    broken = decoded(pictures.crop(FRAME, Mark((60, 30, 100, 60), pictures.RED, dashed=True), []))
    red = [int((image[..., 2].astype(int) - image[..., 0] > 60).sum()) for image in (whole, broken)]
    assert 0 < red[1] < red[0]


def test_a_frame_without_pixels_still_shows_where_its_boxes_are() -> None:
    image = decoded(pictures.outline(640, 480, [Mark((100, 100, 200, 200), pictures.RED, dashed=True)], scaled_to=320))
    assert image.shape == (240, 320, 3)
    assert abs(int(image[200, 300].min()) - pictures.BLANK) < 8
    assert int(image[50, 45:105, 1].min()) < 120
