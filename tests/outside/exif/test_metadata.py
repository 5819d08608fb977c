"""Metadata leaves a file, the pixels stay: told by the decoder that devices run."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from detection.edge.vision.frames import read_image
from detection.errors import FrameError
from detection.outside.exif import metadata
from tests.examples_photographs import SECRET, exif, picture, saved, talkative_jpeg, talkative_mpo, talkative_png

GREY = picture(mode="L")
FILES: dict[str, Callable[[], bytes]] = {
    "baseline": talkative_jpeg,
    "progressive": lambda: talkative_jpeg(progressive=True, optimize=True),
    "restart markers": lambda: talkative_jpeg(restart_marker_blocks=1),
    "cmyk": lambda: talkative_jpeg(image=picture(mode="CMYK")),
    "grey": lambda: talkative_jpeg(image=GREY),
    "with a colour profile": lambda: talkative_jpeg(icc_profile=b"profile" * 50),
    "two pictures in one": talkative_mpo,
    "png": talkative_png,
    "png with a palette": lambda: talkative_png(image=picture(mode="P")),
    "png with alpha": lambda: talkative_png(image=picture(mode="RGBA")),
    "png of 16 bits": lambda: talkative_png(image=GREY.convert("I;16")),
    "bmp": lambda: saved("BMP") + SECRET,
    "bmp with a palette": lambda: saved("BMP", picture(mode="P")) + SECRET,
}


@pytest.mark.parametrize("kind", FILES)
def test_pixels_are_the_same_and_the_secret_is_gone(kind: str) -> None:
    """Decoded as a device does, orientation applied."""
    whole = FILES[kind]()
    kept = metadata.stripped(whole)
    assert len(kept) < len(whole)
    assert np.array_equal(read_image(kept), read_image(whole))
    assert SECRET not in kept
    assert metadata.stripped(kept) == kept
    with Image.open(io.BytesIO(kept)) as image:
        image.load()
        assert not image.getexif().get_ifd(0x8825)
        assert not {"comment", "xmp", "photoshop", "mp", "Comment", "Author"} & set(image.info)


@pytest.mark.parametrize("orientation", [None, 1, 2, 3, 4, 5, 6, 7, 8])
@pytest.mark.parametrize("make", [talkative_jpeg, talkative_png])
def test_the_orientation_stays(make: Callable[..., bytes], orientation: int | None) -> None:
    """And says the same to every decoder."""
    whole = make(orientation)
    kept = metadata.stripped(whole)
    assert metadata.read(whole).orientation == metadata.read(kept).orientation == (orientation or 1)
    assert metadata.read(kept).tags == ({} if orientation is None else {"Orientation": str(orientation)})
    with Image.open(io.BytesIO(kept)) as image:
        assert image.getexif().get(274) == orientation


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(saved("JPEG"), id="jpeg"),
        pytest.param(saved("JPEG", exif=exif(8, talkative=False)), id="jpeg with an orientation alone"),
        pytest.param(saved("PNG"), id="png"),
        pytest.param(saved("PNG", exif=exif(3, talkative=False)), id="png with an orientation alone"),
        pytest.param(saved("BMP"), id="bmp"),
    ],
)
def test_a_file_that_tells_nothing_keeps_its_very_bytes(content: bytes) -> None:
    """Its id stays the hash of the file that its owner has."""
    assert metadata.stripped(content) == content


def test_tags_are_kept_by_name() -> None:
    """A serial number tells cameras apart; GPS stays if it is named."""
    for whole in (talkative_jpeg(), talkative_png()):
        kept = metadata.stripped(whole, ["BodySerialNumber", "GPSLatitude"])
        assert metadata.read(kept).tags == {
            "Orientation": "6",
            "BodySerialNumber": "cam 7",
            "GPSLatitude": "52.0 31.0 7.0",
        }
        assert SECRET not in kept
        assert metadata.stripped(kept, ["BodySerialNumber", "GPSLatitude"]) == kept
        assert metadata.read(metadata.stripped(whole, ["GPSInfo"])).tags["GPSLatitudeRef"] == "N"
        assert np.array_equal(read_image(kept), read_image(whole))


def test_tags_are_read_by_name() -> None:
    """Those of the main directory, of EXIF's own and of GPS."""
    told = metadata.read(talkative_jpeg()).tags
    assert told["DateTimeOriginal"] == "2021:05:03 10:11:12"
    assert (told["OffsetTimeOriginal"], told["Artist"]) == ("+02:00", SECRET.decode())
    assert told["GPSLatitude"] == "52.0 31.0 7.0"
    assert metadata.read(saved("BMP")).tags == {}


