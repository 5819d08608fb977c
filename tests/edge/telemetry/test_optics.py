"""What a picture looks like, in a few numbers that one can check by eye."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np
import pytest

from detection.edge.telemetry.optics import MEASURED, OpticalBench, mean_view
from detection.edge.telemetry.optics import measured as measured_all
from detection.edge.vision.frames import Image
from tests.examples_bundles import picture


def plain(blue: int, green: int, red: int, width: int = 80, height: int = 60) -> Image:
    return np.full((height, width, 3), (blue, green, red), np.uint8)


@dataclass(frozen=True)
class Found:
    """The columns of one frame."""

    brightness: float
    contrast: float
    sharpness: float
    red_cast: float
    blue_cast: float
    dark_share: float
    blown_share: float
    view: float


def measured(image: Image, bench: OpticalBench | None = None, camera: str = "cam") -> Found:
    (row,) = measured_all([(bench or OpticalBench({})).measure(image, camera)])
    return Found(**dict(zip(MEASURED, row.tolist(), strict=True)))


def noise(side: int = 96) -> Image:
    return np.random.default_rng(0).integers(0, 256, (side, side, 3)).astype(np.uint8)


def test_brightness_is_the_mean_grey_and_one_grey_has_neither_contrast_nor_edges() -> None:
    found = measured(plain(0, 100, 0))
    assert found.brightness == pytest.approx(59, abs=0.5)
    assert (found.contrast, found.sharpness) == (0, 0)


def test_contrast_is_the_standard_deviation() -> None:
    image = plain(0, 0, 0)
    image[:, 40:] = 200
    assert measured(image).contrast == pytest.approx(100)


def test_a_blurred_picture_is_less_sharp() -> None:
    assert measured(cv2.GaussianBlur(noise(), (0, 0), 2)).sharpness < measured(noise()).sharpness / 50  # type: ignore[arg-type]


def test_a_cast_is_told_in_doublings() -> None:
    found = measured(plain(49, 99, 199))
    assert found.red_cast == pytest.approx(1)
    assert found.blue_cast == pytest.approx(-1)


def test_dark_and_blown_pixels_are_parts_of_all() -> None:
    image = plain(100, 100, 100)
    image[:15] = 16
    image[-30:] = 250
    assert (measured(image).dark_share, measured(image).blown_share) == (0.25, 0.5)


def test_a_camera_sees_its_own_view_whatever_the_light_and_another_ones_not() -> None:
    own, other = picture(1), picture(2)[::-1, ::-1].copy()
    bench = OpticalBench({"cam": OpticalBench({}).measure(own, "").thumbnail()})
    darker = (own // 3).astype(np.uint8)
    assert measured(own, bench).view == pytest.approx(1)
    assert measured(darker, bench).view > 0.99
    assert measured(other, bench).view < 0.5
    assert math.isnan(measured(own, bench, "stranger").view)
    assert math.isnan(measured(plain(9, 9, 9), bench).view)


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (500, 1), (37, 1001), (96, 96), (97, 97)])
def test_any_size_can_be_measured(shape: tuple[int, int]) -> None:
    image = np.full((*shape, 3), 50, np.uint8)
    optics = OpticalBench({}).measure(image, "cam")
    assert (optics.height, optics.width) == shape
    assert optics.brightness == pytest.approx(50)
    assert optics.thumbnail().shape == (12, 16)


def test_frames_measured_together_are_measured_as_each_alone() -> None:
    """To the last bit, whatever their sizes: the reference and a device need not count in the same batches."""
    dice, bench = np.random.default_rng(3), OpticalBench({"cam": noise()[:12, :16, 0]})
    shapes = [(240, 320), (11, 300), (97, 96), (240, 320), (1, 1), (333, 241)] * 3
    optics = [bench.measure(dice.integers(0, 256, (*shape, 3)).astype(np.uint8), "cam") for shape in shapes]
    alone = np.concatenate([measured_all([one]) for one in optics])
    assert measured_all(optics).tobytes() == alone.tobytes()


def test_what_was_measured_outlives_the_camera_s_memory() -> None:
    """A live source writes the next picture into the same memory, while frames wait to be counted."""
    image = plain(10, 20, 30, 16, 16)
    optics = OpticalBench({}).measure(image, "cam")
    before = measured_all([optics])
    image[:] = 255
    assert np.array_equal(measured_all([optics]), before, equal_nan=True)


def test_the_mean_of_views_is_their_mean() -> None:
    dark, light = np.zeros((12, 16), np.uint8), np.full((12, 16), 201, np.uint8)
    assert mean_view([dark, light]).tolist() == np.full((12, 16), 100).tolist()
