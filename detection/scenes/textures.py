"""Painted surfaces of the hall: concrete, belts, shelves. Flat pictures, sRGB, no light in them."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from detection.scenes.camera import Floats

Paint = NDArray[np.uint8]
"""``(h, w, 3)`` BGR, sRGB values 0 to 255."""
Colour = tuple[float, float, float]
"""Blue, green, red, 0 to 255."""

PIXELS_PER_METRE = 192
BELT_LENGTH = 3.0
"""Metres after which the belt's picture repeats."""

BELT_COLOURS: tuple[Colour, ...] = ((50, 48, 46), (74, 92, 40), (126, 92, 52), (112, 112, 108), (62, 66, 70))
"""Black rubber, green PVC, blue PVC, light grey, anthracite."""


def clouds(rng: np.random.Generator, rows: int, columns: int, cell: float, octaves: int = 3) -> Floats:
    """Smooth noise ``(rows, columns)`` around 0 with deviation about 1; it repeats seamlessly at its borders.

    Args:
        rng: dice.
        rows: pixels.
        columns: pixels.
        cell: size of the largest blotch, pixels.
        octaves: how many halvings of that size are laid over each other.
    """
    total = np.zeros((rows, columns), np.float32)
    for octave in range(octaves):
        size = max(2.0, cell / 2**octave)
        grid = rng.standard_normal((max(2, round(rows / size)), max(2, round(columns / size)))).astype(np.float32)
        wrapped = cv2.copyMakeBorder(grid, 2, 2, 2, 2, cv2.BORDER_WRAP)
        up, right = rows / grid.shape[0], columns / grid.shape[1]
        size_large = (round(wrapped.shape[1] * right), round(wrapped.shape[0] * up))
        large = cv2.resize(wrapped, size_large, interpolation=cv2.INTER_CUBIC)
        top, left = round(2 * up), round(2 * right)
        total += large[top : top + rows, left : left + columns] * 0.6**octave
    return total


def paint(colour: Colour, relief: Floats) -> Paint:
    """A colour made uneven: ``relief`` ``(h, w)`` is in parts of the colour, 0.1 makes it a tenth lighter."""
    tinted: Floats = np.array(colour, np.float32) * (1 + relief[..., None])
    return cv2.convertScaleAbs(np.clip(tinted, 0, 255)).astype(np.uint8)


