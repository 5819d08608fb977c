"""Label Studio's export: several answers a task, skipped ones, the expert's; hostile files become our errors."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detection.errors import DetectionError, SourceError
from detection.outside.formats.reading import label_studio
from tests.examples_deliveries import WRONG_ENCODINGS, boxes, by_name, cuts, delivered, read, source

ENTRY = source("label_studio")
ALONE = source("label_studio", "absent")
NUMBERS = [float("nan"), float("inf"), 1e300, 10**400, "5", None, True, [1]]


def region(kind: str = "rectanglelabels", label: str = "car", key: str = "r1", **value: Any) -> dict[str, Any]:
    return {
        "id": key, "type": kind, "from_name": "label", "to_name": "image", "original_width": 200,
        "original_height": 100, "image_rotation": 0, "value": {kind: [label], **value},
    }  # fmt: skip


def rectangle(**more: Any) -> dict[str, Any]:
    return region(**{"x": 10, "y": 20, "width": 30, "height": 40, "rotation": 0, **more})


def said(*results: dict[str, Any], who: object = 7, **more: Any) -> dict[str, Any]:
    return {
        "id": 1,
        "completed_by": who,
        "was_cancelled": False,
        "ground_truth": False,
        "result": list(results),
        **more,
    }


def task(*annotations: dict[str, Any], image: str = "a.jpg", **data: Any) -> dict[str, Any]:
    return {
        "id": 3,
        "annotations": list(annotations),
        "predictions": [{"result": [rectangle()]}],
        "data": {"image": image, **data},
    }


def written(folder: Path, *tasks: object, **files: bytes) -> Path:
    return delivered(folder, {"export.json": json.dumps(list(tasks)), **files})


def test_every_annotator_answers_for_himself(tmp_path: Path) -> None:
    """As a number, by e-mail, or nameless; a prediction is nobody's answer."""
    people = [7, {"id": 1, "email": "Jane@example.com"}, {"id": 9}, None]
    export = read(label_studio, written(tmp_path, task(*(said(rectangle(), who=who) for who in people))), ALONE)
    image = export.images[0]
    assert list(boxes(image)) == ["7", "jane-example-com", "9", "original"]
    assert boxes(image)["7"] == [("car", [20, 20, 80, 60])]
    assert (image.name, image.width, image.height, image.relative) == ("a.jpg", 200, 100, False)


def test_skipped_is_not_empty(tmp_path: Path) -> None:
    """Who skips has not looked; who sends no region has found nothing."""
    export = read(label_studio, written(tmp_path, task(said(was_cancelled=True), said(who=8))), ALONE)
    assert [(a.annotator, len(a)) for a in export.images[0].answers] == [("8", 0)]
    assert [(r.finding, "7 skipped it" in r.reason) for r in export.rejected] == [("unlabelled", True)]


def test_a_task_without_annotations_was_not_looked_at(tmp_path: Path) -> None:
    export = read(label_studio, written(tmp_path, task()), ALONE)
    assert (export.images[0].answers, export.rejected) == ((), ())


def test_ground_truth_is_the_expert(tmp_path: Path) -> None:
    """Whoever drew it: another answer of the same person stays that person's."""
    image = read(label_studio, written(tmp_path, task(said(), said(rectangle(), ground_truth=True))), ALONE).images[0]
    assert [(a.annotator, a.verified, len(a)) for a in image.answers] == [("7", False, 0), ("verified", True, 1)]


@pytest.mark.parametrize(
    ("result", "corners"),
    [
        pytest.param(rectangle(x=50, y=50, width=20, height=10, rotation=90), [90, 50, 100, 90], id="turned rectangle"),
        pytest.param(region("polygonlabels", points=[[1, 2], [5, 4], [3, 9]]), [2, 2, 10, 9], id="polygon"),
        pytest.param(region("ellipselabels", x=50, y=50, radiusX=10, radiusY=5), [80, 45, 120, 55], id="ellipse"),
        pytest.param(
            region("labels", x=10, y=20, width=30, height=40), [20, 20, 80, 60], id="labels beside a plain shape"
        ),
    ],
)
def test_the_box_around_any_shape_counts(tmp_path: Path, result: dict[str, Any], corners: list[float]) -> None:
    """Worked out by hand on 200 x 100 pixels: a rectangle turns clockwise about its first corner."""
    image = read(label_studio, written(tmp_path, task(said(result))), ALONE).images[0]
    assert image.answers[0].corners.tolist()[0] == pytest.approx(corners, abs=1e-4)


def test_choices_for_a_region_mark_its_box(tmp_path: Path) -> None:
    """Other choices, texts and ratings are passed over."""
    choice = {"id": "r1", "type": "choices", "value": {"choices": ["Occluded", "blue"]}}
    other = {"id": "x", "type": "textarea", "value": {"text": ["hello"]}}
    answer = read(label_studio, written(tmp_path, task(said(rectangle(), choice, other))), ALONE).images[0].answers[0]
    assert (answer.occluded.tolist(), answer.truncated.tolist(), len(answer)) == ([True], [False], 1)


