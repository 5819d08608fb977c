"""What rides on the belt."""

from __future__ import annotations

import cv2
import numpy as np

from detection.scenes.cargo import CROWDINGS, STEP_S, Stretch, load

STRETCH = Stretch(-1.2, 1.2, 0.9)


def test_parcels_stay_on_the_belt() -> None:
    for scene in range(20):
        for parcel in load(STRETCH, "crowded", 0.0, 7, scene).parcels:
            if parcel.base < 0.01:
                assert np.abs(parcel.footprint()[:, 1]).max() <= STRETCH.width / 2


def test_parcels_do_not_stand_in_each_other() -> None:
    """Solids that overlap would have no true silhouette."""
    for scene in range(20):
        floor = [parcel for parcel in load(STRETCH, "crowded", 0.0, 7, scene).parcels if parcel.base < 0.01]
        for number, parcel in enumerate(floor):
            for other in floor[:number]:
                assert not inside(parcel.centre[:2], other.footprint())


def inside(point: object, corners: object) -> bool:
    return cv2.pointPolygonTest(np.asarray(corners, np.float32), tuple(np.asarray(point, float)), False) > 0


def test_a_crowded_belt_carries_more() -> None:
    sparse, crowded = (
        sum(len(load(STRETCH, crowding, 0.0, 7, scene).parcels) for scene in range(20)) for crowding in CROWDINGS
    )
    assert crowded > 1.5 * sparse


def test_crates_come_only_when_asked_for() -> None:
    without = {parcel.kind for scene in range(30) for parcel in load(STRETCH, "crowded", 0.0, 7, scene).parcels}
    assert without == {"box", "polybag", "tube"}
    kinds = [parcel.kind for scene in range(60) for parcel in load(STRETCH, "sparse", 0.3, 7, scene).parcels]
    assert 0.2 < kinds.count("crate") / len(kinds) < 0.4


def test_the_belt_is_loaded_as_far_upstream_as_a_scene_rides() -> None:
    """The last frame of a scene must not show an empty belt's end."""
    for scene in range(20):
        cargo = load(STRETCH, "crowded", 0.0, 7, scene)
        x = np.array([parcel.centre[0] for parcel in cargo.parcels]) + cargo.speed * STEP_S * 5
        assert x.min() < 0 < x.max()
