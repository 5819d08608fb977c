"""Pixels: what is measured agrees with a whole decode, damage is said and not raised, hashes tell pictures apart."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from detection.edge.vision.frames import read_image
from detection.outside.pixels import UNREADABLE, measure, perceptual_hash
from tests.examples_labels import huge_png, jpeg

Picture = NDArray[np.uint8]


def scenery(seed: int, width: int = 640, height: int = 480) -> Picture:
    """Soft patches of light: a picture with structure and without noise."""
    coarse = np.random.default_rng(seed).integers(20, 230, (6, 8, 3), np.uint8)
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), np.uint8)


def encoded(picture: Picture, kind: str = "JPEG", orientation: int = 1) -> bytes:
    stream = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = orientation
    options = {"lossless": True} if kind == "WEBP" else {"quality": 95} if kind == "JPEG" else {}
    Image.fromarray(picture[..., ::-1]).save(stream, kind, **options, **({"exif": exif} if kind == "JPEG" else {}))
    return stream.getvalue()


def bits_between(a: int, b: int) -> int:
    return (a ^ b).bit_count()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "BMP", "WEBP"])
@pytest.mark.parametrize("size", [(96, 64), (200, 90), (640, 480), (1283, 725)], ids=str)
def test_figures_of_the_reduced_picture_are_those_of_the_whole(kind: str, size: tuple[int, int]) -> None:
    """Reducing blurs, so single values move a little; light, colour and size do not."""
    picture = scenery(1, *size)
    measured = measure(encoded(picture, kind))
    assert (measured.readable, measured.width, measured.height) == (True, *size)
    assert measured.mean_u8 == pytest.approx(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY).mean(), abs=1.5)
    whole = cv2.cvtColor(picture, cv2.COLOR_BGR2HSV)[..., 1].mean()
    assert measured.saturation_u8 == pytest.approx(whole, abs=4)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("size", [(640, 480), (1281, 1280), (100, 64)], ids=str)
def test_size_and_hash_are_those_of_the_upright_picture(orientation: int, size: tuple[int, int]) -> None:
    """Cameras that are mounted on their side say so in EXIF; labels are drawn on what people see."""
    content = encoded(scenery(2, *size), "JPEG", orientation)
    upright = read_image(content)
    measured = measure(content)
    assert (measured.height, measured.width) == upright.shape[:2]
    assert bits_between(measured.hash, measure(encoded(upright)).hash) <= 4


def test_dark_and_blown_parts_are_shares_of_the_frame() -> None:
    picture = np.full((480, 640, 3), 128, np.uint8)
    picture[:, :160] = 0
    picture[:, 320:640] = 255
    measured = measure(encoded(picture, "PNG"))
    assert (measured.dark_share, measured.blown_share) == pytest.approx((0.25, 0.5), abs=0.01)


def test_blur_lowers_sharpness_at_every_size() -> None:
    """A limit in the spec must mean about the same for a small camera and a large one."""
    for width, height in ((640, 480), (1920, 1080)):
        noise = np.random.default_rng(0).integers(0, 256, (height // 8, width // 8, 3), np.uint8)
        sharp = np.asarray(cv2.resize(noise, (width, height), interpolation=cv2.INTER_NEAREST), np.uint8)
        blurred = np.asarray(cv2.GaussianBlur(sharp, (0, 0), width / 60), np.uint8)
        assert measure(encoded(sharp)).sharpness > 100 > 10 > measure(encoded(blurred)).sharpness


def test_a_grey_picture_has_no_saturation() -> None:
    stream = io.BytesIO()
    Image.fromarray(scenery(3)[..., 0]).save(stream, "JPEG")
    assert measure(stream.getvalue()).saturation_u8 == 0


@pytest.mark.parametrize("part", range(0, 100, 5))
def test_a_picture_that_was_cut_short_is_unreadable(part: int) -> None:
    """OpenCV alone gives a whole picture for half a file, without a word."""
    content = jpeg(width=320, height=240)
    assert measure(content[: len(content) * part // 100]) == UNREADABLE


def test_a_ruinous_picture_is_not_decoded() -> None:
    assert measure(huge_png()) == UNREADABLE
    assert measure(jpeg(width=64, height=48), pixel_limit=64 * 48 - 1) == UNREADABLE


def test_what_is_no_picture_is_unreadable() -> None:
    assert measure(b"GIF89a and so on") == measure(b"") == UNREADABLE


@pytest.mark.parametrize("seed", range(5))
def test_a_copy_that_was_saved_again_keeps_its_hash_almost(seed: int) -> None:
    """The same moment twice: smaller, brighter, or of lower quality."""
    picture = scenery(seed, 640, 480)
    first = measure(encoded(picture)).hash
    smaller = np.asarray(cv2.resize(picture, (320, 240), interpolation=cv2.INTER_AREA), np.uint8)
    brighter = np.asarray(cv2.convertScaleAbs(picture, alpha=1.05, beta=8), np.uint8)
    lower = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 60])[1].tobytes()
    for content in (encoded(smaller), encoded(brighter), lower):
        assert bits_between(first, measure(content).hash) <= 4


def test_other_pictures_have_hashes_far_away() -> None:
    hashes = [measure(encoded(scenery(seed))).hash for seed in range(20)]
    assert min(bits_between(a, b) for i, a in enumerate(hashes) for b in hashes[:i]) > 12


def test_frames_without_structure_do_not_collide() -> None:
    """A hash of noise would make every night one picture, and join all cameras to one group."""
    nights = [np.random.default_rng(seed).integers(0, 4, (240, 320, 3), np.uint8) for seed in range(20)]
    hashes = [measure(encoded(night, "PNG")).hash for night in nights]
    assert min(bits_between(a, b) for i, a in enumerate(hashes) for b in hashes[:i]) > 12
    flat = np.zeros((64, 64), np.uint8)
    assert perceptual_hash(flat, b"a") != perceptual_hash(flat, b"b")
    assert perceptual_hash(flat, b"a") == perceptual_hash(flat, b"a")


@pytest.mark.real_data
def test_neighbouring_seconds_are_near_and_other_rides_are_not(real_data: Callable[[str], Path]) -> None:
    """On a public set of car rides: at 8 bits no frame of another ride is near, and some of the next second are."""
    paths = sorted((real_data("plates") / "train" / "images").glob("*.jpg"))[::2]
    hashes = np.array([measure(path.read_bytes()).hash for path in paths], np.uint64)
    ride = np.array([path.name.split("#")[0] for path in paths])
    bits = np.bitwise_count(hashes[:, None] ^ hashes[None])
    same = ride[:, None] == ride[None]
    upper = np.triu(np.ones_like(same), 1)
    assert not np.count_nonzero(bits[upper & ~same] <= 8)
    assert np.count_nonzero(bits[upper & same] <= 8) > 5
