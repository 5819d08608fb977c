"""What we write, read by others: pycocotools, and plain readers of text and XML that share no line with ours."""

from __future__ import annotations

import csv
import json
from contextlib import redirect_stdout
from dataclasses import replace
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import yaml
from pycocotools.coco import COCO

from detection.errors import LabelsError
from detection.outside.formats.writing import coco, cvat, label_studio, voc, yolo
from detection.outside.formats.writing.folders import Images
from detection.rules.labels.intake.arrivals import Common, tables
from detection.rules.labels.outgoing import Labelled
from tests.examples_exports import CLASSES, SOURCE, image
from tests.examples_labels import said, stored

HTML = CLASSES[1]


def labelled(split: bool = False) -> Labelled:
    """Frames a (two boxes), b (empty) and c (unlabelled), 64 x 48, ordered by their ids."""
    rows = [
        stored("a#t=1.jpg", answers=(said("anna", ("car", 1.1, 2, 30, 40), (HTML, 0, 0, 64, 48)),), second=3),
        stored("b.jpg", answers=(said("anna"),)),
        stored("c.jpg"),
    ]
    made = tables(rows, Common(SOURCE, (), "1"))
    splits = {"a#t=1.jpg": "train", "b.jpg": "golden", "c.jpg": "val"}
    parts = np.array([splits[name] for name in made.frames.name], object) if split else None
    return Labelled(made.frames, made.boxes, made.assignments, CLASSES, parts)


def test_pycocotools_reads_our_coco(tmp_path: Path) -> None:
    """Images, boxes and categories; the unlabelled frame is not among them."""
    coco.write(tmp_path / "out", labelled(), image)
    with redirect_stdout(StringIO()):
        read = COCO(str(tmp_path / "out" / "annotations" / "instances.json"))
    assert [c["name"] for c in read.loadCats(read.getCatIds())] == list(CLASSES)
    by_name = {i["file_name"]: i for i in read.loadImgs(read.getImgIds())}
    assert by_name.keys() == {"a#t=1.jpg", "b.jpg"}
    found = read.loadAnns(read.getAnnIds(imgIds=[by_name["a#t=1.jpg"]["id"]]))
    assert [a["bbox"] for a in found] == [[1.1, 2, 28.9, 38], [0, 0, 64, 48]]
    assert [a["category_id"] for a in found] == [1, 2]
    assert read.getAnnIds(imgIds=[by_name["b.jpg"]["id"]]) == []
    assert sorted(p.name for p in (tmp_path / "out" / "images").iterdir()) == ["a#t=1.jpg", "b.jpg"]


def test_coco_has_one_document_a_split(tmp_path: Path) -> None:
    coco.write(tmp_path / "out", labelled(split=True), image)
    documents = {p.name: json.loads(p.read_text()) for p in (tmp_path / "out" / "annotations").iterdir()}
    assert {n: [i["file_name"] for i in d["images"]] for n, d in documents.items()} == {
        "instances_train.json": ["a#t=1.jpg"],
        "instances_golden.json": ["b.jpg"],
    }


def test_yolo_by_hand(tmp_path: Path) -> None:
    """Class, centre and size in shares of 64 x 48; an unlabelled frame has no text file, an empty one an empty one."""
    yolo.write(tmp_path / "out", labelled(), image)
    lines = (tmp_path / "out" / "labels" / "a#t=1.txt").read_text().splitlines()
    numbers = np.array([line.split() for line in lines], float)
    assert numbers[:, 0].tolist() == [0, 1]
    assert numbers[:, 1:] == pytest.approx(
        np.array([[31.1 / 2 / 64, 42 / 2 / 48, 28.9 / 64, 38 / 48], [0.5, 0.5, 1, 1]]), abs=1e-8
    )
    assert (tmp_path / "out" / "labels" / "b.txt").read_text() == ""
    assert not (tmp_path / "out" / "labels" / "c.txt").exists()
    settings = yaml.safe_load((tmp_path / "out" / "data.yaml").read_text())
    assert settings == {"train": "images", "names": dict(enumerate(CLASSES))}


def test_yolo_has_a_folder_a_split_and_judges_on_golden_frames(tmp_path: Path) -> None:
    yolo.write(tmp_path / "out", labelled(split=True), image)
    settings = yaml.safe_load((tmp_path / "out" / "data.yaml").read_text())
    assert {key: settings[key] for key in ("train", "val", "test")} == {
        "train": "images/train", "val": "images/val", "test": "images/golden"
    }  # fmt: skip
    assert (tmp_path / "out" / "labels" / "train" / "a#t=1.txt").is_file()
    assert (tmp_path / "out" / "images" / "golden" / "b.jpg").is_file()


