"""COCO: read strictly, every fault of a file at once; what is no fault is told apart."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detection.errors import DetectionError
from detection.outside.deliveries import opened
from detection.outside.formats.reading import coco
from detection.rules.labels.intake.arrivals import Export
from tests.examples_hostile import ABSENT, LIMITS, SOURCE, delivery_of

CATEGORIES = [{"id": 1, "name": "box", "supercategory": "parcel"}, {"id": 30, "name": "empty"}]


def image(number: int | str = 7, name: str = "a.jpg", **more: object) -> dict[str, Any]:
    return {"id": number, "file_name": name, "width": 64, "height": 48, **more}


def box(*bbox: object, image: int | str = 7, category: int = 1, **more: object) -> dict[str, Any]:
    return {"id": 1, "image_id": image, "category_id": category, "bbox": list(bbox), **more}


def said(image: int | str = 7, category: int = 1, **more: object) -> dict[str, Any]:
    return {"image_id": image, "category_id": category, **more}


def document(images: list[Any], annotations: list[Any], categories: list[Any] | None = None) -> str:
    return json.dumps({"images": images, "annotations": annotations, "categories": categories or CATEGORIES})


def read(text: str | bytes, *names: str, where: str = "annotations/instances.json") -> Export:
    """Read one document beside image files of these names."""
    return coco.read(delivery_of({where: text, **dict.fromkeys(names, "")}), SOURCE)


def one(*annotations: Any) -> Export:
    """What comes of these annotations on one image."""
    return read(document([image()], list(annotations)), "images/a.jpg")


def test_corner_and_size_become_corners() -> None:
    """COCO writes x, y, width, height."""
    found = one(box(10, 20, 5.5, 6)).images[0]
    assert (found.name, found.width, found.height, found.relative) == ("images/a.jpg", 64, 48, False)
    assert found.answers[0].corners.tolist() == [[10, 20, 15.5, 26]]
    assert found.answers[0].labels.tolist() == ["box"]
    assert (found.answers[0].annotator, found.answers[0].verified) == ("original", False)


def test_each_image_gets_its_own_boxes() -> None:
    """Annotations stand in any order."""
    text = document(
        [image(1, "a.jpg"), image("2", "b.jpg"), image(3, "c.jpg")],
        [box(3, 3, 1, 1, image=3), box(1, 1, 1, 1, image=1), box(4, 4, 1, 1, image=3)],
    )
    found = {i.name: i.answers[0].corners[:, 0].tolist() for i in read(text, "c.jpg", "a.jpg", "b.jpg").images}
    assert found == {"a.jpg": [1], "b.jpg": [], "c.jpg": [3, 4]}


def test_listed_without_annotations_is_empty_not_listed_is_unlabelled() -> None:
    """COCO lists what was looked at."""
    export = read(document([image()], []), "images/a.jpg", "images/b.jpg")
    assert [(i.name, [len(a) for a in i.answers]) for i in export.images] == [
        ("images/a.jpg", [0]),
        ("images/b.jpg", []),
    ]
    assert export.rejected == ()


def test_a_box_is_made_around_polygons_that_have_none() -> None:
    """Some tools leave ``bbox`` out where they have the outline."""
    outline = [[10, 5, 20, 8, 15, 30.5], [40, 6, 41, 7, 42, 6]]
    assert one(said(segmentation=outline)).images[0].answers[0].corners.tolist() == [[10, 5, 42, 30.5]]
    assert one(said(segmentation=outline, bbox=[1, 1, 1, 1])).images[0].answers[0].corners.tolist() == [[1, 1, 2, 2]]


def test_a_crowd_is_a_box_with_that_mark() -> None:
    """Nothing inside it is learned or judged."""
    mask = {"counts": [1, 2], "size": [48, 64]}
    answer = one(box(1, 2, 3, 4), box(5, 6, 7, 8, iscrowd=1, segmentation=mask)).images[0].answers[0]
    assert answer.crowd.tolist() == [False, True]


def test_occluded_and_truncated_become_marks_wherever_they_stand() -> None:
    """CVAT writes them as attributes, among others of the user's."""
    answer = one(
        box(1, 2, 3, 4, attributes={"occluded": True, "truncated": "1", "colour": ["red"]}),
        box(1, 2, 3, 4, occluded=1, attributes=["odd"]),
        box(1, 2, 3, 4, attributes={"occluded": False}),
    ).images[0].answers[0]  # fmt: skip
    assert (answer.occluded.tolist(), answer.truncated.tolist()) == ([True, True, False], [True, False, False])


def test_an_object_that_nobody_drew_is_no_empty_frame() -> None:
    """Its other boxes would teach that the undrawn object is background."""
    export = one(box(1, 2, 3, 4), said())
    assert [i.answers for i in export.images] == [()]
    assert [(r.name, r.finding) for r in export.rejected] == [("a.jpg", "unboxed-object")]


def test_a_class_that_says_empty_is_an_answer() -> None:
    """Camera traps write that somebody looked and found nothing."""
    export = one(said(category=30))
    assert ([len(a) for a in export.images[0].answers], export.rejected) == ([0], ())


@pytest.mark.parametrize("other", [box(1, 2, 3, 4), said()], ids=["drawn", "not drawn"])
def test_empty_and_an_object_contradict_each_other(other: dict[str, Any]) -> None:
    """One of both is wrong, and nobody knows which."""
    export = one(said(category=30), other)
    assert (export.images, [r.finding for r in export.rejected]) == ((), ["unreadable-labels"])


