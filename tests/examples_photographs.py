"""Photographs that tell too much: files with EXIF, GPS, comments, previews and further pictures in them."""

from __future__ import annotations

import io
import struct
import zlib
from typing import Any

import numpy as np
from PIL import ExifTags, Image
from PIL.PngImagePlugin import PngInfo

SECRET = b"52 deg 31' N, Unter den Linden"
"""A text that no stored file may hold."""


def picture(width: int = 40, height: int = 24, mode: str = "RGB") -> Image.Image:
    """A picture of smooth colours in which no two corners are alike."""
    x, y = np.meshgrid(np.linspace(0, 255, width), np.linspace(0, 255, height))
    pixels = np.stack([x, y, 255 - x], axis=2).astype(np.uint8)
    return Image.fromarray(pixels).convert(mode)


def exif(orientation: int | None = 6, talkative: bool = True) -> bytes:
    """EXIF that says where, when and by whom; or the orientation alone."""
    made = Image.Exif()
    if orientation is not None:
        made[ExifTags.Base.Orientation] = orientation
    if talkative:
        made[ExifTags.Base.Artist] = SECRET.decode()
        made[ExifTags.IFD.Exif] = {
            ExifTags.Base.DateTimeOriginal.value: "2021:05:03 10:11:12",
            ExifTags.Base.OffsetTimeOriginal.value: "+02:00",
            ExifTags.Base.BodySerialNumber.value: "cam 7",
        }
        made[ExifTags.IFD.GPSInfo] = {
            ExifTags.GPS.GPSLatitudeRef.value: "N",
            ExifTags.GPS.GPSLatitude.value: (52.0, 31.0, 7.0),
            ExifTags.GPS.GPSProcessingMethod.value: b"ASCII\0\0\0" + SECRET,
        }
    return made.tobytes()


def saved(kind: str, image: Image.Image | None = None, **options: Any) -> bytes:
    """A picture as a file that Pillow writes."""
    stream = io.BytesIO()
    (image if image is not None else picture()).save(stream, kind, **options)
    return stream.getvalue()


def talkative_jpeg(orientation: int | None = 6, image: Image.Image | None = None, **options: Any) -> bytes:
    """A JPEG with EXIF, XMP, IPTC, a comment, a JFXX preview and a text after its end."""
    plain = saved("JPEG", image, exif=exif(orientation), comment=SECRET, **options)
    more = b"".join(
        struct.pack(">BBH", 0xFF, marker, len(inside) + 2) + inside
        for marker, inside in (
            (0xE0, b"JFXX\0\x10" + SECRET),
            (0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>" + SECRET),
            (0xED, b"Photoshop 3.0\x008BIM" + SECRET),
            (0xE7, SECRET),
        )
    )
    behind_first = 4 + int.from_bytes(plain[4:6], "big")
    return plain[:behind_first] + more + plain[behind_first:] + SECRET


def talkative_mpo() -> bytes:
    """Two pictures in one file, as cameras write them: the second is a preview that nobody checks."""
    return saved("MPO", exif=exif(), save_all=True, append_images=[picture(20, 12)])


def talkative_png(orientation: int | None = 6, image: Image.Image | None = None) -> bytes:
    """A PNG with EXIF, three kinds of text, a private chunk, a date, and a text after its end."""
    texts = PngInfo()
    texts.add_text("Comment", SECRET.decode())
    texts.add_text("Author", SECRET.decode(), zip=False)
    texts.add_itxt("XML:com.adobe.xmp", SECRET.decode())
    whole = saved("PNG", image, exif=exif(orientation), pnginfo=texts, dpi=(72, 72))
    return whole[:33] + chunk(b"prVt", SECRET) + chunk(b"tIME", bytes(7)) + whole[33:] + SECRET


def chunk(kind: bytes, content: bytes) -> bytes:
    """One part of a PNG."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
