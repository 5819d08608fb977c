"""A camera maps the hall to pixels, both ways."""

from __future__ import annotations

import numpy as np
import pytest

from detection.scenes.camera import mount


@pytest.mark.parametrize("index", range(20))
def test_a_ray_meets_the_pixel_it_left(index: int) -> None:
    """Truth is projected, pixels are cast: both must bend alike, to a hundredth of a pixel."""
    camera = mount(7, index, 320, 256)
    rays = camera.rays(320, 256)[8::40, 4::48].reshape(-1, 3)
    pixels = camera.project((camera.position + 2.5 * rays).astype(np.float32))
    expected = np.stack(np.meshgrid(np.arange(4, 320, 48) + 0.5, np.arange(8, 256, 40) + 0.5), axis=2).reshape(-1, 2)
    assert np.abs(pixels - expected).max() < 0.01


def test_depth_is_the_length_of_a_ray() -> None:
    camera = mount(7, 3, 320, 256)
    points = (camera.position + 1.75 * camera.rays(8, 8).reshape(-1, 3)).astype(np.float32)
    assert camera.depth(points) == pytest.approx(np.full(64, 1.75), abs=1e-4)


def test_a_larger_frame_shows_the_same() -> None:
    small, large = mount(7, 5, 320, 256), mount(7, 5, 960, 768)
    points = np.array([(0.1, 0.2, 0.0), (-0.4, 0.1, 0.3)], np.float32)
    assert 3 * small.project(points) == pytest.approx(large.project(points), abs=0.01)


def test_cameras_differ_in_height_tilt_roll_lens_and_view() -> None:
    cameras = [mount(7, index, 320, 256) for index in range(12)]
    for values, least in (
        ([camera.position[2] for camera in cameras], 0.5),
        ([camera.axes[2][2] for camera in cameras], 0.2),
        ([camera.axes[0][2] for camera in cameras], 0.1),
        ([camera.half_angle for camera in cameras], 0.15),
        ([camera.bend for camera in cameras], 0.08),
        ([camera.vignetting for camera in cameras], 0.2),
    ):
        assert np.ptp(values) > least