def test_without_a_size_corners_are_shares(tmp_path: Path) -> None:
    """Percents need no size; a turn does."""
    plain = {k: v for k, v in rectangle().items() if not k.startswith("original")}
    image = read(label_studio, written(tmp_path, task(said(plain))), ALONE).images[0]
    assert (image.relative, image.answers[0].corners.tolist()[0]) == (True, pytest.approx([0.1, 0.2, 0.4, 0.6]))
    plain["value"]["rotation"] = 5
    rejected = read(label_studio, written(tmp_path, task(said(plain))), ALONE).rejected
    assert [r.finding for r in rejected] == ["unreadable-labels"]


@pytest.mark.parametrize(
    "reference",
    [
        "a.jpg",
        "/data/upload/1/0123abcd-a.jpg",
        "data/upload/12/0123abcd-a.jpg",
        "/data/local-files/?d=images/a.jpg",
        "s3://bucket/images/a.jpg",
        "https://host.invalid/x/a.jpg?sig=1",
        "/data/local-files/?d=images%2Fa.jpg",
    ],
)
def test_an_image_is_found_by_the_end_of_its_reference(tmp_path: Path, reference: str) -> None:
    """With or without the prefix that an upload gets; nothing is fetched."""
    folder = delivered(tmp_path, {"e.json": json.dumps([task(said(), image=reference)]), "images/a.jpg": b""})
    assert {n: len(i.answers) for n, i in by_name(read(label_studio, folder, ENTRY)).items()} == {"images/a.jpg": 1}


def test_of_equal_names_the_nearest_folder_is_meant(tmp_path: Path) -> None:
    images = {"one/a.jpg": b"", "two/a.jpg": b""}
    clear, unclear = task(said(), image="s3://bucket/two/a.jpg"), task(said(), image="a.jpg")
    export = read(label_studio, delivered(tmp_path, {"e.json": json.dumps([clear, unclear]), **images}), ENTRY)
    assert {n: len(i.answers) for n, i in by_name(export).items()} == {"one/a.jpg": 0, "two/a.jpg": 1}
    assert [r.finding for r in export.rejected] == ["unreadable"]


@pytest.mark.parametrize(
    "reference", ["../a.jpg", "/etc/passwd", "/data/local-files/?d=../../a.jpg", "", "file://\\\\a"]
)
def test_a_reference_never_leads_out(tmp_path: Path, reference: str) -> None:
    folder = delivered(tmp_path, {"e.json": json.dumps([task(said(), image=reference)]), "b.jpg": b""})
    assert [r.finding for r in read(label_studio, folder, ENTRY).rejected] == ["unreadable"]


def test_of_several_images_none_is_guessed(tmp_path: Path) -> None:
    """Unless one is called ``image``; then the others are texts like any other."""
    left_right = {"id": 1, "annotations": [said()], "data": {"leftImage": "a.jpg", "rightImage": "b.jpg"}}
    export = read(label_studio, written(tmp_path, left_right), ALONE)
    assert ([r.finding for r in export.rejected], export.images) == (["unreadable"], ())
    image = read(label_studio, written(tmp_path, task(said(), page_url="x")), ALONE).images[0]
    assert (image.name, image.fields) == ("a.jpg", {"page_url": "x"})


def test_a_thousand_answers_for_one_image_are_enough(tmp_path: Path) -> None:
    """A file of a million opinions on one image is no labelling project."""
    export = read(label_studio, written(tmp_path, *[task(said(who=n)) for n in range(1001)]), ALONE)
    assert (len(export.images[0].answers), [r.finding for r in export.rejected]) == (1000, ["unreadable-labels"])


def test_scalars_of_the_task_become_fields(tmp_path: Path) -> None:
    """For the metadata mapping; ``guideline`` goes with the answers."""
    made = task(said(), camera="c-1", second=3, night=True, guideline="2", more={"a": 1})
    image = read(label_studio, written(tmp_path, made), ALONE).images[0]
    assert image.fields == {"camera": "c-1", "second": "3", "night": "true", "guideline": "2"}
    assert image.answers[0].guideline == "2"


@pytest.mark.parametrize("number", NUMBERS, ids=lambda n: str(n)[:9])
def test_a_number_that_is_none_sets_the_answer_aside(tmp_path: Path, number: object) -> None:
    """The other annotator's answer stays; a file that is no JSON at all is refused."""
    with suppress(SourceError):
        export = read(label_studio, written(tmp_path, task(said(rectangle(x=number)), said(who=8))), ALONE)
        assert ([a.annotator for a in export.images[0].answers], len(export.rejected)) == (["8"], 1)


