"""Pictures for people."""

from __future__ import annotations

import numpy as np
import pytest

from detection.edge.vision.drawing import draw, encode
from detection.edge.vision.frames import read_image
from tests.examples_bundles import colour_detector, picture
from tests.examples_models import CLASSES


@pytest.mark.parametrize(("width", "height"), [(80, 60), (1, 1), (3, 400), (640, 480)])
def test_a_frame_of_any_size_can_be_drawn_and_is_left_alone(width: int, height: int) -> None:
    image = picture(1, width, height)
    before = image.copy()
    drawn = draw(image, colour_detector().detect(image), CLASSES)
    assert np.array_equal(image, before)
    assert drawn.shape == image.shape


def test_boxes_are_seen() -> None:
    image = picture(1, 320, 240)
    assert not np.array_equal(draw(image, colour_detector().detect(image), CLASSES), image)


def test_the_file_is_a_picture() -> None:
    assert read_image(encode(picture(1))).shape == picture(1).shape
