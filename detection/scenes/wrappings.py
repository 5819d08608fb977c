"""What parcels are wrapped in: cartons with tape and labels, bags with creases, tubes, crates. Flat pictures, sRGB.

A skin is an atlas: :data:`TILE` pixels high, its tiles side by side. Skins are few, drawn once from a fixed seed and
shared by all worlds, as the wrapping of the trade is.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

from detection.scenes.camera import Floats
from detection.scenes.dice import dice
from detection.scenes.textures import Colour, Paint, clouds, paint

TILE = 96
SKINS = 16
"""How many skins every kind has."""

_CARTONS: tuple[Colour, ...] = ((104, 146, 188), (92, 134, 178), (120, 162, 200), (84, 122, 166), (112, 150, 184))
_BAGS: tuple[Colour, ...] = (
    (226, 226, 224),
    (232, 230, 232),
    (206, 204, 200),
    (176, 176, 172),
    (170, 112, 62),
    (66, 172, 222),
    (190, 130, 196),
    (150, 170, 96),
    (226, 222, 216),
    (120, 104, 96),
    (84, 84, 206),
    (214, 218, 222),
)
_TUBES: tuple[Colour, ...] = (
    (226, 228, 230),
    (110, 150, 190),
    (216, 216, 212),
    (92, 132, 176),
    (60, 60, 168),
    (104, 130, 84),
)
_CRATES: tuple[Colour, ...] = ((40, 44, 214), (190, 60, 20), (30, 150, 240), (60, 168, 40))


@lru_cache(maxsize=8)
def cartons() -> tuple[Paint, ...]:
    """Atlases ``(TILE, 3 * TILE, 3)``: lid, long side, short side."""
    return tuple(_carton(dice("carton", number), number) for number in range(SKINS))


@lru_cache(maxsize=8)
def bags() -> tuple[Paint, ...]:
    """Pictures ``(TILE, TILE, 3)`` of a bag seen from above."""
    return tuple(_bag(dice("bag", number), number) for number in range(SKINS))


@lru_cache(maxsize=8)
def creases() -> tuple[Floats, ...]:
    """Slopes ``(TILE, TILE, 2)`` of crumpled foil along x and y, deviation about 0.4."""
    return tuple(_crease(dice("crease", number)) for number in range(SKINS))


@lru_cache(maxsize=8)
def tubes() -> tuple[Paint, ...]:
    """Atlases ``(TILE, 2 * TILE, 3)``: the rolled-out wall (length along the columns), an end cap."""
    return tuple(_tube(dice("tube", number), number) for number in range(SKINS))


@lru_cache(maxsize=8)
def crates() -> tuple[Paint, ...]:
    """Atlases ``(TILE, 2 * TILE, 3)``: a ribbed wall, the plain inside."""
    return tuple(_crate(dice("crate", number), number) for number in range(SKINS))


def _carton(rng: np.random.Generator, number: int) -> Paint:
    colour: Colour = (214, 218, 220) if number % 8 == 5 else _CARTONS[number % len(_CARTONS)]
    tape: Colour = [(150, 186, 210), (96, 138, 176), (206, 212, 214), (70, 100, 140)][int(rng.integers(4))]
    tiles = [_board(rng, colour) for _ in range(3)]
    lid, side, end = tiles
    half, wide = TILE // 2, int(rng.integers(5, 9))
    cv2.line(lid, (0, half), (TILE, half), _dark(colour, 0.55), 1)
    _tape(lid, (0, half - wide), (TILE, half + wide), tape)
    _tape(end, (half - wide, 0), (half + wide, int(rng.integers(18, 36))), tape)
    _label(rng, lid, (int(rng.integers(54, 62)), int(rng.integers(6, 12))))
    _label(rng, (side, end)[number % 2], (int(rng.integers(10, 56)), int(rng.integers(40, 52))))
    _prints(rng, side, _dark(colour, 0.45))
    for tile in tiles:
        cv2.rectangle(tile, (0, 0), (TILE - 1, TILE - 1), _dark(colour, 1.14), 2)
        cv2.rectangle(tile, (3, 3), (TILE - 4, TILE - 4), _dark(colour, 0.93), 1)
    return np.concatenate(tiles, axis=1)


def _board(rng: np.random.Generator, colour: Colour) -> Paint:
    flutes = 0.025 * np.sin(np.arange(TILE, dtype=np.float32) * 2.1)[None, :]
    grain = 0.03 * rng.standard_normal((TILE, TILE)).astype(np.float32)
    return paint(colour, 0.045 * clouds(rng, TILE, TILE, 40) + grain + flutes)


def _tape(tile: Paint, start: tuple[int, int], end: tuple[int, int], colour: Colour) -> None:
    strip = tile.copy()
    cv2.rectangle(strip, start, end, colour, -1)
    cv2.addWeighted(strip, 0.75, tile, 0.25, 0, tile)
    cv2.rectangle(tile, start, end, _dark(colour, 0.85), 1)


def _label(rng: np.random.Generator, tile: Paint, corner: tuple[int, int]) -> None:
    """A shipping label with an address, a barcode and a sorting number."""
    x, y = corner
    wide, tall = int(rng.integers(26, 34)), int(rng.integers(22, 30))
    cv2.rectangle(tile, (x, y), (x + wide, y + tall), (240, 242, 242), -1)
    for row in range(y + 3, y + tall // 2, 3):
        cv2.line(tile, (x + 3, row), (x + int(rng.integers(10, wide - 4)), row), (90, 90, 90), 1)
    bar = x + 3
    while bar < x + wide - 4:
        thick = int(rng.integers(1, 3))
        cv2.rectangle(tile, (bar, y + tall // 2 + 2), (bar + thick - 1, y + tall - 3), (30, 30, 30), -1)
        bar += thick + int(rng.integers(1, 3))
    cv2.rectangle(tile, (x, y), (x + wide, y + tall), (176, 178, 178), 1)


def _prints(rng: np.random.Generator, tile: Paint, ink: Colour) -> None:
    """This-way-up arrows, a line of text and a mark."""
    left = int(rng.integers(8, 60))
    for x in (left, left + 10):
        cv2.arrowedLine(tile, (x, 30), (x, 12), ink, 2, cv2.LINE_AA, 0, 0.4)
    cv2.line(tile, (left - 3, 33), (left + 13, 33), ink, 2)
    text = f"KX {int(rng.integers(100, 999))}"
    cv2.putText(tile, text, (8, 84), cv2.FONT_HERSHEY_SIMPLEX, 0.5, ink, 1, cv2.LINE_AA)


def _bag(rng: np.random.Generator, number: int) -> Paint:
    colour = _BAGS[number % len(_BAGS)]
    bag = paint(colour, 0.03 * clouds(rng, TILE, TILE, 30))
    if number % 3 == 0:
        _brand(bag, _dark(colour, 0.5))
    if number % 4 != 3:
        _label(rng, bag, (int(rng.integers(14, 50)), int(rng.integers(14, 40))))
    for x in (0, TILE - 7):
        cv2.rectangle(bag, (x, 0), (x + 6, TILE), _dark(colour, 0.9), -1)
        cv2.line(bag, (x + 3, 0), (x + 3, TILE), _dark(colour, 0.7), 1)
    return bag


def _brand(bag: Paint, ink: Colour) -> None:
    """A printed mark that is nobody's: a ring, a bar, a number."""
    cv2.circle(bag, (22, 78), 9, ink, 4, cv2.LINE_AA)
    cv2.rectangle(bag, (36, 70), (42, 86), ink, -1)
    cv2.putText(bag, "24", (46, 86), cv2.FONT_HERSHEY_DUPLEX, 0.7, ink, 2, cv2.LINE_AA)