@pytest.mark.parametrize("labels", [[], ["a", "b"], [3], "car", [" "]])
def test_a_region_needs_exactly_one_label(tmp_path: Path, labels: object) -> None:
    shape = rectangle()
    shape["value"]["rectanglelabels"] = labels
    export = read(label_studio, written(tmp_path, task(said(shape))), ALONE)
    assert ([r.finding for r in export.rejected], export.images[0].answers) == (["unreadable-labels"], ())


def test_a_mark_without_an_extent_is_an_object_that_nobody_boxed(tmp_path: Path) -> None:
    export = read(label_studio, written(tmp_path, task(said(region("keypointlabels", x=1, y=2, width=1)))), ALONE)
    assert ([r.finding for r in export.rejected], export.images[0].answers) == (["unboxed-object"], ())


def test_a_damaged_brush_stroke_sets_the_answer_aside(tmp_path: Path) -> None:
    export = read(label_studio, written(tmp_path, task(said(region("brushlabels", rle=[1], format="rle")))), ALONE)
    assert ([r.finding for r in export.rejected], export.images[0].answers) == (["unreadable-labels"], ())


def test_a_class_name_that_is_html_stays_text(tmp_path: Path) -> None:
    image = read(label_studio, written(tmp_path, task(said(rectangle(label='<b>"x"')))), ALONE).images[0]
    assert image.answers[0].labels.tolist() == ['<b>"x"']


def test_two_people_with_one_name_are_told(tmp_path: Path) -> None:
    pair = task(said(who="Jo Doe"), said(who={"username": "jo-doe"}))
    with pytest.raises(SourceError, match="'Jo Doe', 'jo-doe' would all be 'jo-doe'"):
        read(label_studio, written(tmp_path, pair), ALONE)


def test_tasks_with_one_id_are_two_opinions_on_their_images(tmp_path: Path) -> None:
    """Ids decide nothing: exports of two projects repeat them."""
    export = read(label_studio, written(tmp_path, task(said()), task(said(who=8)), task(said(), image="b.jpg")), ALONE)
    assert {n: len(i.answers) for n, i in by_name(export).items()} == {"a.jpg": 2, "b.jpg": 1}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param('[{"image": "a.jpg", "label": []}]', "JSON-MIN", id="min"),
        pytest.param("{}", "array", id="mapping"),
        pytest.param("", "JSON", id="empty"),
        pytest.param("[" * 100_000, "JSON", id="deep"),
        pytest.param('[{"annotations": [{"result": 3}], "data": {}}]', "result", id="types"),
    ],
)
def test_what_is_no_full_export_refuses_the_delivery(tmp_path: Path, text: str, words: str) -> None:
    """With every fault of every file; nothing is half imported."""
    files = {"a.json": text, "b.json": "x", "c.json": json.dumps([task(said())])}
    with pytest.raises(SourceError, match=words) as caught:
        read(label_studio, delivered(tmp_path, files), ALONE)
    assert {fault.split(":")[0] for fault in caught.value.faults} == {"a.json", "b.json"}


def test_a_delivery_without_json_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no JSON file"):
        read(label_studio, tmp_path, ALONE)


def test_a_truncated_file_is_refused_whole(tmp_path: Path) -> None:
    for cut in cuts(json.dumps([task(said(rectangle())), task(said())]).encode()):
        with pytest.raises(SourceError):
            read(label_studio, delivered(tmp_path, {"a.json": cut}), ALONE)


@pytest.mark.parametrize("encoding", WRONG_ENCODINGS)
def test_another_encoding_is_refused(tmp_path: Path, encoding: str) -> None:
    content = json.dumps([task(said(), image="ü.jpg")], ensure_ascii=False).encode(encoding)
    with suppress(SourceError):
        assert encoding == "utf-7", read(label_studio, delivered(tmp_path, {"a.json": content}), ALONE)
    assert read(label_studio, delivered(tmp_path, {"a.json": b"\xef\xbb\xbf[]"}), ALONE).images == ()


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    key=st.sampled_from(["value", "type", "original_width", "image_rotation", "id"]), value=VALUES, inside=st.booleans()
)
def test_no_value_leaves_by_another_door(tmp_path: Path, key: str, value: object, inside: bool) -> None:
    """Whatever stands in a region, it is read or our own error."""
    shape = rectangle()
    shape["value" if inside else key] = {"rectanglelabels": ["car"], "x": value, "points": value} if inside else value
    with suppress(DetectionError):
        read(label_studio, written(tmp_path, task(said(shape, who=value), image="a.jpg", url=value)), ALONE)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cut=st.integers(0, 500),
    width=st.integers(0, 9),
    junk=st.sampled_from(["", '"', "]", "{", "NaN", "1e999", "\\ud800"]),
)
def test_no_damage_leaves_by_another_door(tmp_path: Path, cut: int, width: int, junk: str) -> None:
    whole = json.dumps([task(said(rectangle()))])
    with suppress(DetectionError):
        read(label_studio, delivered(tmp_path, {"a.json": whole[:cut] + junk + whole[cut + width :]}), ALONE)
