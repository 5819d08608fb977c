"""What rides on the belt in one scene: how many parcels, which, where, how fast."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, get_args

import numpy as np

from detection.scenes.camera import Floats
from detection.scenes.dice import dice
from detection.scenes.parcels import Kind, Parcel, wrap

Crowding = Literal["sparse", "crowded"]
CROWDINGS: tuple[Crowding, ...] = get_args(Crowding)

STEP_S = 0.25
"""Seconds between two frames of a scene."""
_LABELLED: tuple[Kind, ...] = ("box", "polybag", "tube")
_SHARES = (0.36, 0.34, 0.30)
_PER_SQUARE_METRE: dict[Crowding, float] = {"sparse": 1.2, "crowded": 2.0}


@dataclass(frozen=True, slots=True)
class Stretch:
    """The piece of belt a camera sees.

    Attributes:
        begin: least x, metres.
        end: largest x, metres.
        width: of the belt, metres.
    """

    begin: float
    end: float
    width: float


@dataclass(frozen=True, slots=True)
class Cargo:
    """The parcels of a scene at its first frame, and the belt's speed in metres per second."""

    parcels: tuple[Parcel, ...]
    speed: float


@lru_cache(maxsize=16)
def load(stretch: Stretch, crowding: Crowding, crate_share: float, *key: int) -> Cargo:
    """Load the belt for a scene.

    Args:
        stretch: what the camera sees; as much again is loaded upstream as rides into view.
        crowding: sparse or crowded.
        crate_share: part of the parcels that are crates.
        key: names the scene.
    """
    rng = dice("cargo", *key)
    speed = float(rng.uniform(0.25, 0.6)) * (1 if rng.random() < 0.5 else -1)
    ride = speed * STEP_S * 5
    begin, end = stretch.begin - max(ride, 0), stretch.end - min(ride, 0)
    wanted = _PER_SQUARE_METRE[crowding] * rng.uniform(0.8, 1.2) * (end - begin) * stretch.width
    placed: list[Parcel] = []
    for _ in range(max(2, round(wanted))):
        parcel = wrap(_kind(crate_share, rng), rng)
        found = _settle(parcel, Stretch(begin, end, stretch.width), placed, rng)
        placed += [found] if found else []
    if crowding == "crowded":
        placed += _stacked(placed, rng)
    return Cargo(tuple(placed), speed)


def _kind(crate_share: float, rng: np.random.Generator) -> Kind:
    roll, kind = rng.random(), rng.choice(len(_LABELLED), p=_SHARES)
    return "crate" if roll < crate_share else _LABELLED[int(kind)]


def _settle(parcel: Parcel, stretch: Stretch, placed: list[Parcel], rng: np.random.Generator) -> Parcel | None:
    """A free place on the belt, or None after forty tries."""
    corners = parcel.footprint()
    taken = [(p.footprint(), p.centre[:2], float(np.hypot(*p.half[:2]))) for p in placed]
    reach, radius = np.abs(corners).max(axis=0), float(np.hypot(*parcel.half[:2])) + 0.05
    room = max(0.0, stretch.width / 2 - 0.02 - float(reach[1]))
    for _ in range(40):
        spot = np.array([rng.uniform(stretch.begin, stretch.end), rng.uniform(-room, room), 0], np.float32)
        close = (foot for foot, at, far in taken if np.hypot(*(spot[:2] - at)) < radius + far)
        if not any(_touch(corners + spot[:2], foot) for foot in close):
            return replace(parcel, centre=parcel.centre + spot)
    return None


def _stacked(placed: list[Parcel], rng: np.random.Generator) -> list[Parcel]:
    """Now and then a small box or bag lies on a large box."""
    top: list[Parcel] = []
    for below in placed:
        if below.kind != "box" or float(below.half[:2].min()) < 0.12 or rng.random() > 0.12:
            continue
        small = wrap("polybag" if rng.random() < 0.5 else "box", rng)
        half = (small.half * np.float32(0.75)).astype(np.float32)
        shift = rng.uniform(-0.04, 0.04, 2)
        lift = float(small.centre[2]) * 0.75
        spot = np.array([below.centre[0] + shift[0], below.centre[1] + shift[1], below.top + lift], np.float32)
        top.append(replace(small, half=half, centre=spot))
    return top


def _touch(a: Floats, b: Floats, gap: float = 0.012) -> bool:
    """Do two rectangles ``(4, 2)`` come closer than a gap? Separating axes."""
    for shape in (a, b):
        for side in (shape[1] - shape[0], shape[2] - shape[1]):
            axis = np.array([-side[1], side[0]]) / (np.hypot(*side) + 1e-9)
            first, second = a @ axis, b @ axis
            if first.max() + gap < second.min() or second.max() + gap < first.min():
                return False
    return True
