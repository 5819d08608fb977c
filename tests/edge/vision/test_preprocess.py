"""The letterbox: documented arithmetic to the last bit, and the way back."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detection.edge.vision.preprocess import Letterbox, Preprocessor, letterbox, placement
from tests.examples_bundles import picture


def by_the_book(image: np.ndarray, where: Letterbox, width: int, height: int) -> np.ndarray:
    """The documented steps, one by one."""
    inner = (where.inner_width, where.inner_height)
    small = image if image.shape[1::-1] == inner else cv2.resize(image, inner, interpolation=cv2.INTER_LINEAR)
    square = np.full((height, width, 3), 114, np.uint8)
    square[where.top : where.top + inner[1], where.left : where.left + inner[0]] = small
    return square[:, :, ::-1].transpose(2, 0, 1)[None]


@pytest.mark.parametrize(
    ("width", "height"),
    [(64, 64), (320, 256), (33, 47), (640, 1), (1, 640), (3, 1000), (1920, 1080), (128, 64), (65, 64)],
)
def test_the_tensor_is_the_documented_arithmetic_to_the_last_bit(width: int, height: int) -> None:
    image = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
    tensor, where = letterbox(image, 64, 64)
    assert tensor.dtype == np.uint8
    assert np.array_equal(tensor, by_the_book(image, where, 64, 64))


def test_a_wide_tensor_is_filled_like_a_square_one() -> None:
    image = picture(0, 100, 40)
    tensor, where = letterbox(image, 96, 64)
    assert tensor.shape == (1, 3, 64, 96)
    assert np.array_equal(tensor, by_the_book(image, where, 96, 64))


def test_odd_padding_goes_below_and_to_the_right() -> None:
    where = placement(100, 99, 100, 100)
    assert (where.top, where.inner_height) == (0, 99)
    assert placement(100, 97, 100, 100).top == 1


def test_a_kept_buffer_remembers_nothing_of_other_sizes() -> None:
    """Between frames of one size only the inner part is rewritten; another size must clear the padding."""
    tensor = np.zeros((1, 3, 64, 64), np.uint8)
    kept = Preprocessor(tensor)
    for seed, (width, height) in enumerate([(80, 60), (80, 60), (20, 90), (64, 64), (80, 60), (5, 200)]):
        image = picture(seed, width, height)
        kept.place(image)
        assert np.array_equal(tensor, letterbox(image, 64, 64).tensor)


def test_a_frame_that_is_a_view_into_another_is_read_right() -> None:
    whole = picture(3, 120, 90)
    view = whole[::2, 5:95]
    assert np.array_equal(letterbox(view, 64, 64).tensor, letterbox(np.ascontiguousarray(view), 64, 64).tensor)


@settings(deadline=None)
@given(st.integers(1, 400), st.integers(1, 400), st.integers(0, 1000))
def test_a_box_survives_the_way_there_and_back(width: int, height: int, seed: int) -> None:
    where = placement(width, height, 64, 64)
    dice = np.random.default_rng(seed)
    x = np.sort(dice.uniform(0, width, 2))
    y = np.sort(dice.uniform(0, height, 2))
    gain_x, gain_y = where.inner_width / width, where.inner_height / height
    there = np.array(
        [
            [
                x[0] * gain_x + where.left,
                y[0] * gain_y + where.top,
                x[1] * gain_x + where.left,
                y[1] * gain_y + where.top,
            ]
        ],
        np.float32,
    )
    back = where.to_frame(there)[0]
    assert back == pytest.approx([x[0], y[0], x[1], y[1]], abs=1e-4 * max(width, height))


def test_boxes_are_clipped_to_the_frame() -> None:
    where = placement(100, 50, 64, 64)
    assert where.to_frame(np.array([[-500, -500, 500, 500]], np.float32)).tolist() == [[0, 0, 100, 50]]
