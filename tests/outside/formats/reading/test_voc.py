"""Pascal VOC folders: read strictly, every fault of a file at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detection.errors import SourceError
from detection.outside.formats.reading import voc

BOX = """<object><name>{name}</name><truncated>{cut}</truncated><bndbox>
<xmin>{0}</xmin><ymin>{1}</ymin><xmax>{2}</xmax><ymax>{3}</ymax></bndbox></object>"""


def _xml(*objects: str, size: str = "<size><width>64</width><height>48</height></size>") -> str:
    return f"<annotation>{size}{''.join(objects)}</annotation>"


def _box(*corners: object, name: str = "RBC", cut: int = 0) -> str:
    return BOX.format(*corners, name=name, cut=cut)


def _export(folder: Path, **labels: str) -> Path:
    (folder / "Annotations").mkdir()
    (folder / "JPEGImages").mkdir()
    for name, text in labels.items():
        (folder / "Annotations" / f"{name}.xml").write_text(text)
        (folder / "JPEGImages" / f"{name}.jpg").touch()
    return folder


def test_boxes_come_as_written(tmp_path: Path) -> None:
    """No shift by one pixel: no file says from where its tool counts."""
    export = voc.read(
        _export(tmp_path, a=_xml(_box(1, 2, "30.5", 40), _box(0, 0, 64, 48, name="WBC", cut=1))), "original"
    )
    image = export.images[0]
    assert (image.name, image.width, image.height, image.relative) == ("JPEGImages/a.jpg", 64, 48, False)
    assert image.answers[0].corners.tolist() == [[1, 2, 30.5, 40], [0, 0, 64, 48]]
    assert image.answers[0].labels.tolist() == ["RBC", "WBC"]
    assert image.answers[0].truncated.tolist() == [False, True]
    assert (image.answers[0].annotator, image.answers[0].verified, export.rejected) == ("original", False, ())


def test_an_image_without_objects_is_empty_one_without_a_file_is_unlabelled(tmp_path: Path) -> None:
    """The first teaches "nothing here", the second must teach nothing."""
    folder = _export(tmp_path, empty=_xml())
    (folder / "JPEGImages" / "nobody.jpg").touch()
    export = voc.read(folder, "original")
    assert [(i.name, len(i.answers[0])) for i in export.images] == [("JPEGImages/empty.jpg", 0)]
    assert [(r.name, r.finding) for r in export.rejected] == [("JPEGImages/nobody.jpg", "unlabelled")]


def test_folders_beside_each_other_and_odd_names_are_paired(tmp_path: Path) -> None:
    """One stem may stand in train and in valid; names hold ``#``, ``=`` and spaces."""
    for side in ("train", "valid"):
        for kind in ("annots", "images"):
            (tmp_path / side / kind).mkdir(parents=True)
        (tmp_path / side / "annots" / "ride 1.mp4#t=10.xml").write_text(_xml())
        (tmp_path / side / "images" / "ride 1.mp4#t=10.jpg").touch()
    names = [image.name for image in voc.read(tmp_path, "original").images]
    assert names == ["train/images/ride 1.mp4#t=10.jpg", "valid/images/ride 1.mp4#t=10.jpg"]


def test_all_faults_of_a_file_come_together(tmp_path: Path) -> None:
    """And the file's other boxes are not used: a frame half labelled is labelled wrongly."""
    text = _xml(
        _box(1, 2, "x", 4), _box(5, 6, 7, 8), "<object><name> </name></object>", size="<size><width>w</width></size>"
    )
    export = voc.read(_export(tmp_path, a=text), "original")
    assert not export.images
    reason = export.rejected[0].reason
    for part in ("object 1: <bndbox/xmax> is 'x'", "object 3: <name> is missing", "bndbox/ymin> is missing", "'w'"):
        assert part in reason
    assert export.rejected[0].finding == "unreadable-labels"


def test_nan_comes_through_for_validate_to_name(tmp_path: Path) -> None:
    """A number that is none is a fault of one box, not of the file."""
    export = voc.read(_export(tmp_path, a=_xml(_box(1, 2, "nan", 4))), "original")
    assert np.isnan(export.images[0].answers[0].corners[0, 2])


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><annotation>&x;</annotation>', id="file"),
        pytest.param('<!DOCTYPE a [<!ENTITY x "aaaa"><!ENTITY y "&x;&x;">]><annotation>&y;</annotation>', id="bomb"),
        pytest.param("<!DOCTYPE annotation><annotation/>", id="bare"),
    ],
)
def test_a_doctype_is_refused(tmp_path: Path, text: str) -> None:
    """Entities read files and fill memories; no labelling tool writes them."""
    export = voc.read(_export(tmp_path, a=text), "original")
    assert not export.images
    assert "DOCTYPE" in export.rejected[0].reason


@pytest.mark.parametrize(
    "text", ["", "<annotation>", "<html/>", "\0", '<?xml version="1.0" encoding="klingon"?><annotation/>']
)
def test_what_is_not_voc_is_listed(tmp_path: Path, text: str) -> None:
    """One broken file must not stop the import of a thousand."""
    export = voc.read(_export(tmp_path, a=text), "original")
    assert [r.name for r in export.rejected if r.finding == "unreadable-labels"] == ["Annotations/a.xml"]


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    """The parser's memory grows with the file."""
    export = voc.read(_export(tmp_path, a=_xml() + " " * voc.MAXIMUM_BYTES), "original")
    assert "expected at most" in export.rejected[0].reason


def test_a_missing_folder_is_our_error(tmp_path: Path) -> None:
    """A mistyped path is the first mistake everybody makes."""
    with pytest.raises(SourceError, match="no such folder"):
        voc.read(tmp_path / "nowhere", "original")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.integers(0, 400), junk=st.binary(max_size=12))
def test_no_damage_leaves_by_another_door(tmp_path: Path, cut: int, junk: bytes) -> None:
    """Whatever stands in a file, it is read or listed."""
    whole = _xml(_box(1, 2, 3, 4)).encode()
    (tmp_path / "a.xml").write_bytes(whole[:cut] + junk + whole[cut + 3 :])
    (tmp_path / "a.jpg").touch()
    export = voc.read(tmp_path, "original")
    assert len(export.images) + len([r for r in export.rejected if r.finding == "unreadable-labels"]) == 1


@pytest.mark.real_data
@pytest.mark.parametrize(("name", "images", "boxes"), [("bccd", 364, 4888), ("plates", 452, 554)])
def test_public_sets_are_read_whole(real_data: Callable[[str], Path], name: str, images: int, boxes: int) -> None:
    """Counts published beside the data, by others."""
    export = voc.read(real_data(name), "original")
    assert (len(export.images), sum(len(i.answers[0]) for i in export.images), export.rejected) == (images, boxes, ())
