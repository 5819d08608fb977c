"""Pascal VOC: read strictly, every fault of a file at once; one broken file does not stop a thousand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detection.errors import SourceError
from detection.outside.deliveries import opened
from detection.outside.formats.reading import voc
from detection.rules.labels.intake.arrivals import Export
from detection.rules.labels.intake.sources import DeliveredSource
from tests.examples_hostile import ABSENT, LIMITS, SOURCE, cuts, delivery_of

BOX = """<object><name>{name}</name>{marks}<bndbox>
<xmin>{0}</xmin><ymin>{1}</ymin><xmax>{2}</xmax><ymax>{3}</ymax></bndbox></object>"""
SIZE = "<size><width>64</width><height>48</height></size>"


def xml(*objects: str, size: str = SIZE, words: str = "") -> str:
    return f"<annotation>{words}{size}{''.join(objects)}</annotation>"


def box(*corners: object, name: str = "RBC", marks: str = "") -> str:
    return BOX.format(*corners, name=name, marks=marks)


def read(text: str | bytes, *names: str) -> Export:
    """Read one XML file beside its image and others."""
    files = {"Annotations/a.xml": text, "JPEGImages/a.jpg": "", **dict.fromkeys(names, "")}
    return voc.read(delivery_of(files), SOURCE)


def test_boxes_come_as_written() -> None:
    """No shift by one pixel: no file says from where its tool counts."""
    export = read(xml(box(1, 2, "30.5", " 40 "), box(0, 0, 64, 48, name="WBC")))
    found = export.images[0]
    assert (found.name, found.width, found.height, found.relative) == ("JPEGImages/a.jpg", 64, 48, False)
    assert found.answers[0].corners.tolist() == [[1, 2, 30.5, 40], [0, 0, 64, 48]]
    assert found.answers[0].labels.tolist() == ["RBC", "WBC"]
    assert (found.answers[0].annotator, found.answers[0].verified, export.rejected) == ("original", False, ())


def test_occluded_and_truncated_become_marks() -> None:
    """Difficult and pose do not."""
    marks = "<truncated>1</truncated><difficult>1</difficult><pose>Left</pose>"
    answer = (
        read(xml(box(1, 2, 3, 4, marks=marks), box(1, 2, 3, 4, marks="<occluded>1</occluded>"))).images[0].answers[0]
    )
    assert (answer.truncated.tolist(), answer.occluded.tolist()) == ([True, False], [False, True])
    assert not answer.crowd.any()


def test_an_image_without_objects_is_empty_one_without_a_file_is_unlabelled() -> None:
    """The first teaches "nothing here", the second must teach nothing."""
    export = read(xml(), "JPEGImages/nobody.jpg")
    found = [(i.name, [len(a) for a in i.answers]) for i in export.images]
    assert found == [("JPEGImages/a.jpg", [0]), ("JPEGImages/nobody.jpg", [])]
    assert export.rejected == ()


def test_folders_beside_each_other_and_odd_names_are_paired() -> None:
    """One stem may stand in train and in valid; names hold ``#``, ``=``, spaces and either Unicode form."""
    files: dict[str, str | bytes] = {}
    for side in ("train", "valid"):
        files[f"{side}/annots/gru\u0308n 1.mp4#t=10.xml"] = xml()
        files[f"{side}/images/gr\u00fcn 1.mp4#t=10.jpg"] = ""
    names = [image.name for image in voc.read(delivery_of(files), SOURCE).images]
    assert names == ["train/images/gr\u00fcn 1.mp4#t=10.jpg", "valid/images/gr\u00fcn 1.mp4#t=10.jpg"]


def test_words_about_the_image_travel_as_text() -> None:
    """A mapping may find the camera in them."""
    found = read(xml(words="<folder> cam-7 </folder><source><database>x</database></source><path/>"))
    assert found.images[0].fields == {"folder": "cam-7"}


def test_without_images_the_file_says_the_name_or_has_it() -> None:
    """No suffix is guessed; a name that leads out, or none, leaves the stem; a name given twice gets its folder."""
    named = {"x/a.xml": "b.jpg", "x/b.xml": "", "x/c.xml": "../c.jpg", "x/d.xml": "d", "y/1.xml": "e", "z/1.xml": "e"}
    files = {file: xml(words=f"<filename>{name}</filename>") for file, name in named.items()}
    export = voc.read(delivery_of({**files, "e.jpg": ""}), ABSENT)
    assert ([i.name for i in export.images], export.rejected) == (["b", "b.jpg", "c", "d", "y/e", "z/e"], ())


def test_a_file_without_an_image_of_its_own_is_listed() -> None:
    """None, several, or one that another file labels already."""
    export = read(xml(), "Annotations/b.jpg", "JPEGImages/a.png")
    assert [(r.name, r.reason[:8]) for r in export.rejected] == [("Annotations/a.xml", "2 images")]
    assert [i.name for i in export.images] == ["Annotations/b.jpg"]
    export = voc.read(delivery_of({"x/a.xml": xml(), "y/a.xml": xml(), "z/a.jpg": ""}), SOURCE)
    assert [(r.name, "another file" in r.reason) for r in export.rejected] == [("y/a.xml", True)]
    export = voc.read(delivery_of({"x/a.xml": xml(), "y/b.jpg": ""}), SOURCE)
    assert [(r.name, r.finding) for r in export.rejected] == [("x/a.xml", "unreadable-labels")]


