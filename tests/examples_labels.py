"""Small tables and images for tests of frames and labels."""

from __future__ import annotations

import hashlib
import io
import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from PIL import Image

from detection.outside.documents import read_document
from detection.rules.labels.intake.arrivals import (
    Answer,
    Arrival,
    Common,
    Context,
    Stored,
    Tables,
    answer,
    strings,
    tables,
)
from detection.rules.labels.samples import Frames
from detection.rules.spec.labels import Source
from detection.rules.spec.spec import Spec

SPEC = read_document(Spec, Path(__file__).parents[1] / "specs" / "spec.yaml")
SOURCE = Source(id="scenes", licence="Apache-2.0", consent="not-needed", retain_until=None)
COMMON = Common(SOURCE, ("lighting", "crowding"), "1")
Box = tuple[str, float, float, float, float]
"""A label and its corners."""


def jpeg(grey: int = 128, width: int = 64, height: int = 48) -> bytes:
    """A JPEG file of noise around one grey; another grey is another file."""
    noise = np.random.default_rng(grey).integers(0, 256, (height, width, 3), np.uint8)
    stream = io.BytesIO()
    Image.fromarray(noise).save(stream, "JPEG")
    return stream.getvalue()


def huge_png(side: int = 30_000) -> bytes:
    """A PNG of ``side`` x ``side`` pixels in about 100 kB: small to keep, ruinous to decode."""
    rows = zlib.compressobj(9)
    row = b"\0" * (1 + side // 8)
    packed = b"".join(rows.compress(row) for _ in range(side)) + rows.flush()
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")


def said(annotator: str, *boxes: Box, verified: bool = False) -> Answer:
    """An annotator's answer."""
    made = answer(annotator, [label for label, *_ in boxes], np.array([b[1:] for b in boxes], np.float32))
    return replace(made, verified=verified)


def arrival(name: str, *answers: Answer, grey: int = 128, camera: str = "cam-0", scene: str = "s-0") -> Arrival:
    """An image that arrived, 64 x 48 pixels."""
    context = Context("", camera, scene, None, {"lighting": "dim", "crowding": "sparse"})
    return Arrival(name, jpeg(grey), "jpg", 64, 48, context, answers)


def collected(*frames: Sequence[Answer]) -> Tables:
    """Tables of frames of 64 x 48 pixels, each with its answers; frame ``n`` has the name ``n``."""
    return tables([stored(str(n), answers=tuple(answers)) for n, answers in enumerate(frames)], COMMON)


def stored(
    name: str, camera: str = "cam-0", scene: str = "s-0", second: float | None = None, answers: tuple[Answer, ...] = ()
) -> Stored:
    """A stored image whose id is the hash of its name."""
    moment = None if second is None else datetime.fromtimestamp(second, UTC)
    digest = hashlib.sha256(name.encode()).hexdigest()
    return Stored(digest, name, "000000.tar", 512, 10, 64, 48, Context("", camera, scene, moment, {}), answers)


def frames(rows: Sequence[Stored], conditions: Mapping[str, Sequence[str]] | None = None) -> Frames:
    """The frame table of ``rows``, ordered by id, with condition columns in the order of ``rows``."""
    order = sorted(range(len(rows)), key=lambda place: rows[place].id)
    made = tables(rows, Common(SOURCE, (), "1")).frames
    columns = {name: strings([values[place] for place in order]) for name, values in (conditions or {}).items()}
    plain = {name: getattr(made, name) for name in Frames.__slots__ if name != "conditions"}
    return Frames(**plain, conditions=columns)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