def test_voc_by_hand(tmp_path: Path) -> None:
    """ElementTree reads the tags that every VOC tool reads."""
    voc.write(tmp_path / "out", labelled(split=True), image)
    root = ElementTree.parse(tmp_path / "out" / "Annotations" / "a#t=1.xml").getroot()
    assert (root.findtext("filename"), root.findtext("size/width"), root.findtext("size/depth")) == (
        "a#t=1.jpg",
        "64",
        "3",
    )
    boxes = [[item.findtext(f"bndbox/{c}") for c in ("xmin", "ymin", "xmax", "ymax")] for item in root.iter("object")]
    assert boxes == [["1.1", "2", "30", "40"], ["0", "0", "64", "48"]]
    assert [item.findtext("name") for item in root.iter("object")] == ["car", HTML]
    assert ElementTree.parse(tmp_path / "out" / "Annotations" / "b.xml").getroot().findall("object") == []
    assert not (tmp_path / "out" / "Annotations" / "c.xml").exists()
    assert (tmp_path / "out" / "ImageSets" / "Main" / "golden.txt").read_text() == "b\n"
    assert (tmp_path / "out" / "classes.txt").read_text().splitlines() == list(CLASSES)


def test_what_is_known_of_frames_stands_beside_labels(tmp_path: Path) -> None:
    """VOC and YOLO have no place for a camera; a table beside them has."""
    voc.write(tmp_path / "out", labelled(split=True), image)
    rows = list(csv.DictReader((tmp_path / "out" / "frames.csv").open(encoding="utf-8", newline="")))
    assert [(row["file_name"], row["camera"], row["captured_at"], row["split"]) for row in rows] == [
        ("a#t=1.jpg", "cam-0", "1970-01-01T00:00:03.000000+00:00", "train"),
        ("b.jpg", "cam-0", "", "golden"),
        ("c.jpg", "cam-0", "", "val"),
    ]


def test_cvat_has_a_file_an_annotator(tmp_path: Path) -> None:
    """Names of classes in order, shapes with four corners, the frame's tag out of the way of a class of its name."""
    made = replace(labelled(), classes=(*CLASSES, "frame"))
    cvat.write(tmp_path / "out", made, image)
    root = ElementTree.parse(tmp_path / "out" / "annotations-anna.xml").getroot()
    assert [e.text for e in root.iterfind("meta/task/labels/label/name")] == [*CLASSES, "frame", "frame-"]
    assert root.findtext("meta/task/assignee/username") == "anna"
    assert {i.get("name"): len(i.findall("box")) for i in root.iter("image")} == {"a#t=1.jpg": 2, "b.jpg": 0}
    assert (tmp_path / "out" / "images" / "c.jpg").is_file()


def test_label_studio_has_a_task_a_frame(tmp_path: Path) -> None:
    """Percents of the image; the reference is one that a Label Studio with local files serves."""
    label_studio.write(tmp_path / "out", labelled(), image)
    tasks = json.loads((tmp_path / "out" / "tasks.json").read_text())
    by_image = {task["data"]["image"]: task for task in tasks}
    assert by_image.keys() == {f"/data/local-files/?d=images/{n}.jpg" for n in ("a%23t%3D1", "b", "c")}
    value = by_image["/data/local-files/?d=images/a%23t%3D1.jpg"]["annotations"][0]["result"][1]["value"]
    assert value == {"x": 0, "y": 0, "width": 100, "height": 100, "rotation": 0, "rectanglelabels": [HTML]}
    assert {i[-5]: len(task["annotations"]) for i, task in by_image.items()} == {"1": 1, "b": 1, "c": 0}
    config = ElementTree.parse(tmp_path / "out" / "label_config.xml").getroot()
    assert [label.get("value") for label in config.iter("Label")] == list(CLASSES)


@pytest.mark.parametrize("write", [yolo.write, label_studio.write])
def test_shares_need_a_size(tmp_path: Path, write: object) -> None:
    made = labelled()
    sizeless = replace(made, frames=replace(made.frames, width=np.zeros(3, np.int64)))
    with pytest.raises(LabelsError, match="size is unknown"):
        write(tmp_path / "out", sizeless, image)  # type: ignore[operator]


@pytest.mark.parametrize("name", ["", " car", "a\nb", "\x00"])
def test_a_class_name_that_no_file_can_hold_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(LabelsError, match="cannot hold this name"):
        voc.write(tmp_path / "out", replace(labelled(), classes=(*CLASSES, name)), image)


def test_an_image_keeps_its_bytes(tmp_path: Path) -> None:
    made = labelled()
    contents: Images = lambda row: image(row) + made.frames.id[row].encode()  # noqa: E731
    voc.write(tmp_path / "out", made, contents)
    row = made.frames.name.tolist().index("b.jpg")
    assert (tmp_path / "out" / "JPEGImages" / "b.jpg").read_bytes() == contents(row)
