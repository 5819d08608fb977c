"""COCO documents: what is none is refused whole, with all its faults."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from detection.outside.formats.reading.coco_document import MAXIMUM_FAULTS, CocoError, parse
from tests.examples_hostile import cuts

IMAGE = {"id": 7, "file_name": "a.jpg", "width": 64, "height": 48}
CATEGORY = {"id": 1, "name": "box"}
BOX = {"image_id": 7, "category_id": 1, "bbox": [1, 2, 3, 4]}


def content(**lists: list[Any]) -> bytes:
    return json.dumps({"images": [IMAGE], "annotations": [BOX], "categories": [CATEGORY], **lists}).encode()


def with_number(text: str) -> bytes:
    return content().replace(b"[1, 2, 3, 4]", f"[{text}, 2, 3, 4]".encode())


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        pytest.param(b"", "document: Invalid JSON", id="nothing"),
        pytest.param(b"[1]", "an object", id="a list"),
        pytest.param(b"[" * 100_000, "recursion limit", id="deep"),
        pytest.param(b'{"images": [], "annotations": []}', "categories: Field required", id="categories missing"),
        pytest.param(content(categories=[]), "categories: List should have at least 1", id="no category"),
        pytest.param(content(categories=[{"id": 1, "name": ""}]), "categories.0.name", id="class without a name"),
        pytest.param(content(images=[IMAGE, IMAGE]), "images: id 7 stands 2 times", id="image twice"),
        pytest.param(content(categories=[CATEGORY] * 3), "categories: id 1 stands 3 times", id="category twice"),
        pytest.param(content(images=[{**IMAGE, "id": None}]), "images.0.id", id="no id"),
        pytest.param(content(images=[{**IMAGE, "file_name": 3}]), "images.0.file_name", id="a number for a name"),
        pytest.param(content(images=[{**IMAGE, "width": -1}]), "images.0.width", id="negative width"),
        pytest.param(content(annotations=[{**BOX, "image_id": 9}]), "image_id 9 is not among", id="no such image"),
        pytest.param(content(annotations=[{**BOX, "category_id": 9}]), "category_id 9 is not", id="no such class"),
        pytest.param(content(annotations=[{**BOX, "bbox": [1, 2]}]), "has 2 numbers", id="half a box"),
        pytest.param(content(annotations=[{**BOX, "bbox": [1] * 5}]), "annotations.0.bbox", id="more than a box"),
        pytest.param(content(annotations=[{**BOX, "bbox": "1234"}]), "annotations.0.bbox", id="text for a box"),
        pytest.param(with_number("NaN"), "finite number", id="NaN"),
        pytest.param(with_number("1e999"), "finite number", id="1e999"),
        pytest.param(with_number("-Infinity"), "finite number", id="-Infinity"),
        pytest.param(with_number("1" + "0" * 400), "finite number", id="huge whole number"),
        pytest.param(with_number("9" * 10_000), "out of range", id="endless number"),
        pytest.param(with_number("true"), "valid number", id="true"),
        pytest.param(with_number('"1"'), "valid number", id="text"),
        pytest.param(content().replace(b"a.jpg", "gr\u00fcn.jpg".encode("latin-1")), "Invalid JSON", id="latin-1"),
        pytest.param(content().replace(b"a.jpg", b"\\ud800"), "Invalid JSON", id="half a character"),
        pytest.param(content().decode().encode("utf-16")[:-1], "cannot be read as text", id="half of UTF-16"),
    ],
)
def test_what_is_not_coco_is_refused(raw: bytes, fault: str) -> None:
    """JSON readers accept NaN and 1e999; we do not."""
    with pytest.raises(CocoError) as caught:
        parse(raw)
    assert fault in " ".join(caught.value.faults)


@pytest.mark.parametrize(
    "odd",
    [3, [3], [[1, 2]], [[1, 2, 3, 4, 5]], [["a"] * 6], [[1, 2, 3, 4, 5, True]], [[1, 2, 3, 4, 5, 10**400]]],
    ids=str,
)
def test_polygons_that_are_none_are_refused_where_they_count(odd: object) -> None:
    """They are looked at only if no box is given."""
    with pytest.raises(CocoError, match=r"annotations\.0\.segmentation"):
        parse(content(annotations=[{"image_id": 7, "category_id": 1, "segmentation": odd}]))
    assert parse(content(annotations=[{**BOX, "segmentation": odd}]))


@pytest.mark.parametrize("none", [[], {"counts": "x", "size": [1, 2]}, None], ids=str)
def test_a_mask_or_nothing_gives_no_box(none: object) -> None:
    """Masks are not read."""
    bare = {"image_id": 7, "category_id": 1, "segmentation": none, "bbox": []}
    assert parse(content(annotations=[bare])).annotations[0].box() is None


def test_all_faults_come_together() -> None:
    """A large document is converted anew after every fault: show them all at once."""
    rows = [{**BOX, "bbox": "x"}, BOX, {"image_id": 7}, {**BOX, "image_id": 1.5}]
    with pytest.raises(CocoError) as caught:
        parse(content(annotations=rows, images=[{**IMAGE, "file_name": None}]))
    told = sorted({fault.split(":")[0] for fault in caught.value.faults})
    assert [t for t in told if t.startswith("annotations.")] == [
        "annotations.0.bbox", "annotations.2.category_id", "annotations.3.image_id.int", "annotations.3.image_id.str",
    ]  # fmt: skip
    assert "images.0.file_name" in told
    with pytest.raises(CocoError) as caught:
        parse(content(annotations=[{**BOX, "image_id": 9, "category_id": 5}], images=[IMAGE, IMAGE]))
    assert len(caught.value.faults) == 3


def test_a_million_faults_fill_no_memory() -> None:
    """The first thousand are enough to see what is wrong."""
    with pytest.raises(CocoError) as caught:
        parse(b'{"images": [], "categories": [{"id": 1, "name": "a"}], "annotations": [' + b"0," * 300_000 + b"0]}")
    assert len(caught.value.faults) == MAXIMUM_FAULTS


@pytest.mark.parametrize("raw", cuts(content()))
def test_a_cut_document_is_refused(raw: bytes) -> None:
    """A download that broke off must not become a smaller data set."""
    with pytest.raises(CocoError):
        parse(raw)


def test_a_hundred_thousand_annotations_take_seconds() -> None:
    """Each is checked; that must not take minutes."""
    images = [{**IMAGE, "id": n, "file_name": f"{n}.jpg"} for n in range(20_000)]
    raw = content(images=images, annotations=[{**BOX, "image_id": n % 20_000} for n in range(100_000)])
    start = time.process_time()
    assert len(parse(raw).annotations) == 100_000
    assert time.process_time() - start < 10
