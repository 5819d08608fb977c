"""Sizes from headers, and files that end too early."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest

from detection.edge.vision.frames import read_image
from detection.edge.vision.headers import size_of, suffix_of
from detection.errors import FrameError
from tests.examples_bundles import jpeg, picture, png

IMAGE = picture(1, 81, 57)


def encoded(suffix: str, *options: int) -> bytes:
    return bytes(cv2.imencode(suffix, IMAGE, options)[1])


FILES = {
    "jpeg": jpeg(IMAGE),
    "progressive": encoded(".jpg", cv2.IMWRITE_JPEG_PROGRESSIVE, 1),
    "restarts": encoded(".jpg", cv2.IMWRITE_JPEG_RST_INTERVAL, 2),
    "png": png(IMAGE),
    "bmp": encoded(".bmp"),
    "webp": encoded(".webp", cv2.IMWRITE_WEBP_QUALITY, 80),
    "webp-lossless": encoded(".webp", cv2.IMWRITE_WEBP_QUALITY, 101),
}


@pytest.mark.parametrize("content", FILES.values(), ids=FILES.keys())
def test_the_header_tells_the_size_of_every_format(content: bytes) -> None:
    assert size_of(content) == (81, 57)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.995])
@pytest.mark.parametrize("content", FILES.values(), ids=FILES.keys())
def test_a_file_cut_short_anywhere_is_refused(content: bytes, share: float) -> None:
    with pytest.raises(FrameError, match=r"short|end|header|neither"):
        size_of(content[: int(len(content) * share)])


def test_a_thumbnail_inside_does_not_hide_that_a_jpeg_was_cut_short() -> None:
    """Its end mark stands in a segment of the header, which is skipped whole."""
    thumbnail = jpeg(picture(2, 16, 16))
    segment = b"\xff\xe1" + struct.pack(">H", len(thumbnail) + 2) + thumbnail
    whole = FILES["jpeg"][:2] + segment + FILES["jpeg"][2:]
    assert size_of(whole) == (81, 57)
    with pytest.raises(FrameError, match="cut short"):
        size_of(whole[: len(segment) + 700])


def test_bytes_after_the_end_mark_do_no_harm() -> None:
    assert size_of(FILES["jpeg"] + b"\0" * 5000) == (81, 57)


def test_a_changed_byte_in_a_png_is_found_by_its_own_checksum() -> None:
    content = bytearray(FILES["png"])
    content[len(content) // 2] ^= 1
    with pytest.raises(FrameError, match="damaged"):
        size_of(bytes(content))


@pytest.mark.parametrize("content", [b"", b"GIF89a" + b"\0" * 50, b"II*\0" + b"\0" * 50, b"text"])
def test_other_formats_are_refused_by_name(content: bytes) -> None:
    with pytest.raises(FrameError, match=r"neither JPEG|empty"):
        size_of(content)


def test_a_size_of_zero_is_refused() -> None:
    header = struct.pack(">IIBBBBB", 0, 5, 8, 2, 0, 0, 0)
    chunks = b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        for kind, body in ((b"IHDR", header), (b"IEND", b""))
    )
    with pytest.raises(FrameError, match="0 x 5"):
        size_of(b"\x89PNG\r\n\x1a\n" + chunks)


def test_the_suffix_follows_the_content_not_the_name(tmp_path: Path) -> None:
    assert suffix_of(FILES["png"]) == ".png"
    assert suffix_of(FILES["progressive"]) == ".jpg"


def test_random_bytes_after_a_magic_number_never_crash() -> None:
    dice = np.random.default_rng(0)
    for start in (b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"BM", b"RIFF\xff\0\0\0WEBPVP8X", b"RIFF\x08\0\0\0WEBPVP8 "):
        for length in (0, 1, 3, 10, 40, 300):
            with pytest.raises(FrameError):
                read_image(start + dice.bytes(length) + b"\xff")
