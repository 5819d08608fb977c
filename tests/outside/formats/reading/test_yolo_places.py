"""``data.yaml``: every form of path that the trainer takes, and none that leads out."""

from __future__ import annotations

from pathlib import Path

import pytest

from detection.errors import SourceError
from detection.outside.deliveries import opened
from detection.outside.formats.reading.yolo_places import Images, document_of, images_of, settings_of
from tests.examples_hostile import LIMITS, delivery_of, folder_of

FILES = dict.fromkeys(["images/train/a.jpg", "images/train/deep/b.png", "images/val/c.jpg", "images/trainer/d.jpg"], "")
TRAIN = ("images/train/a.jpg", "images/train/deep/b.png")


def images(data: str, home: str = "", **more: str) -> Images:
    """What a document names among the files, all of them below ``home``."""
    files = {f"{home}{name}": text for name, text in {**FILES, **more}.items()}
    delivery = delivery_of({**files, f"{home}data.yaml": f"{data}\nnames: [a]"})
    document = document_of(delivery)
    return images_of(delivery, document, settings_of(delivery, document))


@pytest.mark.parametrize(
    ("data", "names"),
    [
        pytest.param("train: images/train", TRAIN, id="folder"),
        pytest.param("train: images/train/", TRAIN, id="folder with a slash"),
        pytest.param("train: ./images/train", TRAIN, id="folder from here"),
        pytest.param("train: images/train/deep", TRAIN[1:], id="inner folder"),
        pytest.param("path: images\ntrain: train", TRAIN, id="root"),
        pytest.param("path: .\ntrain: images/train", TRAIN, id="root is here"),
        pytest.param("path: ''\ntrain: images/train", TRAIN, id="root is nothing"),
        pytest.param("path: ../datasets/mine\ntrain: images/train", TRAIN, id="root of another machine"),
        pytest.param("path: mine\ntrain: images/train", TRAIN, id="root that is not there"),
        pytest.param("train: ../images/train", TRAIN, id="one level too high"),
        pytest.param("train: [images/train/deep, images/val]", (TRAIN[1], "images/val/c.jpg"), id="list"),
        pytest.param("train: images/train\nval: images/val\ntest: null", (*TRAIN, "images/val/c.jpg"), id="splits"),
        pytest.param("train: images/train\nval: images/train", TRAIN, id="one folder twice"),
        pytest.param("train: .", (*TRAIN, "images/trainer/d.jpg", "images/val/c.jpg"), id="everything"),
    ],
)
@pytest.mark.parametrize("home", ["", "package/"], ids=["top", "one down"])
def test_every_form_of_path_is_read(data: str, names: tuple[str, ...], home: str) -> None:
    """An archive often holds everything in one folder."""
    found = images(data, home)
    assert found == Images(tuple(f"{home}{name}" for name in names), ())


def test_a_list_of_images_is_read_from_its_own_folder_or_the_root() -> None:
    """Both are in use; lines that lead to nothing are listed."""
    lists = {
        "lists/train.txt": "./../images/train/a.jpg\r\n\nimages/val/c.jpg\nimages/none.jpg\n../../etc/passwd\n",
        "val.txt": "\ufeffimages/train/deep/b.png",
    }
    found = images("train: lists/train.txt\nval: [val.txt]", **lists)
    assert found.names == ("images/train/a.jpg", "images/train/deep/b.png", "images/val/c.jpg")
    assert [r.reason for r in found.missing] == [
        "lists 'images/none.jpg', which is no image of it",
        "lists '../../etc/passwd', which is no image of it",
    ]


def test_a_list_that_is_no_text_is_listed() -> None:
    """Nothing else of the data is at fault."""
    delivery = delivery_of({"data.yaml": "train: a.txt\nnames: [a]", "a.txt": b"\xff\xfe\0"})
    found = images_of(delivery, "data.yaml", settings_of(delivery, "data.yaml"))
    assert (found.names, [r.finding for r in found.missing]) == ((), ["unreadable-labels"])


def test_an_absolute_path_counts_only_inside_the_delivery(tmp_path: Path) -> None:
    """The trainer writes such paths on the machine where it runs."""
    folder = folder_of(tmp_path / "d", {"images/a.jpg": b"", "list.txt": f"{tmp_path}/d/images/a.jpg".encode()})
    folder_of(tmp_path / "out", {"images/b.jpg": b""})
    inside = [f"train: {folder}/images", f"path: {folder}\ntrain: images", "train: list.txt", f"train: {folder}"]
    for data in inside:
        (folder / "data.yaml").write_text(f"{data}\nnames: [a]")
        with opened(folder, LIMITS) as delivery:
            assert images_of(delivery, "data.yaml", settings_of(delivery, "data.yaml")).names == ("images/a.jpg",)
    for data in (f"train: {tmp_path}/out/images", f"train: {folder}/../out/images", "train: /", f"train: {folder}x"):
        (folder / "data.yaml").write_text(f"{data}\nnames: [a]")
        with opened(folder, LIMITS) as delivery, pytest.raises(SourceError, match="no folder"):
            images_of(delivery, "data.yaml", settings_of(delivery, "data.yaml"))


def test_all_splits_that_lead_nowhere_come_together() -> None:
    """Only an absent test split is usual: exports name it whether they hold one or not."""
    with pytest.raises(SourceError) as caught:
        images("train: nowhere\nval: [../../etc, images/val/c.jpg, images/val]\ntest: nothing")
    assert [fault.split(" is ")[0] for fault in caught.value.faults] == [
        "train: 'nowhere'", "val: '../../etc'", "val: 'images/val/c.jpg'",
    ]  # fmt: skip
    found = images("train: images/train\ntest: ../test/images")
    assert (found.names, [r.name for r in found.missing]) == (TRAIN, ["data.yaml: test"])


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        (["data.yaml", "other.yaml", "a/data.yaml"], "data.yaml"),
        (["data.yml"], "data.yml"),
        (["coco8.yaml"], "coco8.yaml"),
        (["a/data.yaml", "a/b/data.yaml", "c/d.yaml"], "a/data.yaml"),
    ],
)
def test_the_document_stands_at_the_top_or_one_folder_down(names: list[str], chosen: str) -> None:
    """Else it belongs to something else."""
    assert document_of(delivery_of(dict.fromkeys(names, ""))) == chosen


@pytest.mark.parametrize("names", [[], ["a/b/data.yaml"], ["a.yaml", "b.yaml"], ["a/data.yaml", "b/data.yaml"]])
def test_no_document_or_several_are_our_error(names: list[str]) -> None:
    """The delivery may be right and the format wrong."""
    with pytest.raises(SourceError, match=r"YAML files|no data"):
        document_of(delivery_of(dict.fromkeys(names, "")))
