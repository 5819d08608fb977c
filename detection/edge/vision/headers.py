"""The size a picture's own header claims, and whether the file is whole, read without decoding a pixel.

OpenCV allocates what a header asks for (a 124 kB PNG took 5.9 GB) and returns a full-size picture for half a JPEG
without a word. So we read JPEG, PNG, BMP and WebP headers ourselves, walk to the end mark, and refuse every other
format.
"""

from __future__ import annotations

import re
import struct
import zlib
from typing import NamedTuple

from detection.errors import FrameError

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
_JPEG_SIZES = frozenset((*range(0xC0, 0xD0),)) - {0xC4, 0xC8, 0xCC}
_JPEG_ALONE = frozenset((0x01, *range(0xD0, 0xD9)))
_END_OF_IMAGE = 0xD9
_START_OF_SCAN = 0xDA


class PictureSize(NamedTuple):
    """Pixels as stored, before any rotation that EXIF asks for."""

    width: int
    height: int


def size_of(content: bytes) -> PictureSize:
    """Width and height from the header of a whole JPEG, PNG, BMP or WebP file.

    Raises:
        FrameError: another format, a damaged header, or a file that ends too early.
    """
    try:
        size = _WALKS[suffix_of(content)](content)
    except (struct.error, IndexError) as error:
        raise FrameError("ends inside its header; copy it again") from error
    if size.width < 1 or size.height < 1:
        raise FrameError(f"claims {size.width} x {size.height} pixels; expected at least 1 x 1; copy it again")
    return size


def suffix_of(content: bytes) -> str:
    """The file name's suffix that belongs to the format, whatever the file is called: ``.jpg``, ``.png``, ...

    Raises:
        FrameError: another format.
    """
    if content[:2] == b"\xff\xd8":
        return ".jpg"
    if content[:8] == _PNG:
        return ".png"
    if content[:2] == b"BM":
        return ".bmp"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return ".webp"
    if not content:
        raise FrameError("is empty; copy it again")
    raise FrameError("is neither JPEG, PNG, BMP nor WebP; convert it first")


def _jpeg(content: bytes) -> PictureSize:
    """Walk the segments from the first to the end mark; inside a scan only a marker that is no restart ends it."""
    size, at = PictureSize(0, 0), 2
    while True:
        found = _JPEG_MARKER.search(content, at)
        if found is None:
            raise FrameError("is a JPEG without its end; it was cut short; copy it again")
        marker, at = content[found.end() - 1], found.end()
        if marker == _END_OF_IMAGE:
            return size
        if marker in _JPEG_ALONE:
            continue
        (length,) = struct.unpack_from(">H", content, at)
        if marker in _JPEG_SIZES:
            height, width = struct.unpack_from(">HH", content, at + 3)
            size = PictureSize(max(size.width, width), max(size.height, height))
        at += length


def _png(content: bytes) -> PictureSize:
    """Walk the chunks from IHDR to IEND and hold each to its own checksum."""
    at, size = len(_PNG), None
    view = memoryview(content)
    while at + 12 <= len(content):
        length, kind = struct.unpack_from(">I4s", content, at)
        end = at + 8 + length
        if size is None:
            if kind != b"IHDR":
                raise FrameError("is a PNG without a header; copy it again")
            size = PictureSize(*struct.unpack_from(">II", content, at + 8))
        if end + 4 > len(content):
            break
        if zlib.crc32(view[at + 4 : end]) != struct.unpack_from(">I", content, end)[0]:
            raise FrameError(f"is a PNG with a damaged {kind.decode('latin-1')!r} part; copy it again")
        if kind == b"IEND":
            return size
        at = end + 4
    raise FrameError("is a PNG without its end; it was cut short; copy it again")


def _bmp(content: bytes) -> PictureSize:
    pixels_at, header = struct.unpack_from("<II", content, 10)
    if header < 40:
        raise FrameError("is a BMP of the old kind; convert it to PNG")
    width, height, _, bits = struct.unpack_from("<iiHH", content, 18)
    (compression,) = struct.unpack_from("<I", content, 30)
    row = (abs(width) * bits + 31) // 32 * 4
    if compression in (0, 3) and len(content) < pixels_at + row * abs(height):
        raise FrameError("is a BMP without its end; it was cut short; copy it again")
    return PictureSize(width, abs(height))


def _webp(content: bytes) -> PictureSize:
    (length,) = struct.unpack_from("<I", content, 4)
    if len(content) < length + 8:
        raise FrameError("is a WebP without its end; it was cut short; copy it again")
    kind = content[12:16]
    if kind == b"VP8X":
        wide, high = content[24:27], content[27:30]
        return PictureSize(int.from_bytes(wide, "little") + 1, int.from_bytes(high, "little") + 1)
    if kind == b"VP8L":
        (packed,) = struct.unpack_from("<I", content, 21)
        return PictureSize((packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1)
    width, height = struct.unpack_from("<HH", content, 26)
    return PictureSize(width & 0x3FFF, height & 0x3FFF)


_WALKS = {".bmp": _bmp, ".jpg": _jpeg, ".png": _png, ".webp": _webp}