def concrete(rng: np.random.Generator) -> Paint:
    """Four metres square of floor: blotches, grains, slabs with joints, cracks and tyre marks."""
    size = 4 * PIXELS_PER_METRE // 2
    grey = float(rng.uniform(108, 150))
    relief = 0.06 * clouds(rng, size, size, 120, 4) + 0.035 * rng.standard_normal((size, size)).astype(np.float32)
    floor = paint((grey * float(rng.uniform(0.9, 1.02)), grey, grey * float(rng.uniform(0.98, 1.06))), relief)
    for joint in range(0, size, size // int(rng.integers(2, 5))):
        _line(floor, (joint, 0), (joint, size), (grey * 0.62,) * 3, 2)
        _line(floor, (0, joint), (size, joint), (grey * 0.66,) * 3, 2)
    for _ in range(int(rng.integers(1, 4))):
        walk = np.cumsum(rng.normal(0, 5, (14, 2)) + rng.normal(0, 8, 2), axis=0) + rng.uniform(0, size, 2)
        cv2.polylines(floor, [walk.astype(np.int32)], False, (grey * 0.74,) * 3, 1, cv2.LINE_AA)
    marks = floor.copy()
    for _ in range(3):
        y = float(rng.uniform(0, size))
        _line(marks, (0, y), (size, y + float(rng.uniform(-60, 60))), (grey * 0.5,) * 3, int(rng.integers(4, 12)))
    return cv2.addWeighted(floor, 0.75, marks, 0.25, 0).astype(np.uint8)


def belt(rng: np.random.Generator, style: int, width: float) -> Paint:
    """A length of belt, its long side along the columns.

    Args:
        rng: dice.
        style: which of :data:`BELT_COLOURS`.
        width: metres.
    """
    rows, columns = round(width * PIXELS_PER_METRE), round(BELT_LENGTH * PIXELS_PER_METRE)
    streaks = cv2.resize(clouds(rng, rows, 24, 5, 2), (columns, rows), interpolation=cv2.INTER_LINEAR)
    grain = rng.standard_normal((rows, columns)).astype(np.float32)
    relief = 0.045 * streaks + 0.05 * clouds(rng, rows, columns, 60) + 0.035 * grain + _weave(rng, rows, columns)
    colour = BELT_COLOURS[style % len(BELT_COLOURS)]
    surface = paint(colour, relief)
    worn = surface.copy()
    for _ in range(int(rng.integers(12, 30))):
        x, y = rng.uniform(0, columns), rng.uniform(0, rows)
        lift = float(rng.choice([0.6, 1.5, 1.8]))
        ink = (colour[0] * lift, colour[1] * lift, colour[2] * lift)
        _line(worn, (x, y), (x + rng.normal(0, 60), y + rng.normal(0, 10)), ink, int(rng.integers(1, 3)))
    surface = cv2.addWeighted(surface, 0.6, worn, 0.4, 0).astype(np.uint8)
    for seam in (0.1, 0.6):
        x = seam * columns
        _line(surface, (x, 0), (x + 0.12 * rows, rows), (colour[0] * 0.6, colour[1] * 0.6, colour[2] * 0.6), 2)
    return surface


def _weave(rng: np.random.Generator, rows: int, columns: int) -> Floats:
    """What is pressed into the belt: nothing, cross ribs, or a fine grid."""
    x, y = np.arange(columns, dtype=np.float32), np.arange(rows, dtype=np.float32)[:, None]
    kind = int(rng.integers(0, 3))
    ribs = np.where(x % 48 < 3, -0.18, 0.0) if kind == 1 else np.zeros(columns)
    grid = 0.07 * np.sin(x * (2 * np.pi / 8)) * np.sin(y * (2 * np.pi / 8)) if kind == 2 else np.zeros((rows, 1))
    return (ribs[None, :] + grid).astype(np.float32)


def shelves(rng: np.random.Generator) -> Paint:
    """Four metres of racking, three high: blue uprights, orange beams, grey and blue bins, wrapped pallets."""
    scale = PIXELS_PER_METRE // 2
    rows, columns = 3 * scale, 4 * scale
    rack = paint((58, 56, 54), 0.1 * clouds(rng, rows, columns, 40))
    for level in range(4):
        bottom = rows - round(level * 0.78 * scale) - 6
        x = 0.0
        while x < columns:
            wide, tall = rng.uniform(0.22, 0.6) * scale, rng.uniform(0.25, 0.6) * scale
            if rng.random() < 0.8:
                _stock(rng, rack, (x, bottom - tall, x + wide, bottom))
            x += wide + rng.uniform(0, 0.12) * scale
        cv2.rectangle(rack, (0, bottom), (columns, bottom + 7), (38, 96, 196), -1)
        _line(rack, (0, bottom + 7), (columns, bottom + 7), (20, 50, 104), 1)
    for upright in (0.03, 0.5):
        x = upright * columns
        cv2.rectangle(rack, (round(x), 0), (round(x) + 8, rows), (140, 76, 30), -1)
        for hole in range(0, rows, 12):
            cv2.circle(rack, (round(x) + 4, hole), 1, (60, 30, 12), -1)
    return cv2.GaussianBlur(rack, (0, 0), 1.6).astype(np.uint8)


def _stock(rng: np.random.Generator, rack: Paint, corners: tuple[float, float, float, float]) -> None:
    """One thing on a shelf: a bin with a rim, or a pallet in foil; never a parcel of a class."""
    inks: tuple[Colour, ...] = ((120, 112, 104), (128, 90, 60), (92, 90, 88), (142, 146, 140), (88, 100, 82))
    ink = inks[int(rng.integers(len(inks)))]
    left, top, right, bottom = (round(c) for c in corners)
    cv2.rectangle(rack, (left, top), (right, bottom), ink, -1)
    cv2.rectangle(rack, (left, top), (right, top + 5), tuple(c * 1.25 for c in ink), -1)
    for x in range(left + 6, right, 9):
        _line(rack, (x, top + 6), (x, bottom), tuple(c * 0.86 for c in ink), 1)
    cv2.rectangle(rack, (left, top), (right, bottom), tuple(c * 0.5 for c in ink), 1)


def _line(picture: Paint, start: Any, end: Any, ink: Any, thickness: int) -> None:
    ends = [(round(float(p[0]) * 16), round(float(p[1]) * 16)) for p in (start, end)]
    cv2.line(picture, ends[0], ends[1], ink, thickness, cv2.LINE_AA, 4)