def _crease(rng: np.random.Generator) -> Floats:
    """Ridges where warped noise changes sign, as foil folds."""
    rows, columns = (grid.astype(np.float32) for grid in np.mgrid[:TILE, :TILE])
    warp = [clouds(rng, TILE, TILE, 34, 2) * 7 for _ in range(2)]
    height = np.zeros((TILE, TILE), np.float32)
    for size, depth in ((46, 1.0), (24, 0.6), (12, 0.3)):
        noise = clouds(rng, TILE, TILE, size, 1)
        folded = cv2.remap(noise, columns + warp[0], rows + warp[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
        height += depth * (1 - np.minimum(np.abs(folded), 1.2)) * size / 24
    soft = cv2.GaussianBlur(height, (0, 0), 0.8)
    slopes = np.stack([cv2.Sobel(soft, cv2.CV_32F, 1, 0), cv2.Sobel(soft, cv2.CV_32F, 0, 1)], axis=2)
    scaled: Floats = (slopes * (0.4 / max(float(slopes.std()), 1e-6))).astype(np.float32)
    return scaled


def _tube(rng: np.random.Generator, number: int) -> Paint:
    colour = _TUBES[number % len(_TUBES)]
    grain = 0.02 * rng.standard_normal((TILE, TILE)).astype(np.float32)
    wall = paint(colour, 0.03 * clouds(rng, TILE, TILE, 30) + grain)
    for start in range(-TILE, TILE, TILE // 3):
        cv2.line(wall, (start, TILE), (start + TILE, 0), _dark(colour, 0.86), 1, cv2.LINE_AA)
    if number % 3 != 2:
        _label(rng, wall, (int(rng.integers(20, 50)), int(rng.integers(26, 40))))
    caps: tuple[Colour, ...] = ((236, 236, 236), (44, 44, 48), (40, 50, 190), (150, 90, 40))
    cap_colour = caps[int(rng.integers(len(caps)))]
    for x in (0, TILE - 6):
        cv2.rectangle(wall, (x, 0), (x + 5, TILE), _dark(cap_colour, 0.92), -1)
    cap = paint(cap_colour, 0.03 * clouds(rng, TILE, TILE, 30))
    middle = (TILE // 2, TILE // 2)
    cv2.circle(cap, middle, TILE // 2 - 2, _dark(colour, 0.8), 5)
    cv2.circle(cap, middle, TILE // 2 - 14, _dark(cap_colour, 0.6), 2, cv2.LINE_AA)
    return np.concatenate([wall, cap], axis=1)


def _crate(rng: np.random.Generator, number: int) -> Paint:
    colour = _CRATES[number % len(_CRATES)]
    wall = paint(colour, 0.02 * clouds(rng, TILE, TILE, 30))
    for x in range(8, TILE - 6, 16):
        cv2.rectangle(wall, (x, 14), (x + 8, TILE - 8), _dark(colour, 0.62), -1)
        cv2.line(wall, (x + 9, 14), (x + 9, TILE - 8), _dark(colour, 1.3), 1)
    cv2.rectangle(wall, (0, 0), (TILE, 9), _dark(colour, 1.15), -1)
    cv2.rectangle(wall, (TILE // 2 - 14, 16), (TILE // 2 + 14, 28), (24, 24, 26), -1)
    inside = paint(_dark(colour, 0.8), 0.03 * clouds(rng, TILE, TILE, 30))
    for x in range(8, TILE, 16):
        cv2.line(inside, (x, 0), (x, TILE), _dark(colour, 0.6), 2)
        cv2.line(inside, (0, x), (TILE, x), _dark(colour, 0.65), 1)
    return np.concatenate([wall, inside], axis=1)


def _dark(colour: Colour, factor: float) -> Colour:
    blue, green, red = (min(255.0, c * factor) for c in colour)
    return (blue, green, red)