def test_all_faults_of_a_file_come_together() -> None:
    """And the file's other boxes are not used: a frame half labelled is labelled wrongly."""
    text = xml(
        box(1, 2, "x", 4), box(5, 6, 7, 8), "<object><name> </name></object>", size="<size><width>w</width></size>"
    )
    export = read(text)
    assert not export.images
    reason = export.rejected[0].reason
    for part in ("object 1: <bndbox/xmax> is 'x'", "object 3: <name> is missing", "bndbox/ymin> is missing", "'w'"):
        assert part in reason
    assert (export.rejected[0].name, export.rejected[0].finding) == ("Annotations/a.xml", "unreadable-labels")


@pytest.mark.parametrize("number", ["nan", "1e999", "-1e300", "-7"])
def test_odd_numbers_come_through_for_validate_to_name(number: str) -> None:
    """A number that is out of all bounds is a fault of one box, not of the file."""
    corner = read(xml(box(1, 2, number, 4))).images[0].answers[0].corners[0, 2]
    assert not np.isfinite(corner) or corner == -7


@pytest.mark.parametrize("number", ["1_0", "0x10", "", "1,5", "one"])
def test_what_is_no_number_is_a_fault(number: str) -> None:
    """Python reads some of them."""
    assert "bndbox/xmax" in read(xml(box(1, 2, number, 4))).rejected[0].reason


@pytest.mark.parametrize("side", ["-1", "9" * 5000, "1.5", "\u00b2"])
def test_a_size_that_is_none_is_a_fault(side: str) -> None:
    """Five thousand digits are more than Python turns into a number."""
    assert "size/width" in read(xml(size=f"<size><width>{side}</width></size>")).rejected[0].reason


def test_a_class_name_travels_as_it_is() -> None:
    """Whoever shows it has to mask it."""
    found = read(xml(box(1, 2, 3, 4, name="&lt;script&gt;alert(1)&lt;/script&gt;")))
    assert found.images[0].answers[0].labels.tolist() == ["<script>alert(1)</script>"]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><annotation>&x;</annotation>', id="file"),
        pytest.param('<!DOCTYPE a [<!ENTITY x "aaaa"><!ENTITY y "&x;&x;">]><annotation>&y;</annotation>', id="bomb"),
        pytest.param("<!DOCTYPE annotation><annotation/>", id="bare"),
    ],
)
def test_a_doctype_is_refused(text: str) -> None:
    """Entities read files and fill memories; no labelling tool writes them."""
    export = read(text)
    assert not export.images
    assert "DOCTYPE" in export.rejected[0].reason


@pytest.mark.parametrize(
    "text", ["", "<annotation>", "<html/>", "\0", '<?xml version="1.0" encoding="klingon"?><annotation/>',
             xml(box(1, 2, 3, 4, name="gr\u00fcn")).encode("latin-1"), *cuts(xml(box(1, 2, 3, 4)).encode())]
)  # fmt: skip
def test_what_is_not_voc_is_listed(text: str | bytes) -> None:
    """One broken file must not stop the import of a thousand; its image is not called unlabelled."""
    export = read(text)
    assert [(r.name, r.finding) for r in export.rejected] == [("Annotations/a.xml", "unreadable-labels")]
    assert export.images == ()


def test_a_utf_16_file_is_read() -> None:
    """XML says in its first bytes how it is written."""
    assert read(xml(box(1, 2, 3, 4, name="gr\u00fcn")).encode("utf-16")).images[0].answers[0].labels.tolist() == [
        "gr\u00fcn"
    ]


def test_a_huge_file_is_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The parser's memory grows with the file."""
    monkeypatch.setattr(voc, "MAXIMUM_BYTES", 100)
    assert "expected at most 100" in read(xml() + " " * 100).rejected[0].reason


def test_a_delivery_without_xml_is_our_error() -> None:
    """The delivery may be right and the format wrong."""
    with pytest.raises(SourceError, match="no XML file"):
        voc.read(delivery_of({"a.jpg": ""}), SOURCE)


@settings(max_examples=80, deadline=None)
@given(cut=st.integers(0, 400), junk=st.binary(max_size=12))
def test_no_damage_leaves_by_another_door(cut: int, junk: bytes) -> None:
    """Whatever stands in a file, it is read or listed."""
    whole = xml(box(1, 2, 3, 4)).encode()
    export = read(whole[:cut] + junk + whole[cut + 3 :])
    assert len(export.images) + len(export.rejected) == 1


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("name", "source", "images", "boxes"),
    [("bccd", SOURCE, 364, 4888), ("plates", SOURCE, 452, 554), ("bccd_v1", ABSENT, 343, 3854)],
)
def test_public_sets_are_read_whole(
    real_data: Callable[[str], Path], name: str, source: DeliveredSource, images: int, boxes: int
) -> None:
    """Counts published beside the data, by others."""
    limits = LIMITS.model_copy(update={"members": 10_000, "total_bytes": 10**9})
    with opened(real_data(name), limits) as delivery:
        export = voc.read(delivery, source)
    assert (len(export.images), sum(len(i.answers[0]) for i in export.images), export.rejected) == (images, boxes, ())
