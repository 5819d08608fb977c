"""What an image file tells beside its pixels: read, and taken out without touching a pixel.

Cameras write where and by whom a picture was taken into EXIF, XMP, comments and what follows the picture. Stored images
keep of it the orientation, without which their pixels lie on the side, and the EXIF tags that somebody asked for by
name. The coded pixels stay as they are, bit for bit.
"""

from __future__ import annotations

import struct
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from PIL import ExifTags, Image

from detection.errors import FrameError
from detection.outside.exif import containers

_ORIENTATION = ExifTags.Base.Orientation.value
_TAGS = {tag.name: tag.value for tag in ExifTags.Base}
_GPS = {tag.name: tag.value for tag in ExifTags.GPS}
_FOLDERS = (ExifTags.IFD.Exif.value, ExifTags.IFD.GPSInfo.value)
_WHOLE_PLACE = ExifTags.Base.GPSInfo.name
_PILLOW_FAULTS = (
    OSError, SyntaxError, ValueError, TypeError, IndexError, KeyError, EOFError, OverflowError, struct.error,
    AttributeError, ZeroDivisionError,
)  # fmt: skip
"""What Pillow raises over hostile EXIF."""


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the EXIF part of an image says.

    Attributes:
        orientation: 1 to 8; 1 where it says nothing or nonsense.
        tags: name to value, as text; those of GPS under their own names.
    """

    orientation: int
    tags: Mapping[str, str]


def unknown_names(names: Iterable[str]) -> list[str]:
    """Names that no EXIF tag has; a line each."""
    strange = sorted(set(names) - set(_TAGS) - set(_GPS))
    return [f"no EXIF tag has the name {name!r}; expected such as DateTimeOriginal" for name in strange]


def read(content: bytes) -> Metadata:
    """What a whole JPEG, PNG or BMP file says in EXIF.

    Raises:
        FrameError: its parts cannot be told apart.
    """
    payload = _certain([part for part in containers.parts(content) if part.exif is not None])
    exif = _parsed(payload)
    names_of = ({v: n for n, v in _TAGS.items()}, {v: n for n, v in _TAGS.items()}, {v: n for n, v in _GPS.items()})
    tags: dict[str, str] = {}
    for names, values in zip(names_of, _directories(exif), strict=True):
        tags |= {names[tag]: _text(value) for tag, value in values.items() if tag in names and tag not in _FOLDERS}
    return Metadata(orientation_of(payload) or 1, tags)


def stripped(content: bytes, keep: Sequence[str] = ()) -> bytes:
    """The same picture without what it tells beside its pixels.

    Args:
        content: a whole JPEG, PNG or BMP file.
        keep: names of EXIF tags that stay, beside the orientation.

    Returns:
        A file of the same coded pixels; the very bytes where there is nothing to take out.

    Raises:
        FrameError: its parts cannot be told apart, so nobody knows what they tell.
    """
    made = []
    parts = list(containers.parts(content))
    _certain([part for part in parts if part.exif is not None])
    first = next((number for number, part in enumerate(parts) if part.exif is not None), None)
    for number, part in enumerate(parts):
        if part.exif is None:
            made.append(part.kept)
        elif number == first and (payload := _reduced(part.exif, keep)):
            made.append(part.content if payload == part.exif else part.around(payload))
    return b"".join(made)


def orientation_of(payload: bytes) -> int | None:
    """The orientation that decoders apply: of the first directory, 1 to 8; None if there is none.

    Read here by hand, as leniently as decoders do, because it must be found wherever one of them finds it.
    """
    order = "<" if payload[:2] == b"II" else ">"
    try:
        if struct.unpack_from(f"{order}H", payload, 2) != (42,):
            return None
        (at,) = struct.unpack_from(f"{order}I", payload, 4)
        (entries,) = struct.unpack_from(f"{order}H", payload, at)
        for entry in range(at + 2, at + 2 + 12 * entries, 12):
            tag, _, _, value = struct.unpack_from(f"{order}HHIH", payload, entry)
            if tag == _ORIENTATION:
                return int(value) if 1 <= value <= 8 else None
    except struct.error:
        pass
    return None


def _certain(parts: Sequence[containers.Part]) -> bytes:
    """The EXIF that counts: the first, if there is no doubt about how the picture lies."""
    payloads = [part.exif for part in parts if part.exif is not None]
    said = {orientation_of(payload) for payload in payloads} | {_loaded(payload) for payload in payloads}
    if len(said) > 1:
        raise FrameError("holds damaged EXIF, of which decoders make different orientations; save it anew")
    return payloads[0] if payloads else b""


def _loaded(payload: bytes) -> int | None:
    """The orientation that Pillow finds."""
    try:
        found = _parsed(payload).get(_ORIENTATION)
    except _PILLOW_FAULTS:
        return None
    return found if isinstance(found, int) and 1 <= found <= 8 else None


def _reduced(payload: bytes, keep: Sequence[str]) -> bytes:
    """EXIF with the orientation and the tags asked for alone: the very bytes if that is all, ``b""`` if it is none."""
    orientation = orientation_of(payload)
    made = Image.Exif()
    if orientation is not None:
        made[_ORIENTATION] = orientation
    plain, within, place = _directories(_parsed(payload)) if keep else ({}, {}, {})
    wanted = {_TAGS[name] for name in keep if name in _TAGS}
    gps = set(place) if _WHOLE_PLACE in keep else {_GPS[name] for name in keep if name in _GPS}
    for tag, value in plain.items():
        if tag in wanted and tag not in (_ORIENTATION, *_FOLDERS):
            made[tag] = value
    for folder, chosen in zip(_FOLDERS, (_chosen(within, wanted), _chosen(place, gps)), strict=True):
        if chosen:
            made[folder] = chosen
    if not len(made):
        return b""
    for endian in (">", "<"):
        made.endian = endian
        written = _written(made)
        if written == payload:
            return payload
    made.endian = ">"
    return _written(made)


def _chosen(values: Mapping[int, Any], wanted: set[int]) -> dict[int, Any]:
    return {tag: value for tag, value in values.items() if tag in wanted}


def _written(exif: Image.Exif) -> bytes:
    try:
        return exif.tobytes().removeprefix(b"Exif\0\0")
    except _PILLOW_FAULTS as error:
        raise FrameError(f"holds EXIF tags that cannot be kept ({error}); name fewer in keep_metadata") from error


def _parsed(payload: bytes) -> Image.Exif:
    """EXIF as Pillow reads it; nothing where it cannot."""
    exif = Image.Exif()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exif.load(payload)
    except _PILLOW_FAULTS:
        return Image.Exif()
    return exif


def _directories(exif: Image.Exif) -> Sequence[Mapping[int, Any]]:
    """The tags of the main directory, of EXIF's own and of GPS; what cannot be read of them is left out."""
    return [_readable(exif), *(_readable(_directory(exif, folder)) for folder in _FOLDERS)]


def _directory(exif: Image.Exif, folder: int) -> Mapping[int, Any]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return exif.get_ifd(folder)
    except _PILLOW_FAULTS:
        return {}


def _readable(values: Mapping[int, Any] | Image.Exif) -> dict[int, Any]:
    return dict(_each(values))


def _each(values: Mapping[int, Any] | Image.Exif) -> Iterator[tuple[int, Any]]:
    for tag in list(values):
        try:
            yield tag, values[tag]
        except _PILLOW_FAULTS:
            continue


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if isinstance(value, tuple):
        return " ".join(map(_text, value))
    return str(value).replace("\0", "").strip()