def test_other_words_about_the_image_travel_as_text() -> None:
    """Where and when a camera trap looked; lists, nulls and what is no number do not."""
    text = document([image(location=33, seq_id="x", day=True, share=0.5, tags=[1], none=None)], [])
    fields = read(text.replace("0.5", '0.5, "far": 1e999'), "a.jpg").images[0].fields
    assert fields == {"location": "33", "seq_id": "x", "day": "true", "share": "0.5"}


def test_without_images_the_names_are_the_documents() -> None:
    """Folders and odd characters stay; nothing is looked for."""
    listed = [image(1, "s/ride 1.mp4#t=1.jpg"), image(2, "./b.jpg"), image(3, "../c.jpg"), image(4, "b.jpg")]
    export = coco.read(delivery_of({"a.json": document(listed, [])}), ABSENT)
    assert [i.name for i in export.images] == ["b.jpg", "s/ride 1.mp4#t=1.jpg"]
    assert [(r.name, r.finding) for r in export.rejected] == [("../c.jpg", "unreadable"), ("b.jpg", "duplicate-frame")]


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "/etc/passwd", "b.jpg", "C:/a.jpg", "a\n.jpg", "images\\a.jpg", ""]
)
def test_a_file_that_is_not_in_the_delivery_is_listed(name: str) -> None:
    """A file name is a claim: it finds a file of the delivery or nothing."""
    export = read(document([image(name=name)], []), "images/a.jpg")
    assert [r.finding for r in export.rejected] == ["unreadable"]
    assert export.rejected[0].name.isprintable()


def test_the_image_beside_the_document_wins() -> None:
    """Exports with a JSON file in each of train and valid repeat their file names."""
    text = document([image()], [])
    files = {f"{side}/{name}": text for side in ("train", "valid") for name in ("a.jpg", "_annotations.coco.json")}
    assert [i.name for i in coco.read(delivery_of(files), SOURCE).images] == ["train/a.jpg", "valid/a.jpg"]
    files = {f"{side}/{name}": text for side in ("train", "valid") for name in ("images/a.jpg", "labels/x.json")}
    assert [i.name for i in coco.read(delivery_of(files), SOURCE).images] == [
        "train/images/a.jpg",
        "valid/images/a.jpg",
    ]


def test_names_meet_in_every_unicode_form() -> None:
    """One system composes what another takes apart."""
    export = read(document([image(name="gru\u0308n #=.jpg")], []), "gr\u00fcn #=.jpg")
    assert [i.name for i in export.images] == ["gr\u00fcn #=.jpg"]


def test_a_class_name_travels_as_it_is() -> None:
    """Whoever shows it has to mask it."""
    text = document([image()], [box(1, 2, 3, 4)], [{"id": 1, "name": "<script>alert(1)</script>"}])
    assert read(text, "a.jpg").images[0].answers[0].labels.tolist() == ["<script>alert(1)</script>"]


def test_corners_of_any_size_travel_for_validate_to_name() -> None:
    """Negative and huge numbers are faults of one box, not of the file."""
    corners = one(box(-5, 1e300, -3, 1), box(1e308, 0, 1e308, 1)).images[0].answers[0].corners
    assert corners.shape == (2, 4)
    assert corners[0, [0, 2]].tolist() == [-5, -8]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_every_encoding_of_json_is_read(encoding: str) -> None:
    """Tools on Windows write byte order marks."""
    text = document([image(name="gr\u00fcn.jpg")], []).replace("\\u00fc", "\u00fc")
    assert read(text.encode(encoding), "gr\u00fcn.jpg").images[0].answers


@settings(max_examples=80, deadline=None)
@given(cut=st.integers(0, 400), junk=st.sampled_from(["", '"', "}", "[", "null", "-1", "\\ud800", "1e999", "[[]]"]))
def test_no_damage_leaves_by_another_door(cut: int, junk: str) -> None:
    """Whatever stands in a document, it is read or our own error."""
    whole = document([image()], [box(1, 2, 3, 4), said(segmentation=[[1, 2, 3, 4, 5, 6]])])
    with suppress(DetectionError):
        read(whole[:cut] + junk + whole[cut + 2 :], "a.jpg")


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=120, deadline=None)
@given(
    place=st.sampled_from(["id", "file_name", "width", "bbox", "segmentation", "attributes", "iscrowd", "x"]), odd=_JSON
)
def test_no_value_leaves_by_another_door(place: str, odd: Any) -> None:
    """A value of any kind in any place."""
    with suppress(DetectionError):
        read(document([{**image(), place: odd}], [{**said(segmentation=[[1, 2, 3, 4, 5, 6]]), place: odd}]), "a.jpg")


@pytest.mark.real_data
def test_the_public_camera_traps_are_read_whole(real_data: Callable[[str], Path]) -> None:
    """Counts published beside the data, by others; 995 of the images are labelled empty."""
    with opened(real_data("camera_traps"), LIMITS) as delivery:
        export = coco.read(delivery, ABSENT)
    answers = [a for i in export.images for a in i.answers]
    assert (len(export.images), sum(map(len, answers)), sum(not len(a) for a in answers)) == (3484, 1763, 995)
    assert {r.finding for r in export.rejected} == {"unboxed-object"}
    assert len({i.fields["location"] for i in export.images}) == 10
    assert len({i.fields["seq_id"] for i in export.images}) == 1421
    assert min(i.fields["date_captured"] for i in export.images).startswith("2011")
