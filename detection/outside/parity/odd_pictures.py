"""Picture files of every kind that a camera, a phone or an editor leaves, drawn from one frame: whole, and torn.

PNG files of the rarer kinds are put together here by hand, since no encoder at hand writes them.
"""

from __future__ import annotations

import io
import math
import struct
import zlib
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from detection.edge.vision.frames import Image
from detection.edge.vision.headers import PictureSize

FOLDER = "exam"
"""Where the pictures stand in a bundle."""
SMALL_PX = 96
"""The longer side of pictures whose kind matters, not their size."""
HUGE = PictureSize(6000, 4000)
LARGEST_FILE_BYTES = 60_000
"""Pictures of the cameras' sizes are pressed below this, if they can."""

_GREY, _COLOUR, _PALETTE, _GREY_ALPHA, _COLOUR_ALPHA = 0, 2, 3, 4, 6
_ORIENTATIONS = range(1, 9)


class OddPicture(NamedTuple):
    """One picture file.

    Attributes:
        name: file name, lower case.
        content: the file's bytes.
        refused: it must be refused: it is torn, too large, or no picture.
    """

    name: str
    content: bytes
    refused: bool


def pictures(motif: Image, sizes: Sequence[PictureSize], pixel_limit: int) -> tuple[OddPicture, ...]:
    """The exam's list; the same frame gives the same bytes.

    Args:
        motif: the frame that all show, ``(h, w, 3)`` BGR.
        sizes: of the cameras' frames, each once.
        pixel_limit: pixels above which a picture must be refused.
    """
    scale = SMALL_PX / max(motif.shape[:2])
    small = _resized(motif, round(motif.shape[1] * scale), round(motif.shape[0] * scale))
    read = [*_cameras(motif, sizes), *_shapes(small), *_depths(small), *_codecs(small), *_turned(small)]
    huge = _huge(motif, pixel_limit)
    return (
        *(OddPicture(name, content, refused=False) for name, content in (*read, ("huge.png", huge))),
        *(OddPicture(name, content, refused=True) for name, content in _faulty(small, pixel_limit)),
    )


def spread(sizes: Sequence[PictureSize], most: int) -> list[PictureSize]:
    """At most so many different sizes: the smallest, the largest, and some evenly between, by pixels."""
    every = sorted(set(sizes), key=lambda size: (size.width * size.height, size))
    if len(every) <= most:
        return every
    return [every[round(number * (len(every) - 1) / (most - 1))] for number in range(most)]


class _Made(NamedTuple):
    name: str
    content: bytes


def _cameras(motif: Image, sizes: Sequence[PictureSize]) -> Iterator[_Made]:
    for size in sorted(sizes):
        image = _resized(motif, size.width, size.height)
        for quality in (90, 60, 30, 10):
            content = _jpeg(image, cv2.IMWRITE_JPEG_QUALITY, quality)
            if len(content) <= LARGEST_FILE_BYTES:
                break
        yield _Made(f"camera-{size.width}x{size.height}.jpg", content)


