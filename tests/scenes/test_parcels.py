"""Parcels: what rays see of them and what their outline spans are the same."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from detection.scenes.camera import Camera, mount
from detection.scenes.dice import dice
from detection.scenes.parcels import Kind, Parcel, wrap

KINDS: tuple[Kind, ...] = ("box", "polybag", "tube", "crate")


def silhouette(camera: Camera, parcel: Parcel, finer: int) -> NDArray[np.bool_]:
    rays = camera.rays(camera.width * finer, camera.height * finer).transpose(2, 0, 1)
    return np.isfinite(parcel.seen(camera.position, np.ascontiguousarray(rays)).t)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("index", [0, 7, 13])
def test_the_outline_spans_what_rays_hit(kind: Kind, index: int) -> None:
    """Boxes are tight and never cut: their corners lie within half a pixel of the silhouette's."""
    camera, parcel = mount(7, index, 320, 256), wrap(kind, dice("test", index))
    hit = silhouette(camera, parcel, finer=4)
    rows, columns = np.flatnonzero(hit.any(axis=1)) / 4, np.flatnonzero(hit.any(axis=0)) / 4
    seen = np.array([columns[0], rows[0], columns[-1] + 0.25, rows[-1] + 0.25])
    pixels = camera.project(parcel.outline())
    assert np.concatenate([pixels.min(axis=0), pixels.max(axis=0)]) == pytest.approx(seen, abs=0.5)


@pytest.mark.parametrize("kind", KINDS)
def test_the_hull_of_the_outline_has_the_silhouettes_area(kind: Kind) -> None:
    """Visible shares divide by the hull's area: it must be the area that rays can hit, within four in a hundred."""
    camera, parcel = mount(7, 9, 320, 256), wrap(kind, dice("test", 5))
    hull = cv2.contourArea(cv2.convexHull(camera.project(parcel.outline())))
    assert silhouette(camera, parcel, finer=2).sum() / 4 == pytest.approx(hull, rel=0.04)


@pytest.mark.parametrize("kind", KINDS)
def test_surfaces_face_the_camera_and_are_painted_inside_their_skin(kind: Kind) -> None:
    camera, parcel = mount(7, 4, 320, 256), wrap(kind, dice("test", 2))
    surface = parcel.seen(camera.position, np.ascontiguousarray(camera.rays(320, 256).transpose(2, 0, 1)))
    met = np.isfinite(surface.t)
    assert np.linalg.norm(surface.normal[:, met], axis=0) == pytest.approx(1, abs=0.02)
    assert surface.column[met].min() >= -0.5
    assert surface.column[met].max() < parcel.atlas.shape[1]
    assert surface.row[met].max() < parcel.atlas.shape[0]


def test_a_parcel_rides_without_changing() -> None:
    parcel = wrap("box", dice("test", 1))
    ways = parcel.moved(0.3).outline() - parcel.outline()
    assert ways == pytest.approx(np.tile([0.3, 0, 0], (len(ways), 1)), abs=1e-5)


@pytest.mark.parametrize("kind", KINDS)
def test_a_parcel_stands_on_the_belt(kind: Kind) -> None:
    parcel = wrap(kind, dice("test", 3))
    assert parcel.base == pytest.approx(0, abs=1e-6)
    assert parcel.outline()[:, 2].min() == pytest.approx(0, abs=1e-5)


def test_a_lamp_is_hidden_behind_a_parcel_and_not_before_it() -> None:
    parcel = replace(wrap("box", dice("test", 1)), centre=np.array([0, 0, 1], np.float32))
    spots = np.array([(0, 0, 0), (0, 0, 3), (2, 0, 0)], np.float32).T[:, :, None]
    assert parcel.blocks(spots, np.array([0, 0, 1], np.float32)).ravel().tolist() == [1, 0, 0]
