"""Images are proven whole before anything decodes them for use."""

from __future__ import annotations

import io
import resource
import time
from contextlib import suppress

import numpy as np
import pytest
from PIL import Image

from detection.errors import FrameError
from detection.outside import images
from tests.examples_labels import huge_png, jpeg

LIMIT = 64_000_000


def _file(kind: str, size: tuple[int, int] = (40, 30), mode: str = "RGB", orientation: int | None = None) -> bytes:
    stream = io.BytesIO()
    exif = Image.Exif()
    if orientation is not None:
        exif[0x0112] = orientation
    Image.new(mode, size).save(stream, kind, exif=exif) if orientation else Image.new(mode, size).save(stream, kind)
    return stream.getvalue()


@pytest.mark.parametrize(("kind", "extension"), [("JPEG", "jpg"), ("PNG", "png"), ("BMP", "bmp")])
def test_the_true_format_counts_not_the_name(kind: str, extension: str) -> None:
    """Exports are full of PNG files called .jpg."""
    assert images.check(_file(kind), LIMIT) == images.Checked(40, 30, extension)


def test_the_size_is_the_stored_one() -> None:
    """How the picture lies is told by its metadata, which is read elsewhere."""
    assert images.check(_file("JPEG", orientation=6), LIMIT) == images.Checked(40, 30, "jpg")


def test_grey_and_alpha_are_images_too() -> None:
    """Such files are common in exports; the edge turns them into colour."""
    assert images.check(_file("PNG", mode="L"), LIMIT).width == 40
    assert images.check(_file("PNG", mode="RGBA"), LIMIT).width == 40


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.95])
def test_a_truncated_jpeg_is_refused(share: float) -> None:
    """OpenCV returns a full-size picture for half a file, without a word."""
    whole = jpeg(width=320, height=240)
    with pytest.raises(FrameError):
        images.check(whole[: int(len(whole) * share)], LIMIT)


def test_a_small_file_of_900_megapixels_is_refused_unread() -> None:
    """Such a file cost OpenCV 5.9 GB and half a minute."""
    hostile = huge_png()
    assert len(hostile) < 250_000
    before, begun = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
    with pytest.raises(FrameError, match="pixel limit of 64000000"):
        images.check(hostile, LIMIT)
    assert time.perf_counter() - begun < 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


def test_the_limit_is_the_callers() -> None:
    """A limit of the parameters, not of the library, decides in both directions."""
    with pytest.raises(FrameError, match="40 x 30 pixels"):
        images.check(_file("PNG"), 1199)
    assert images.check(_file("PNG"), 1200).height == 30


@pytest.mark.parametrize("content", [b"", b"not an image", b"\x89PNG\r\n\x1a\n", b"GIF89a" + bytes(40)])
def test_what_is_no_image_is_said(content: bytes) -> None:
    """Empty files and text called .jpg are met in every large export."""
    with pytest.raises(FrameError):
        images.check(content, LIMIT)


def test_flipped_bytes_raise_our_error_or_none() -> None:
    """No damage may leave by another door than ours and stop a run over one file."""
    whole = bytearray(_file("PNG", (64, 64)))
    rng = np.random.default_rng(0)
    for _ in range(300):
        damaged = bytearray(whole)
        for place in rng.integers(0, len(damaged), 3):
            damaged[place] = rng.integers(0, 256)
        with suppress(FrameError):
            images.check(bytes(damaged), LIMIT)


def test_encoding_keeps_colours_and_is_reproducible() -> None:
    """Red stays red: OpenCV's order is blue, green, red."""
    pixels = np.zeros((16, 16, 3), np.uint8)
    pixels[:, :, 2] = 255
    content = images.jpeg(pixels)
    assert content == images.jpeg(pixels)
    red, green, blue = np.asarray(Image.open(io.BytesIO(content)))[8, 8].tolist()
    assert red > 250
    assert max(green, blue) < 5
