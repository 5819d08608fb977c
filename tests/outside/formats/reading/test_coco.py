"""COCO folders: read strictly, every fault of a file at once."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detection.errors import DetectionError, SourceError
from detection.outside.formats.reading import coco

CATEGORIES = [{"id": 1, "name": "box", "supercategory": "parcel"}]


def _image(number: int = 7, name: str = "a.jpg") -> dict[str, Any]:
    return {"id": number, "file_name": name, "width": 64, "height": 48, "license": 1}


def _box(*bbox: object, image: int = 7, category: int = 1, **more: object) -> dict[str, Any]:
    return {"id": 1, "image_id": image, "category_id": category, "bbox": list(bbox), **more}


def _export(folder: Path, images: list[Any], annotations: list[Any], categories: list[Any] | None = None) -> Path:
    (folder / "annotations").mkdir(parents=True, exist_ok=True)
    (folder / "images").mkdir(exist_ok=True)
    (folder / "images" / "a.jpg").touch()
    document = {"images": images, "annotations": annotations, "categories": categories or CATEGORIES}
    (folder / "annotations" / "instances.json").write_text(json.dumps(document))
    return folder


def test_corner_and_size_become_corners(tmp_path: Path) -> None:
    """COCO writes x, y, width, height."""
    image = coco.read(_export(tmp_path, [_image()], [_box(10, 20, 5.5, 6)]), "original").images[0]
    assert (image.name, image.width, image.height, image.relative) == ("images/a.jpg", 64, 48, False)
    assert image.answers[0].corners.tolist() == [[10, 20, 15.5, 26]]
    assert image.answers[0].labels.tolist() == ["box"]


def test_a_listed_image_without_annotations_is_empty(tmp_path: Path) -> None:
    """COCO lists what was looked at."""
    assert [len(i.answers[0]) for i in coco.read(_export(tmp_path, [_image()], []), "o").images] == [0]


@pytest.mark.parametrize(
    ("annotation", "finding"),
    [
        pytest.param({"image_id": 7, "category_id": 1}, "unlabelled", id="no box"),
        pytest.param(_box(1, 2, 3, 4, iscrowd=1), "crowd-region", id="crowd"),
    ],
)
def test_images_with_uncounted_objects_are_set_aside(tmp_path: Path, annotation: dict[str, Any], finding: str) -> None:
    """Their other boxes would teach that the uncounted objects are background."""
    export = coco.read(_export(tmp_path, [_image()], [_box(1, 2, 3, 4), annotation]), "original")
    assert ([r.finding for r in export.rejected], export.images) == ([finding], ())


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "b.jpg"])
def test_a_file_that_is_not_in_the_folder_is_listed(tmp_path: Path, name: str) -> None:
    """A file name is a claim: it finds a file below the folder or nothing."""
    export = coco.read(_export(tmp_path, [_image(name=name)], []), "original")
    assert [(r.name, r.finding) for r in export.rejected] == [(name, "unreadable")]


def test_the_image_beside_the_document_wins(tmp_path: Path) -> None:
    """Exports with a JSON file in each of train and valid repeat their file names."""
    for side in ("train", "valid"):
        (tmp_path / side).mkdir()
        (tmp_path / side / "a.jpg").touch()
        document = {"images": [_image()], "annotations": [], "categories": CATEGORIES}
        (tmp_path / side / "_annotations.coco.json").write_text(json.dumps(document))
    assert [i.name for i in coco.read(tmp_path, "o").images] == ["train/a.jpg", "valid/a.jpg"]


def test_all_faults_of_a_document_come_together(tmp_path: Path) -> None:
    """A large document is converted anew after every fault: show them all at once."""
    _export(tmp_path, [_image(), _image()], [_box(1, 2, 3, 4, image=9), _box(1, 2, 3, 4, category=5)])
    with pytest.raises(SourceError) as caught:
        coco.read(tmp_path, "original")
    assert len(caught.value.faults) == 3
    assert "image_id 9" in str(caught.value)
    assert "category_id 5" in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('{"images": [], "annotations": []}', id="categories missing"),
        pytest.param('{"images": [{"id": 1, "file_name": 3}], "annotations": [], "categories": []}', id="types"),
        pytest.param("[1]", id="not a mapping"),
        pytest.param('{"images": NaN}', id="NaN"),
        pytest.param("[" * 100_000, id="deep"),
        pytest.param("", id="empty"),
        pytest.param(
            '{"images": [{"id": 7, "file_name": "a.jpg"}], "categories": [{"id": 1, "name": "box"}], '
            '"annotations": [{"image_id": 7, "category_id": 1, "bbox": [1e999, 0, 1, 1]}]}',
            id="1e999",
        ),
    ],
)
def test_what_is_not_coco_is_our_error(tmp_path: Path, text: str) -> None:
    """JSON readers accept NaN and 1e999; we do not."""
    (tmp_path / "a.json").write_text(text)
    with pytest.raises(DetectionError, match=r"a\.json"):
        coco.read(tmp_path, "original")


def test_a_folder_without_json_is_told(tmp_path: Path) -> None:
    """The path may be one folder too deep."""
    with pytest.raises(SourceError, match="no JSON file"):
        coco.read(tmp_path, "original")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cut=st.integers(0, 400), junk=st.sampled_from(["", '"', "}", "[", "null", "-1", "\\ud800"]))
def test_no_damage_leaves_by_another_door(tmp_path: Path, cut: int, junk: str) -> None:
    """Whatever stands in a document, it is read or our own error."""
    path = _export(tmp_path, [_image()], [_box(1, 2, 3, 4)]) / "annotations" / "instances.json"
    whole = path.read_text()
    path.write_text(whole[:cut] + junk + whole[cut + 2 :])
    with suppress(DetectionError):
        coco.read(tmp_path, "original")
