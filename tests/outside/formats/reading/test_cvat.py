"""CVAT for images 1.1: shapes become upright boxes, assignees become annotators, hostile files become our errors."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detection.errors import DetectionError, SourceError
from detection.outside.formats.reading import cvat
from tests.examples_deliveries import (
    HOSTILE_NUMBERS,
    WRONG_ENCODINGS,
    boxes,
    by_name,
    cuts,
    delivered,
    read,
    source,
)
from tests.examples_hostile import zip_of

BOX = '<box label="car" source="manual" occluded="1" xtl="1.5" ytl="2" xbr="11.25" ybr="22" z_order="0"/>'
ENTRY = source("cvat")
ALONE = source("cvat", "absent")


def document(*shapes: str, who: str = "<assignee><username>Anna</username></assignee>", name: str = "a.jpg") -> str:
    image = f'<image id="0" name="{name}" width="64" height="48" subset="Train">{"".join(shapes)}</image>'
    meta = f"<meta><task><id>5</id>{who}<owner><username>boss</username><email/></owner></task></meta>"
    return f"<annotations><version>1.1</version>{meta}{image}</annotations>"


def only_box(tmp_path: Path, shape: str) -> list[float]:
    image = read(cvat, delivered(tmp_path, {"annotations.xml": document(shape)}), ALONE).images[0]
    return [float(value) for value in image.answers[0].corners[0]]


def test_boxes_bear_their_marks_and_their_assignee(tmp_path: Path) -> None:
    """Occluded is an attribute of the shape, truncated one of its attribute elements."""
    shape = BOX.replace("/>", '><attribute name="truncated">true</attribute></box>')
    folder = delivered(tmp_path, {"annotations.xml": document(shape), "images/a.jpg": b""})
    image = by_name(read(cvat, folder, ENTRY))["images/a.jpg"]
    answer = image.answers[0]
    assert (image.width, image.height, image.relative, image.fields) == (64, 48, False, {"subset": "Train"})
    assert boxes(image) == {"anna": [("car", [1.5, 2, 11.25, 22])]}
    assert (answer.occluded[0], answer.truncated[0], answer.crowd[0], answer.verified) == (True, True, False, False)


@pytest.mark.parametrize(
    ("shape", "corners"),
    [
        pytest.param('<polygon label="c" points="1,2;5,2.5;3,9"/>', [1, 2, 5, 9], id="polygon"),
        pytest.param('<polyline label="c" points="1,2;5,9"/>', [1, 2, 5, 9], id="polyline"),
        pytest.param('<points label="c" points="1,2;5,9"/>', [1, 2, 5, 9], id="points"),
        pytest.param('<mask label="c" rle="1" left="3" top="4" width="5" height="6"/>', [3, 4, 8, 10], id="mask"),
        pytest.param('<ellipse label="c" cx="10" cy="20" rx="3" ry="4"/>', [7, 16, 13, 24], id="ellipse"),
        pytest.param(
            '<ellipse label="c" cx="10" cy="20" rx="3" ry="4" rotation="90"/>', [6, 17, 14, 23], id="turned ellipse"
        ),
        pytest.param(
            '<box label="c" xtl="0" ytl="10" xbr="20" ybr="20" rotation="90"/>', [5, 5, 15, 25], id="turned box"
        ),
        pytest.param(
            '<cuboid label="c" xtl1="1" ytl1="2" xbl1="1" ybl1="8" xtr1="5" ytr1="2" xbr1="5" ybr1="8" '
            'xtl2="3" ytl2="1" xbl2="3" ybl2="7" xtr2="9" ytr2="1" xbr2="9" ybr2="7"/>',
            [1, 1, 9, 8],
            id="cuboid",
        ),
        pytest.param(
            '<skeleton label="c"><points label="p" points="1,2"/><points label="q" points="4,9"/></skeleton>',
            [1, 2, 4, 9],
            id="skeleton",
        ),
    ],
)
def test_the_box_around_any_shape_counts(tmp_path: Path, shape: str, corners: list[float]) -> None:
    """Worked out by hand: a turn is about the middle of the shape."""
    assert only_box(tmp_path, shape) == pytest.approx(corners, abs=1e-4)


def test_two_files_are_two_annotators_of_one_image(tmp_path: Path) -> None:
    """Two people who label the same images do so in two tasks; without assignee the owner did."""
    folder = delivered(tmp_path, {"1.xml": document(BOX), "2.xml": document(who="")})
    assert boxes(read(cvat, folder, ALONE).images[0]) == {"anna": [("car", [1.5, 2, 11.25, 22])], "boss": []}


def test_a_project_names_an_annotator_for_each_task(tmp_path: Path) -> None:
    """Its images say to which task they belong."""
    tasks = "".join(f"<task><id>{n}</id><assignee><username>w{n}</username></assignee></task>" for n in (1, 2))
    images = "".join(f'<image id="{n}" name="a.jpg" width="9" height="9" task_id="{n}"/>' for n in (1, 2, 3))
    text = f"<annotations><meta><project><tasks>{tasks}</tasks></project></meta>{images}</annotations>"
    image = read(cvat, delivered(tmp_path, {"a.xml": text}), ALONE).images[0]
    assert [a.annotator for a in image.answers] == ["w1", "w2", "original"]


def test_a_zip_from_the_server_is_read_as_it_is(tmp_path: Path) -> None:
    """CVAT hands out zips; a name may stand there in another Unicode form than in the XML."""
    files = {"annotations.xml": document(BOX, name="sub/\u00e9.jpg").encode(), "images/sub/e\u0301.jpg": b""}
    export = read(cvat, zip_of(tmp_path / "task.zip", files), ENTRY)
    assert [(i.name, len(i.answers[0])) for i in export.images] == [("images/sub/e\u0301.jpg", 1)]


def test_unlisted_images_were_not_looked_at(tmp_path: Path) -> None:
    """Unlike listed images without shapes, which are empty."""
    folder = delivered(tmp_path, {"annotations.xml": document(), "a.jpg": b"", "sub/b.jpg": b""})
    assert {n: len(i.answers) for n, i in by_name(read(cvat, folder, ENTRY)).items()} == {"a.jpg": 1, "sub/b.jpg": 0}


def test_a_point_is_an_object_that_nobody_boxed(tmp_path: Path) -> None:
    """The image cannot teach that nothing is there; a class that says so is an answer."""
    point = '<points label="car" points="3,4"/>'
    folder = delivered(tmp_path, {"annotations.xml": document(BOX, point)})
    export = read(cvat, folder, ALONE)
    assert (export.images[0].answers, [r.finding for r in export.rejected]) == ((), ["unboxed-object"])
    empty = read(
        cvat, delivered(tmp_path, {"annotations.xml": document(point)}), source("cvat", "absent", empty_names=["car"])
    )
    assert [len(a) for a in empty.images[0].answers] == [0]


def test_tags_are_no_objects_and_tell_fields(tmp_path: Path) -> None:
    """Our own export writes camera and scene as attributes of a tag."""
    tag = '<tag label="frame" source="manual"><attribute name="camera">c-1</attribute></tag>'
    image = read(cvat, delivered(tmp_path, {"annotations.xml": document(tag)}), ALONE).images[0]
    assert (len(image.answers[0]), image.fields) == (0, {"camera": "c-1", "subset": "Train"})


@pytest.mark.parametrize("number", HOSTILE_NUMBERS)
def test_a_number_that_is_none_sets_its_image_aside(tmp_path: Path, number: str) -> None:
    """Whatever Python's float takes, only finite numbers of a picture's size pass."""
    export = read(cvat, delivered(tmp_path, {"a.xml": document(BOX.replace("11.25", number))}), ALONE)
    assert ([r.finding for r in export.rejected], export.images) == (["unreadable-labels"], ())


def test_negative_and_swapped_corners_travel_as_written(tmp_path: Path) -> None:
    """Stage validate names them."""
    assert only_box(tmp_path, '<box label="c" xtl="-5" ytl="9" xbr="-7" ybr="3"/>') == [-5, 9, -7, 3]


def test_a_class_name_that_is_html_stays_text(tmp_path: Path) -> None:
    shape = '<box label="&lt;b&gt;&quot;x&quot;" xtl="1" ytl="2" xbr="3" ybr="4"/>'
    image = read(cvat, delivered(tmp_path, {"a.xml": document(shape)}), ALONE).images[0]
    assert image.answers[0].labels.tolist() == ['<b>"x"']


@pytest.mark.parametrize("name", ["../a.jpg", "/etc/passwd", "a/../../b.jpg", "C:\\a.jpg", "", "b.jpg"])
def test_a_name_finds_an_image_of_the_delivery_or_nothing(tmp_path: Path, name: str) -> None:
    folder = delivered(tmp_path, {"a.xml": document(name=name), "a.jpg": b""})
    export = read(cvat, folder, ENTRY)
    assert [r.finding for r in export.rejected] == ["unreadable"]
    assert [(i.name, i.answers) for i in export.images] == [("a.jpg", ())]


def test_people_whose_names_become_one_id_are_told_apart_by_the_source(tmp_path: Path) -> None:
    who = "<assignee><username>{}</username></assignee>"
    texts = {f"{n}.xml": document(who=who.format(name)) for n, name in enumerate(("Anna", "anna"))}
    with pytest.raises(SourceError, match="'Anna', 'anna' would all be 'anna'"):
        read(cvat, delivered(tmp_path, texts), ALONE)
    image = read(cvat, tmp_path, source("cvat", "absent", annotators={"Anna": "anna-b"})).images[0]
    assert [a.annotator for a in image.answers] == ["anna-b", "anna"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("<annotation/>", "<annotations>", id="voc"),
        pytest.param("<annotations><track id='0'/></annotations>", "video", id="video"),
        pytest.param("<annotations><version>2.0</version></annotations>", "version", id="version"),
        pytest.param('<!DOCTYPE a [<!ENTITY b "c">]><annotations>&b;</annotations>', "DOCTYPE", id="doctype"),
        pytest.param("", "XML", id="empty"),
    ],
)
def test_what_is_not_cvat_for_images_refuses_the_delivery(tmp_path: Path, text: str, words: str) -> None:
    """With every fault of every file; nothing is half imported."""
    with pytest.raises(SourceError, match=words) as caught:
        read(cvat, delivered(tmp_path, {"a.xml": text, "b.xml": "<", "c.xml": document()}), ALONE)
    assert len(caught.value.faults) == 2


def test_a_delivery_without_xml_is_told(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no XML file"):
        read(cvat, tmp_path, ALONE)


def test_a_truncated_file_is_refused_whole(tmp_path: Path) -> None:
    """At every 5 %: XML that ends early is no XML."""
    for cut in cuts(document(BOX, BOX).encode()):
        with pytest.raises(SourceError):
            read(cvat, delivered(tmp_path, {"a.xml": cut}), ALONE)


@pytest.mark.parametrize("encoding", WRONG_ENCODINGS)
def test_another_encoding_is_read_or_refused(tmp_path: Path, encoding: str) -> None:
    """A byte order mark tells UTF-16; anything else is our error."""
    with suppress(SourceError):
        export = read(cvat, delivered(tmp_path, {"a.xml": document(BOX).encode(encoding)}), ALONE)
        assert boxes(export.images[0]) == {"anna": [("car", [1.5, 2, 11.25, 22])]}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.integers(0, 330), width=st.integers(0, 9), junk=st.sampled_from(["", '"', "<", "&lt;", "nan", "-1", ";"]))
def test_no_damage_leaves_by_another_door(tmp_path: Path, cut: int, width: int, junk: str) -> None:
    """Whatever stands in a file, it is read or our own error."""
    whole = document(BOX, '<polygon label="c" points="1,2;5,2.5;3,9"/>')
    with suppress(DetectionError):
        read(cvat, delivered(tmp_path, {"a.xml": whole[:cut] + junk + whole[cut + width :]}), ALONE)
