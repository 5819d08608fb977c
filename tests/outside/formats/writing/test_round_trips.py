"""Every format, written and read again: the same frames, boxes, classes and annotators, to the stated precision."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from detection.outside.formats.reading import coco as reading_coco
from detection.outside.formats.reading import csv_tables as reading_csv
from detection.outside.formats.reading import cvat as reading_cvat
from detection.outside.formats.reading import label_studio as reading_label_studio
from detection.outside.formats.reading import voc as reading_voc
from detection.outside.formats.reading import yolo as reading_yolo
from detection.outside.formats.writing import coco, cvat, label_studio, voc, yolo
from detection.outside.formats.writing.folders import Images
from detection.rules.labels.intake.arrivals import Answer, LabelledImage, tables
from detection.rules.labels.outgoing import Item, Labelled, items
from tests.examples_deliveries import Format, Reader, by_name, read, source
from tests.examples_exports import by_row, exports, image, no_image
from tests.examples_labels import COMMON, said, stored

SEVERAL = ("anna", "bert", "verified")


class Writer(Protocol):
    """A module that writes one format."""

    def write(self, folder: Path, labelled: Labelled, images: Images, replace: bool = False, note: str = "") -> None:
        """Write an export."""


@dataclass(frozen=True, slots=True)
class Trip:
    """What a format promises to bring back.

    Attributes:
        marks: flags of a box that it holds.
        tells_unlabelled: a frame at which nobody looked comes back as one.
        tells_fields: what is known of a frame comes back in the image's fields.
        sums: the second corner is the first plus a size, so that near 0 not every bit comes back.
        tells_guideline: each answer's version of the guideline comes back.
    """

    kind: Format
    writer: Writer
    reader: Reader
    annotators: tuple[str, ...]
    marks: tuple[str, ...]
    tells_unlabelled: bool = True
    tells_fields: bool = True
    sums: bool = False
    tells_guideline: bool = False


TRIPS = [
    Trip(
        "coco", coco, reading_coco, ("original",), ("occluded", "truncated", "crowd"), tells_unlabelled=False, sums=True
    ),
    Trip("voc", voc, reading_voc, ("original",), ("truncated", "occluded", "crowd"), tells_fields=False),
    Trip("yolo", yolo, reading_yolo, ("original",), (), tells_fields=False),
    Trip("cvat", cvat, reading_cvat, SEVERAL, ("occluded", "truncated", "crowd"), tells_guideline=True),
    Trip(
        "label_studio",
        label_studio,
        reading_label_studio,
        SEVERAL,
        ("occluded", "truncated", "crowd"),
        sums=True,
        tells_guideline=True,
    ),
]


@pytest.mark.parametrize("trip", TRIPS, ids=lambda trip: trip.kind)
def test_what_is_written_is_read_again(trip: Trip) -> None:
    """Names, boxes, classes, empty and unlabelled frames, annotators, and what is known of a frame."""

    @settings(max_examples=25, deadline=None)
    @given(exports(trip.annotators))
    def round_trip(labelled: Labelled) -> None:
        assume(trip.kind not in ("coco", "voc") or len(labelled.assignments))
        with tempfile.TemporaryDirectory() as place:
            trip.writer.write(Path(place) / "out", labelled, image)
            export = read(trip.reader, Path(place) / "out", source(trip.kind))
        assert export.rejected == ()
        held = [item for item in items(labelled) if item.answers or trip.tells_unlabelled]
        found = by_row(labelled, by_name(export), [item.row for item in held])
        assert len(found) == len(held)
        for item in held:
            _assert_same(trip, item, found[item.row])

    round_trip()


def _assert_same(trip: Trip, item: Item, found: LabelledImage) -> None:
    assert found.width in (item.width, 0)
    assert found.height in (item.height, 0)
    wanted, got = {a.annotator: a for a in item.answers}, {a.annotator: a for a in found.answers}
    assert wanted.keys() == got.keys()
    for who, answer in wanted.items():
        back = got[who]
        assert back.labels.tolist() == answer.labels.tolist()
        assert back.verified == answer.verified
        assert back.guideline == (answer.guideline if trip.tells_guideline else "")
        for mark in trip.marks:
            assert getattr(back, mark).tolist() == getattr(answer, mark).tolist()
        if found.relative:
            _assert_close(answer, back, item)
        else:
            small = (np.abs(answer.corners) < 0.001) & trip.sums
            assert np.array_equal(back.corners[~small], answer.corners[~small])
            assert np.all(np.abs(back.corners[small].astype(float) - answer.corners[small]) <= 1e-9)
    if trip.tells_fields and item.answers:
        assert dict(item.fields).items() <= dict(found.fields).items()


def _assert_close(answer: Answer, back: Answer, item: Item) -> None:
    """Shares of the image: half a step of float32 and the last of ten decimals."""
    sides = np.array([item.width, item.height] * 2, np.float64)
    step = np.spacing(np.abs(back.corners)).astype(np.float64) / 2
    difference = np.abs(back.corners * sides - answer.corners.astype(np.float64))
    assert np.all(difference <= step * sides + 1.5e-10 * sides)


@pytest.mark.parametrize("trip", [trip for trip in TRIPS if trip.kind != "yolo"], ids=lambda trip: trip.kind)
def test_labels_alone_are_read_again(trip: Trip) -> None:
    """Without images a format that names them in label files alone cannot tell of unlabelled frames.

    YOLO's shares mean nothing without the images, and its reader says so.
    """

    @settings(max_examples=12, deadline=None)
    @given(exports(trip.annotators))
    def round_trip(labelled: Labelled) -> None:
        assume(len(labelled.assignments))
        with tempfile.TemporaryDirectory() as place:
            trip.writer.write(Path(place) / "out", labelled, no_image)
            export = read(trip.reader, Path(place) / "out", source(trip.kind, "absent"))
        held = [item for item in items(labelled) if item.answers or trip.kind == "label_studio"]
        assert export.rejected == ()
        assert _said(held) == _said(export.images)

    round_trip()


def _said(images: Sequence[Item] | Sequence[LabelledImage]) -> Counter[tuple[tuple[str, tuple[str, ...]], ...]]:
    """How often the same was said of an image: annotators with their labels, in order."""
    return Counter(tuple((a.annotator, tuple(a.labels.tolist())) for a in image.answers) for image in images)


@pytest.mark.real_data
@pytest.mark.parametrize("trip", TRIPS[3:], ids=lambda trip: trip.kind)
def test_a_crowd_survives(trip: Trip, real_data: Callable[[str], Path], tmp_path: Path) -> None:
    """43 workers and the expert on 1,448 images; sizes that no table tells are filled in for Label Studio."""
    crowd = source("csv", "absent", annotators={"expert": "verified"})
    answered = read(reading_csv, real_data("crowd"), crowd).images
    rows = [replace(stored(one.name, answers=one.answers), length=0, width=1280, height=720) for one in answered]
    made = tables(rows, COMMON)
    labelled = Labelled(made.frames, made.boxes, made.assignments, ("pedestrian",))
    trip.writer.write(tmp_path / "out", labelled, no_image)
    back = by_name(read(trip.reader, tmp_path / "out", source(trip.kind, "absent")))
    assert len(back) == 1448
    for one in answered:
        found = {a.annotator: a for a in back[one.name].answers}
        assert found.keys() == {a.annotator for a in one.answers}
        for answer in one.answers:
            assert np.array_equal(found[answer.annotator].corners, answer.corners)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 65_535), st.lists(st.floats(0, 1), min_size=4, max_size=4))
def test_yolo_keeps_a_thousandth_of_a_pixel(side: int, shares: list[float]) -> None:
    """Inside the frame, up to 16,384 pixels; at 65,535 four of them, where float32 itself steps by four."""
    with tempfile.TemporaryDirectory() as place:
        labelled = _one_box(side, np.array(shares, np.float32) * side)
        yolo.write(Path(place) / "out", labelled, image)
        found = read(reading_yolo, Path(place) / "out", source("yolo")).images[0]
    difference = np.abs(found.answers[0].corners[0] * np.float64(side) - labelled.boxes.corners[0])
    assert difference.max() <= (0.001 if side <= 16_384 else 0.004)


def _one_box(side: int, corners: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> Labelled:
    made = tables([stored("a.jpg", answers=(said("original", ("car", *corners.tolist())),))], COMMON)
    size = np.array([side], np.int64)
    return Labelled(replace(made.frames, width=size, height=size), made.boxes, made.assignments, ("car",))
