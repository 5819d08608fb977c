"""Pictures become blue, green, red in 8 bits, or are refused before they can do harm."""

from __future__ import annotations

import resource
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest

from detection.edge.vision.frames import read_file, read_image
from detection.errors import FrameError
from tests.examples_bundles import jpeg, picture, png

IMAGE = picture(1, 81, 57)


def huge_png(side: int = 30_000) -> bytes:
    """A valid PNG of ``side`` x ``side`` grey pixels: about 900 MB decoded, about 110 kB as a file."""
    packer = zlib.compressobj(9)
    row = b"\0" * (side // 8 + 1)
    body = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", body), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(part)) + kind + part + struct.pack(">I", zlib.crc32(kind + part)) for kind, part in chunks
    )


def with_orientation(content: bytes, orientation: int) -> bytes:
    """The JPEG with an EXIF segment that asks for a rotation."""
    tiff = b"MM\0*\0\0\0\x08" + struct.pack(">HHHIHHI", 1, 0x0112, 3, 1, orientation, 0, 0)
    segment = b"Exif\0\0" + tiff
    return content[:2] + b"\xff\xe1" + struct.pack(">H", len(segment) + 2) + segment + content[2:]


def test_a_lossless_picture_comes_back_as_it_was() -> None:
    assert np.array_equal(read_image(png(IMAGE)), IMAGE)


def test_grey_is_tripled() -> None:
    grey = cv2.cvtColor(IMAGE, cv2.COLOR_BGR2GRAY)
    assert np.array_equal(read_image(png(np.asarray(grey, np.uint8))), np.stack((grey,) * 3, axis=2))


def test_alpha_is_dropped_and_colours_stay() -> None:
    alpha = np.full(IMAGE.shape[:2], 7, np.uint8)
    assert np.array_equal(read_image(png(np.dstack((IMAGE, alpha)))), IMAGE)


def test_sixteen_bits_are_cut_to_eight() -> None:
    assert np.array_equal(read_image(png(IMAGE.astype(np.uint16) * 257)), IMAGE)


def test_the_rotation_that_exif_asks_for_is_applied() -> None:
    upright = read_image(jpeg(IMAGE))
    turned = read_image(with_orientation(jpeg(IMAGE), 6))
    assert np.array_equal(turned, np.rot90(upright, -1))


def test_half_a_jpeg_is_refused_though_opencv_would_return_a_whole_picture(tmp_path: Path) -> None:
    dice = np.random.default_rng(0)
    content = jpeg(dice.integers(0, 256, (480, 640, 3), np.uint8))
    half = content[: len(content) // 2]
    (tmp_path / "half.jpg").write_bytes(half)
    assert np.asarray(cv2.imread(str(tmp_path / "half.jpg"))).shape == (480, 640, 3)
    with pytest.raises(FrameError, match="cut short"):
        read_image(half)


def test_a_small_file_of_900_megapixels_is_refused_in_little_memory(tmp_path: Path) -> None:
    """OpenCV alone would take gigabytes for it; here a process with 400 MB to spare says no."""
    bomb = tmp_path / "bomb.png"
    bomb.write_bytes(huge_png())
    assert bomb.stat().st_size < 150_000
    code = (
        "import resource, sys\nfrom pathlib import Path\n"
        "from detection.edge.vision.frames import read_file\nfrom detection.errors import FrameError\n"
        "used = int(Path('/proc/self/statm').read_text().split()[0]) * resource.getpagesize()\n"
        "resource.setrlimit(resource.RLIMIT_AS, (used + 400_000_000,) * 2)\n"
        "try:\n    read_file(Path(sys.argv[1]))\nexcept FrameError as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(bomb)], capture_output=True, text=True, check=True)
    assert "30000 x 30000" in done.stdout
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > 0


def test_the_limit_itself_is_allowed() -> None:
    assert read_image(png(IMAGE), pixel_limit=81 * 57).shape == (57, 81, 3)
    with pytest.raises(FrameError, match="81 x 57"):
        read_image(png(IMAGE), pixel_limit=81 * 57 - 1)


def test_a_header_in_front_of_rubbish_is_refused() -> None:
    content = png(IMAGE)
    start, body = content[:33], b"not compressed"
    chunk = struct.pack(">I", len(body)) + b"IDAT" + body + struct.pack(">I", zlib.crc32(b"IDAT" + body))
    with pytest.raises(FrameError):
        read_image(start + chunk + content[-12:])


def test_a_file_that_is_not_there_is_a_frame_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(FrameError, match="No such file"):
        read_file(tmp_path / "none.png")
