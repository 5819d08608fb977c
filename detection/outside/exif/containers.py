"""The parts of JPEG, PNG and BMP files: what the pixels need, and what stands beside them.

Every byte of a file, but for filling, is in one part. A part says what is kept of it: nothing of XMP, IPTC, comments,
previews, further pictures and whatever follows the end mark. EXIF is handed out, for others to decide on.
"""

from __future__ import annotations

import re
import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from detection.errors import FrameError

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = frozenset((b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"iCCP", b"bKGD", b"pHYs", b"cICP"))
_EXIF = b"Exif\0\0"
_SCAN_END = re.compile(rb"\xff[^\x00\x01\xff\xd0-\xd7]")
_ALONE = frozenset((0x00, 0x01, *range(0xD0, 0xD8)))
_END, _SCAN = 0xD9, 0xDA
_APPLICATION = range(0xE0, 0xF0)
_COMMENT = 0xFE
_JFIF_LENGTH = 14


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes of a file that belong together.

    Attributes:
        content: as they stand.
        kept: what stays of them.
        exif: the EXIF that they hold, from its byte order mark on; None if they hold none.
        around: makes such a part of other EXIF.
    """

    content: bytes
    kept: bytes
    exif: bytes | None
    around: Callable[[bytes], bytes]


def parts(content: bytes) -> Iterator[Part]:
    """The parts of a whole file, in their order.

    Raises:
        FrameError: another format, or it ends before its end mark.
    """
    try:
        if content[:2] == b"\xff\xd8":
            yield from _jpeg(content)
        elif content[: len(_PNG)] == _PNG:
            yield from _png(content)
        elif content[:2] == b"BM":
            yield from _bmp(content)
        else:
            raise FrameError("is no JPEG, PNG or BMP image; expected one of these")
    except struct.error as error:
        raise FrameError("ends before its end mark; get the file again") from error


def _plain(content: bytes) -> Part:
    return Part(content, content, None, bytes)


def _dropped(content: bytes) -> Part:
    return Part(content, b"", None, bytes)


def _jpeg(content: bytes) -> Iterator[Part]:
    yield _plain(content[:2])
    at, scanned = 2, False
    while True:
        mark = _next_mark(content, at)
        if between := content[at : mark - 1].rstrip(b"\xff"):
            if scanned:
                raise FrameError("holds bytes between its scans that belong to nothing; get the file again")
            yield _dropped(between)
        marker, start, at = content[mark], mark - 1, mark + 1
        if marker == _END:
            yield _plain(content[start:at])
            yield _dropped(content[at:])
            return
        if marker in _ALONE:
            yield _dropped(content[start:at])
            continue
        at += _segment_length(content, at)
        yield _segment(marker, content[start:at], scanned)
        if marker == _SCAN:
            start, at, scanned = at, _scan_end(content, at), True
            yield _plain(content[start:at])


def _next_mark(content: bytes, at: int) -> int:
    """Where the next marker's own byte stands, behind one or more 0xFF."""
    mark = content.find(b"\xff", at)
    while 0 <= mark < len(content) and content[mark] == 0xFF:
        mark += 1
    if not 0 <= mark < len(content):
        raise FrameError("is a JPEG without its end mark; get the file again")
    return mark


def _segment_length(content: bytes, at: int) -> int:
    (length,) = struct.unpack_from(">H", content, at)
    if length < 2 or at + length > len(content):
        raise FrameError("is a JPEG cut inside a segment; get the file again")
    return int(length)


def _scan_end(content: bytes, at: int) -> int:
    found = _SCAN_END.search(content, at)
    if found is None:
        raise FrameError("is a JPEG without its end mark; get the file again")
    return found.start()


def _segment(marker: int, whole: bytes, scanned: bool) -> Part:
    """EXIF behind the first scan is not looked at by decoders."""
    inside = whole[4:]
    if marker == 0xE0 and inside.startswith(b"JFIF\0"):
        kept = inside[:_JFIF_LENGTH][:-2] + b"\0\0" if len(inside) > _JFIF_LENGTH else inside
        return Part(whole, _jpeg_segment(marker, kept), None, bytes)
    if marker == 0xE1 and inside.startswith(_EXIF) and not scanned:
        return Part(whole, b"", inside[len(_EXIF) :], lambda payload: _jpeg_segment(marker, _EXIF + payload))
    profile = marker == 0xE2 and inside.startswith(b"ICC_PROFILE\0")
    colours = marker == 0xEE and inside.startswith(b"Adobe")
    if profile or colours or (marker not in _APPLICATION and marker != _COMMENT):
        return _plain(whole)
    return _dropped(whole)


def _jpeg_segment(marker: int, inside: bytes) -> bytes:
    if len(inside) > 0xFFFF - 2:
        raise FrameError("holds more EXIF than a JPEG can; name fewer tags in keep_metadata")
    return struct.pack(">BBH", 0xFF, marker, len(inside) + 2) + inside


def _png(content: bytes) -> Iterator[Part]:
    yield _plain(content[: len(_PNG)])
    at = len(_PNG)
    while True:
        length, kind = struct.unpack_from(">I4s", content, at)
        end = at + 12 + length
        if end > len(content):
            raise FrameError("is a PNG cut inside a chunk; get the file again")
        chunk, at = content[at:end], end
        if kind == b"eXIf":
            yield Part(chunk, b"", chunk[8:-4].removeprefix(_EXIF), _png_exif)
        elif kind in _PNG_KEPT or kind[:1].isupper():
            yield _plain(chunk)
        else:
            yield _dropped(chunk)
        if kind == b"IEND":
            yield _dropped(content[at:])
            return


def _png_exif(payload: bytes) -> bytes:
    kind = b"eXIf"
    return struct.pack(">I", len(payload)) + kind + payload + struct.pack(">I", zlib.crc32(kind + payload))


def _bmp(content: bytes) -> Iterator[Part]:
    """A bitmap tells nothing but what follows its pixels; where compression hides their end, all is kept."""
    pixels_at, header = struct.unpack_from("<II", content, 10)
    end = len(content)
    if header >= 40:
        width, height, _, bits, compression = struct.unpack_from("<iiHHI", content, 18)
        if compression in (0, 3):
            end = pixels_at + (abs(width) * bits + 31) // 32 * 4 * abs(height)
    if header >= 124:
        profile_at, profile_bytes = struct.unpack_from("<II", content, 14 + 112)
        end = max(end, 14 + profile_at + profile_bytes) if profile_bytes else end
    yield _plain(content[:end])
    yield _dropped(content[end:])
