"""The exam's pictures are what they are called, read or refused as they must be, and small."""

from __future__ import annotations

from functools import cache
from io import BytesIO

import cv2
import numpy as np
import pytest
from PIL import Image as Pillow

from detection.edge.vision.frames import Image, read_image
from detection.edge.vision.headers import PictureSize
from detection.errors import FrameError
from detection.outside.parity import odd_pictures
from detection.outside.parity.odd_pictures import SMALL_PX, OddPicture

LIMIT = 1_000_000
SIZES = [PictureSize(640, 480), PictureSize(160, 128)]


@cache
def motif() -> Image:
    """A frame with edges, a slope and noise: 160 x 128."""
    y, x = np.mgrid[:128, :160]
    noise = np.random.default_rng(0).integers(0, 30, (128, 160))
    planes = (x + noise, y + noise, 200 * ((x // 40 + y // 32) % 2) + noise)
    return np.stack(planes, axis=-1).clip(0, 255).astype(np.uint8)


@cache
def drawn() -> dict[str, OddPicture]:
    return {one.name: one for one in odd_pictures.pictures(motif(), SIZES, LIMIT)}


def image(name: str) -> Image:
    return read_image(drawn()[name].content, LIMIT)


def opened(name: str) -> Pillow.Image:
    """As another decoder sees the file."""
    return Pillow.open(BytesIO(drawn()[name].content))


def test_each_is_read_or_refused_as_it_must_be() -> None:
    refused = set()
    for name, one in drawn().items():
        try:
            read_image(one.content, LIMIT)
        except FrameError:
            refused.add(name)
    assert refused == {name for name, one in drawn().items() if one.refused}
    assert len(refused) == 9


def test_the_same_frame_gives_the_same_bytes() -> None:
    assert odd_pictures.pictures(motif(), SIZES, LIMIT) == tuple(drawn().values())


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        ("grey-8.png", "L"), ("grey-16.png", "I;16"), ("grey-1.png", "1"), ("alpha-8.png", "RGBA"),
        ("grey-alpha.png", "LA"), ("palette.png", "P"), ("palette-clear.png", "P"), ("cmyk.jpg", "CMYK"),
        ("grey.jpg", "L"),
    ],
)  # fmt: skip
def test_another_decoder_takes_it_for_what_it_is_called(name: str, mode: str) -> None:
    found = opened(name)
    assert (found.mode, max(found.size)) == (mode, SMALL_PX)


def test_sixteen_bits_are_cut_not_rounded() -> None:
    """Half of the lower bytes would round up; on every device the picture must be the one of eight bits."""
    deep = drawn()["colour-16.png"].content
    assert deep[24] == 16, "bits a value, as the header says"
    wide = cv2.imdecode(np.frombuffer(deep, np.uint8), cv2.IMREAD_UNCHANGED)
    assert wide is not None
    upper, lower = np.divmod(np.asarray(wide, np.uint16), 256)
    assert lower.max() > 200
    np.testing.assert_array_equal(image("colour-16.png"), upper.astype(np.uint8))


def test_what_is_clear_keeps_its_colour() -> None:
    for clear, solid in (("alpha-8.png", "exif-6.png"), ("palette-clear.png", "palette.png")):
        shown = image(solid)
        expected = np.rot90(shown) if solid.startswith("exif") else shown
        np.testing.assert_array_equal(image(clear), expected)


def test_exif_turns_and_mirrors_in_all_eight_ways() -> None:
    plain = image("exif-1.jpg")
    turned = [plain, plain[:, ::-1], plain[::-1, ::-1], plain[::-1], plain.transpose(1, 0, 2), np.rot90(plain, -1)]
    turned += [np.rot90(plain, 2).transpose(1, 0, 2), np.rot90(plain)]
    for orientation, expected in enumerate(turned, 1):
        np.testing.assert_array_equal(image(f"exif-{orientation}.jpg"), expected)
    assert len({expected.tobytes() for expected in turned}) == 8


def test_shapes_are_odd_thin_tall_tiny_and_huge() -> None:
    shapes = {name: image(f"{name}.png").shape[:2] for name in ("one-pixel", "one-row", "one-column", "thin", "tiny")}
    assert shapes == {
        "one-pixel": (1, 1), "one-row": (1, 96), "one-column": (77, 1), "thin": (5, 900), "tiny": (5, 7)
    }  # fmt: skip
    assert image("odd.png").shape[:2] == (77, 95)
    assert image("portrait.png").shape[:2] == (96, 77)
    height, width = image("huge.png").shape[:2]
    assert 0.98 * LIMIT < height * width <= LIMIT


def test_every_camera_has_its_picture() -> None:
    assert [image(f"camera-{size.width}x{size.height}.jpg").shape[:2] for size in SIZES] == [(480, 640), (128, 160)]


def test_jpegs_are_of_the_kinds_that_cameras_make() -> None:
    assert opened("progressive.jpg").info.get("progressive")
    assert b"\xff\xdd" in drawn()["restarts.jpg"].content, "a restart interval"
    whole, halved = drawn()["full-colour.jpg"].content, drawn()["plain.jpg"].content
    sampling = [content[content.index(b"\xff\xc0") + 11] for content in (whole, halved)]
    assert sampling == [0x11, 0x22]


def test_of_many_sizes_the_ends_and_some_between_travel() -> None:
    sizes = [PictureSize(width, 100) for width in range(900, 100, -10)]
    chosen = odd_pictures.spread(sizes, 6)
    assert (chosen[0], chosen[-1], len(chosen)) == ((110, 100), (900, 100), 6)
    assert odd_pictures.spread([*SIZES, *SIZES], 6) == sorted(SIZES)
    assert odd_pictures.spread([], 6) == []