def test_unknown_names_are_told_before_anything_is_read() -> None:
    """A mistyped tag would be lost for good with the originals."""
    told = metadata.unknown_names(["Artist", "GPSAltitude", "Bodyserialnumber"])
    assert told == ["no EXIF tag has the name 'Bodyserialnumber'; expected such as DateTimeOriginal"]


@pytest.mark.parametrize("make", [talkative_jpeg, talkative_png, talkative_mpo])
@pytest.mark.parametrize("share", [k / 20 for k in range(20)])
def test_half_a_file_is_our_error_or_loses_its_secret(make: Callable[[], bytes], share: float) -> None:
    """Never a traceback, never the secret."""
    whole = make()
    with suppress(FrameError):
        assert SECRET not in metadata.stripped(whole[: int(len(whole) * share)])


def test_two_orientations_are_no_orientation() -> None:
    """Decoders take the first, the last or neither."""
    whole = saved("JPEG", exif=exif(6, talkative=False))
    segment = whole[20 : 22 + int.from_bytes(whole[22:24], "big")]
    with pytest.raises(FrameError, match="different orientations"):
        metadata.read(whole[:20] + segment.replace(b"\0\x06\0\0", b"\0\x03\0\0") + whole[20:])
    twice = whole[:20] + segment + whole[20:]
    assert metadata.read(twice).orientation == 6
    assert metadata.stripped(twice) == whole


def test_exif_behind_the_pixels_says_nothing() -> None:
    """No decoder looks there."""
    whole, plain = saved("JPEG", exif=exif(6)), saved("JPEG")
    behind = plain[:-2] + whole[20:][: len(whole) - len(plain)] + plain[-2:]
    assert metadata.read(behind).orientation == 1
    assert metadata.stripped(behind) == plain
    assert np.array_equal(read_image(behind), read_image(plain))


@settings(max_examples=150, deadline=None)
@given(payload=st.binary(max_size=200), order=st.sampled_from([b"II*\0", b"MM\0*", b""]), png=st.booleans())
@example(payload=b"\x08\0\0\0\xff\xff" + b"\x12\x01\x03\0\x01\0\0\0\x06\0\0\0", order=b"II*\0", png=False)
def test_hostile_exif_changes_no_pixel(payload: bytes, order: bytes, png: bool) -> None:
    """What the decoder makes of broken EXIF is what it makes of the file that is stored."""
    kind = "PNG" if png else "JPEG"
    whole = saved(kind, picture(12, 8), exif=b"Exif\0\0" + order + payload)
    with suppress(FrameError):
        assert np.array_equal(read_image(metadata.stripped(whole)), read_image(whole))
        metadata.read(whole)
        metadata.stripped(whole, ["Artist", "GPSLatitude", "BodySerialNumber"])


@settings(max_examples=150, deadline=None)
@given(content=st.binary(max_size=300), start=st.sampled_from([b"", b"\xff\xd8", b"\x89PNG\r\n\x1a\n", b"BM"]))
def test_any_bytes_are_stripped_or_refused(content: bytes, start: bytes) -> None:
    """Only our own error may leave."""
    with suppress(FrameError):
        metadata.stripped(start + content)
        metadata.read(start + content)
