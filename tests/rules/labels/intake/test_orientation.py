"""Boxes turn with the picture: told by turning pictures of boxes with Pillow."""

from __future__ import annotations

import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from detection.rules.labels.intake.orientation import Dimensions, displayed, turned

SIZE = Dimensions(12, 7)


@settings(max_examples=60, deadline=None)
@given(
    orientation=st.integers(1, 8),
    x=st.lists(st.integers(0, 12), min_size=2, max_size=2, unique=True),
    y=st.lists(st.integers(0, 7), min_size=2, max_size=2, unique=True),
)
def test_a_box_covers_the_same_pixels_after_the_turn(orientation: int, x: list[int], y: list[int]) -> None:
    """In all eight ways."""
    (x1, x2), (y1, y2) = sorted(x), sorted(y)
    painted = np.zeros((SIZE.height, SIZE.width), np.uint8)
    painted[y1:y2, x1:x2] = 255
    made = Image.Exif()
    made[274] = orientation
    stream = io.BytesIO()
    Image.fromarray(painted).save(stream, "PNG", exif=made.tobytes())
    upright = np.asarray(ImageOps.exif_transpose(Image.open(stream)))
    rows, columns = np.nonzero(upright)
    expected = [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]
    assert displayed(np.array([[x1, y1, x2, y2]], np.float32), SIZE, orientation).tolist() == [expected]
    assert turned(SIZE, orientation) == (upright.shape[1], upright.shape[0])


@pytest.mark.parametrize("orientation", range(1, 9))
def test_nothing_and_nonsense_go_through(orientation: int) -> None:
    """No boxes stay none; NaN stays for validate to name."""
    assert displayed(np.zeros((0, 4), np.float32), SIZE, orientation).shape == (0, 4)
    assert np.isnan(displayed(np.full((1, 4), np.nan, np.float32), SIZE, orientation)).all()