def _shapes(small: Image) -> Iterator[_Made]:
    height, width = small.shape[:2]
    yield _Made("odd.png", _encoded(".png", small[: height - 1 + height % 2, : width - 1 + width % 2]))
    yield _Made("one-pixel.png", _encoded(".png", small[:1, :1]))
    yield _Made("one-row.png", _encoded(".png", small[height // 2 : height // 2 + 1]))
    yield _Made("one-column.png", _encoded(".png", small[:, width // 2 : width // 2 + 1]))
    yield _Made("thin.png", _encoded(".png", _resized(small, 900, 5)))
    yield _Made("portrait.png", _encoded(".png", np.rot90(small)))
    yield _Made("tiny.png", _encoded(".png", _resized(small, 7, 5)))


def _depths(small: Image) -> Iterator[_Made]:
    grey = _grey(small)[..., None]
    colour = small[:, :, ::-1]
    height, width = small.shape[:2]
    ramp = np.broadcast_to(np.linspace(0, 255, width).astype(np.uint8)[None, :, None], (height, width, 1))
    packed = (colour[..., :1] & 0xE0) | (colour[..., 1:2] & 0xE0) >> 3 | colour[..., 2:] >> 6
    index = np.asarray(packed, np.uint8)
    every = np.arange(256)
    tones = np.stack((every >> 5 << 5, (every >> 2 & 7) << 5, (every & 3) << 6), axis=1).astype(np.uint8).tobytes()
    yield _Made("grey-8.png", _png(grey, _GREY))
    yield _Made("grey-16.png", _png(_wide(grey), _GREY))
    yield _Made("grey-1.png", _png(np.packbits(grey[..., 0] > 127, axis=1)[..., None], _GREY, 1, width))
    yield _Made("colour-16.png", _png(_wide(colour), _COLOUR))
    yield _Made("alpha-8.png", _png(np.concatenate((colour, ramp), axis=2), _COLOUR_ALPHA))
    yield _Made("alpha-16.png", _png(_wide(np.concatenate((colour, ramp), axis=2)), _COLOUR_ALPHA))
    yield _Made("grey-alpha.png", _png(np.concatenate((grey, ramp), axis=2), _GREY_ALPHA))
    yield _Made("palette.png", _png(index, _PALETTE, more=_chunk(b"PLTE", tones)))
    clear = _chunk(b"PLTE", tones) + _chunk(b"tRNS", bytes(256))
    yield _Made("palette-clear.png", _png(index, _PALETTE, more=clear))


def _codecs(small: Image) -> Iterator[_Made]:
    colour = Pillow.fromarray(np.ascontiguousarray(small[:, :, ::-1]))
    inks, grey = io.BytesIO(), _grey(small)
    colour.convert("CMYK").save(inks, "JPEG", quality=90)
    yield _Made("plain.jpg", _jpeg(small))
    yield _Made("grey.jpg", _encoded(".jpg", grey))
    yield _Made("cmyk.jpg", inks.getvalue())
    yield _Made("progressive.jpg", _jpeg(small, cv2.IMWRITE_JPEG_PROGRESSIVE, 1))
    yield _Made("full-colour.jpg", _jpeg(small, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_444))
    yield _Made("restarts.jpg", _jpeg(small, cv2.IMWRITE_JPEG_RST_INTERVAL, 4))
    yield _Made("lossy.webp", _encoded(".webp", small, (cv2.IMWRITE_WEBP_QUALITY, 80)))
    yield _Made("lossless.webp", _encoded(".webp", small, (cv2.IMWRITE_WEBP_QUALITY, 101)))
    yield _Made("plain.bmp", _encoded(".bmp", small))


def _turned(small: Image) -> Iterator[_Made]:
    """Every way in which EXIF can say that a picture lies on its side or is mirrored."""
    plain = _jpeg(small)
    for orientation in _ORIENTATIONS:
        exif = b"Exif\0\0" + _exif(orientation)
        segment = b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif
        yield _Made(f"exif-{orientation}.jpg", plain[:2] + segment + plain[2:])
    yield _Made("exif-6.png", _png(small[:, :, ::-1], _COLOUR, more=_chunk(b"eXIf", _exif(6))))


def _huge(motif: Image, pixel_limit: int) -> bytes:
    """As many pixels as are allowed, but for :data:`HUGE` at most: four tones, so that the file stays small."""
    width = min(HUGE.width, math.isqrt(pixel_limit * HUGE.width // HUGE.height)) // 4 * 4
    height = max(min(width * HUGE.height // HUGE.width, pixel_limit // width), 1)
    grey = np.asarray(cv2.resize(_grey(motif), (width, height), interpolation=cv2.INTER_NEAREST), np.uint8)
    tones = (grey >> 6).reshape(height, width // 4, 4)
    four = tones[..., 0] << 6 | tones[..., 1] << 4 | tones[..., 2] << 2 | tones[..., 3]
    return _png(np.asarray(four, np.uint8)[..., None], _GREY, 2, width)


def _faulty(small: Image, pixel_limit: int) -> Iterator[_Made]:
    jpeg, png = _jpeg(small), _png(small[:, :, ::-1], _COLOUR)
    webp, bmp = _encoded(".webp", small, (cv2.IMWRITE_WEBP_QUALITY, 80)), _encoded(".bmp", small)
    yield _Made("half.jpg", jpeg[: len(jpeg) // 2])
    yield _Made("without-end.jpg", jpeg[:-2])
    yield _Made("half.png", png[: len(png) // 2])
    yield _Made("half.webp", webp[: len(webp) // 2])
    yield _Made("half.bmp", bmp[: len(bmp) // 2])
    spoilt = bytearray(png)
    spoilt[len(png) // 2] ^= 1
    yield _Made("one-bit-off.png", bytes(spoilt))
    side = math.isqrt(pixel_limit) + 1
    yield _Made("beyond-the-limit.png", _png(np.zeros((1, 1, 1), np.uint8), _GREY, 1, side, side))
    yield _Made("no-picture.jpg", b"This is no picture.\n")
    yield _Made("empty.jpg", b"")


def _resized(image: Image, width: int, height: int) -> Image:
    return np.asarray(cv2.resize(image, (max(width, 1), max(height, 1)), interpolation=cv2.INTER_LINEAR), np.uint8)


def _grey(image: Image) -> NDArray[np.uint8]:
    return np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)


def _encoded(suffix: str, image: NDArray[np.uint8], options: Sequence[int] = ()) -> bytes:
    return bytes(cv2.imencode(suffix, np.ascontiguousarray(image), list(options))[1])


def _jpeg(image: Image, *option: int) -> bytes:
    return _encoded(".jpg", image, option or (cv2.IMWRITE_JPEG_QUALITY, 85))


def _wide(values: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """16 bits a value, most significant first; the lower byte tells cutting from rounding."""
    lower = np.arange(values.size).reshape(values.shape).astype(np.uint8)
    return np.stack((values, lower), axis=-1).reshape(*values.shape[:2], -1)


def _png(
    rows: NDArray[np.uint8],
    colour: int,
    depth: int | None = None,
    width: int | None = None,
    height: int | None = None,
    more: bytes = b"",
) -> bytes:
    """A PNG file of packed rows ``(h, w, bytes of a pixel)``; ``width`` and ``depth`` where several share a byte."""
    samples = {_GREY: 1, _COLOUR: 3, _PALETTE: 1, _GREY_ALPHA: 2, _COLOUR_ALPHA: 4}[colour]
    depth = depth or 8 * rows.shape[2] // samples
    header = struct.pack(">IIBBBBB", width or rows.shape[1], height or rows.shape[0], depth, colour, 0, 0, 0)
    flat = np.ascontiguousarray(rows).reshape(len(rows), -1)
    filtered = np.concatenate((np.zeros((len(flat), 1), np.uint8), flat), axis=1)
    body = _chunk(b"IDAT", zlib.compress(filtered.tobytes(), 9))
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + more + body + _chunk(b"IEND", b"")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _exif(orientation: int) -> bytes:
    """EXIF that says nothing but how the picture lies."""
    return b"II*\0" + struct.pack("<IHHHIHHI", 8, 1, 0x0112, 3, 1, orientation, 0, 0)
