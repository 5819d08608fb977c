"""Labelled frames as exports hold them: drawn by Hypothesis, or a few by hand; and what a reader made of them again."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

import numpy as np
from hypothesis import strategies as st

from detection.rules.labels.intake.arrivals import Answer, Common, Context, LabelledImage, Marks, Stored, answer, tables
from detection.rules.labels.outgoing import Labelled, Names
from detection.rules.labels.samples import Strings
from detection.rules.spec.labels import Source

CLASSES = ("car", '<b onclick="x()">&amp; "van"</b>', "bicyclé 自転車", "it's", "a: b # c", "no", "1.0", "[x]")
"""Class names that some format might take for something else."""
SOURCE = Source(id="scenes", licence="Apache-2.0", consent="not-needed", retain_until=None)
COMMON = Common(SOURCE, ("lighting",), "1")
NAMES = st.sampled_from(
    ["a.jpg", "A.JPG", "dir/a.jpg", "ride_001.mp4#t=10.jpg", "é.png", "e\u0301.png", "../../etc/passwd", "con:aux?.jpg",
     "日本 語.bmp", ".hidden.jpg", "a.b.c", "x\n\u202e.jpg", "", "__MACOSX.jpg", "<script>.jpg", "%20.jpg", "n" * 300]
)  # fmt: skip
COORDINATES = st.floats(-20_000, 70_000, width=32)


@st.composite
def answers(draw: st.DrawFn, annotator: str, verified: bool = False) -> Answer:
    """An answer of up to three boxes."""
    count = draw(st.integers(0, 3))
    labels = draw(st.lists(st.sampled_from(CLASSES), min_size=count, max_size=count))
    corners = np.array(draw(st.lists(COORDINATES, min_size=4 * count, max_size=4 * count)), np.float32)
    flags = [draw(st.lists(st.booleans(), min_size=count, max_size=count)) for _ in range(3)]
    version = draw(st.sampled_from(["1", "2", "v 3 <b>"]))
    made = answer(annotator, labels, corners.reshape(-1, 4), Marks(*flags), version)
    return Answer(annotator, version, verified, made.labels, made.corners, made.occluded, made.truncated, made.crowd)


@st.composite
def exports(draw: st.DrawFn, annotators: Sequence[str] = ("consensus",), split: bool | None = None) -> Labelled:
    """Up to four frames; each annotator looked at some of them."""
    rows = []
    for number, name in enumerate(draw(st.lists(NAMES, min_size=1, max_size=4))):
        said = [draw(answers(who, who == "verified")) for who in annotators if draw(st.booleans())]
        rows.append(_stored(number, name, tuple(said), draw(st.integers(1, 65_535)), draw(st.integers(1, 65_535))))
    made = tables(rows, COMMON)
    parts = draw(st.booleans()) if split is None else split
    names = ("train", "val", "test", "golden")
    split_of: Strings | None = np.array([names[row % 4] for row in range(len(rows))], object) if parts else None
    return Labelled(made.frames, made.boxes, made.assignments, CLASSES, split_of)


def _stored(number: int, name: str, said: tuple[Answer, ...], width: int, height: int) -> Stored:
    moment = datetime(2025, 1, 1, 10, 30, tzinfo=UTC) + timedelta(seconds=number, microseconds=5)
    told = Context("site", f"cam-{number}", "s <1>", moment, {"lighting": "dim"}, date(2030, 1, 2)) if number % 2 else (
        Context("", "", "", None, {}))  # fmt: skip
    digest = hashlib.sha256(str(number).encode()).hexdigest()
    return Stored(digest, name, "s.tar", 0, 4, width, height, told, said)


def image(row: int) -> bytes:
    """Bytes that begin like a JPEG file's; no reader of labels opens an image."""
    return b"\xff\xd8\xff" + bytes([row])


def no_image(row: int) -> bytes:
    """What an export of labels alone gets for every frame."""
    return b""


def by_row(labelled: Labelled, images: Mapping[str, LabelledImage], rows: Sequence[int]) -> Mapping[int, LabelledImage]:
    """What was read, by row of the frame that was written; told by the ends of the names.

    Args:
        labelled: what was written.
        images: what was read, by name.
        rows: of the frames that the format holds.
    """
    names, found = Names(), {}
    for row in rows:
        name = names.give(str(labelled.frames.name[row]), str(labelled.frames.id[row]), "jpg")
        found[row] = [i for path, i in images.items() if path.rpartition("/")[2] == name]
    assert sum(map(len, found.values())) == len(images), (list(images), list(labelled.frames.name))
    return {row: some[0] for row, some in found.items() if some}
