"""A split that somebody brought: what leaks is found, told and shown."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from detection.cli import call
from detection.errors import DetectionError, GateRefusalError, SourceError, SplitError
from tests.examples_labels import jpeg


def _picture(seed: int) -> bytes:
    """Large soft shapes: what a perceptual hash is made for."""
    coarse = np.random.default_rng(seed).integers(0, 256, (6, 8, 3), np.uint8)
    return bytes(cv2.imencode(".png", cv2.resize(coarse, (320, 240), interpolation=cv2.INTER_CUBIC))[1].tobytes())


def _brought(folder: Path, **pictures: bytes) -> Path:
    """Files of a split: ``train_cam1_5`` is cam1 at second 5 in train."""
    for name, content in pictures.items():
        side, _, rest = name.partition("_")
        path = folder / side / "images" / f"{rest}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def _run(place: Path, *words: str) -> str:
    page = place.parent / "page.html"
    call(["data", "leakage", str(place), "--out", str(page), *words])
    return page.read_text()


def test_an_honest_split_passes_and_has_a_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Four pictures of four cameras."""
    place = _brought(tmp_path / "d", **{f"{s}_cam{n}_1": _picture(n) for n, s in enumerate(("train", "train", "val"))})
    page = _run(place, "--camera", r"(cam\d)")
    assert "Nearest pictures across sides" in page
    assert page.count("data:image/jpeg") >= 2
    assert "0 of 1" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("pictures", "words", "kind"),
    [
        ({"train_cam1_1": _picture(1), "test_cam2_1": _picture(1)}, (), "same image"),
        ({"train_cam1_1": _picture(1), "test_cam1_9": _picture(2)}, ("--camera", r"(cam\d)"), "camera"),
        ({"train_cam1_1": _picture(1), "test_cam1_2": _picture(2)}, ("--camera", r"(cam\d)"), "camera"),
        ({"train_cam1_1": _picture(1), "test_cam1_2": _picture(2)}, ("--second", r"_(\d+)\."), "time"),
    ],
)
def test_a_leak_is_exit_status_two_and_the_page_is_written_all_the_same(
    tmp_path: Path, pictures: dict[str, bytes], words: tuple[str, ...], kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same bytes, a shared camera, neighbours in time."""
    place = _brought(tmp_path / "d", **pictures)
    with pytest.raises(GateRefusalError, match="the split leaks"):
        _run(place, *words)
    assert kind in capsys.readouterr().out
    assert "Crossings found" in (tmp_path / "page.html").read_text()


def test_a_picture_saved_anew_is_a_near_duplicate(tmp_path: Path) -> None:
    """Other bytes, the same sight."""
    image = np.asarray(cv2.imdecode(np.frombuffer(_picture(1), np.uint8), cv2.IMREAD_COLOR), np.uint8)
    again = bytes(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 60])[1].tobytes())
    place = _brought(tmp_path / "d", train_a_1=_picture(1), test_b_1=again)
    with pytest.raises(GateRefusalError, match="1 times"):
        _run(place, "--bits", "6")


@pytest.mark.parametrize("name", ["[/x]", "[red]a", "<script>", "a#=b ü"])
def test_names_are_told_as_they_are(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What a terminal or a browser would take for its own."""
    place = _brought(tmp_path / "d", **{f"train_{name}": _picture(1), f"test_{name}": _picture(1) + b"x"})
    with pytest.raises(GateRefusalError, match="1 times"):
        _run(place)
    assert f"train/images/{name}.png" in capsys.readouterr().out.replace("\n", "")
    assert "<script>.png" not in (tmp_path / "page.html").read_text()


def test_lists_decide_instead_of_folders_and_an_archive_is_read_unopened(tmp_path: Path) -> None:
    """A zip of one folder, and lists beside it."""
    archive = tmp_path / "d.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for n in range(3):
            packed.writestr(f"all/{n}.png", _picture(n))
    lists = tmp_path / "lists"
    lists.mkdir()
    (lists / "train.txt").write_text("0.png\n1.png\n")
    (lists / "test.txt").write_text("2\n")
    assert "Split certificate" in _run(archive, "--lists", str(lists))
    (lists / "test.txt").write_text("2\n1\n")
    with pytest.raises(SplitError, match=r"1 image.s. stand in two lists"):
        _run(archive, "--lists", str(lists))


@pytest.mark.parametrize(
    ("words", "error", "fault"),
    [
        (("--camera", "(cam"), DetectionError, "is no regular expression"),
        (("--camera", "cam"), DetectionError, "expected one, around the value"),
        (("--camera", r"(door\d)"), SourceError, "does not fit 2 names"),
        (("--second", r"(cam\d)"), SourceError, "is no number of seconds"),
        (("--lists", "no/such/folder"), DetectionError, "Invalid value for '--lists'"),
        (("--second", r"(\d)_", "--window", "inf"), DetectionError, "Invalid value for '--window'"),
    ],
)
def test_patterns_that_do_not_fit_are_told(
    tmp_path: Path, words: tuple[str, ...], error: type[DetectionError], fault: str
) -> None:
    """Nothing is judged by half."""
    place = _brought(tmp_path / "d", train_cam1_1=_picture(1), test_cam2_1=_picture(2))
    with pytest.raises(error, match=fault):
        _run(place, *words)
    assert not (tmp_path / "page.html").exists()


def test_a_folder_without_sides_is_refused(tmp_path: Path) -> None:
    """With the names that are looked for."""
    place = _brought(tmp_path / "d", train_a_1=jpeg(), train_b_1=jpeg(3))
    with pytest.raises(SourceError, match="fewer than two sides"):
        _run(place)


def test_labels_of_a_leaking_split_can_be_copied(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """COCO labels; each scene in train and in test."""
    images: list[dict[str, object]] = []
    boxes: list[dict[str, object]] = []
    for n in range(12):
        for side in ("train", "test"):
            _brought(tmp_path / "d", **{f"{side}_{n}": _picture(n)})
            images.append({"id": len(images), "file_name": f"{side}/images/{n}.png", "width": 320, "height": 240})
            boxes.append({"id": len(boxes), "image_id": images[-1]["id"], "category_id": n % 3,
                          "bbox": [20 * n, 15 * n, 40, 30], "area": 1200, "iscrowd": 0})  # fmt: skip
    classes = [{"id": n, "name": f"c{n}"} for n in range(3)]
    document = {"images": images, "annotations": boxes, "categories": classes}
    (tmp_path / "d" / "annotations.json").write_text(json.dumps(document))
    with pytest.raises(GateRefusalError):
        _run(tmp_path / "d", "--format", "coco")
    assert "F1 1.000" in capsys.readouterr().out


@pytest.mark.real_data
def test_the_shipped_split_of_the_plates_leaks(
    real_data: Callable[[str], Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """All three rides stand on two sides; 60 of 88 valid frames have a train frame within a second."""
    patterns = ("--scene", r"([^/]+)\.mp4#", "--camera", r"([^/]+)\.mp4#", "--second", r"#t=(\d+)\.")
    with pytest.raises(GateRefusalError):
        call(["data", "leakage", str(real_data("plates")), *patterns, "--out", str(tmp_path / "page.html")])
    said = capsys.readouterr().out
    assert "452 images: 364 train, 88 held out" in said
    assert "60 of 88" in said
    assert (tmp_path / "page.html").stat().st_size > 100_000


@pytest.mark.real_data
def test_the_shipped_split_of_the_parcels_is_judged(
    real_data: Callable[[str], Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Pictures of one day and phone stand on two sides, though none is a near-duplicate of another."""
    days = r"(PXL_\d{8}|IMG_\d{2}|package)"
    with pytest.raises(GateRefusalError):
        call(["data", "leakage", str(real_data("parcels")), "--scene", days, "--format", "yolo",
              "--out", str(tmp_path / "page.html")])  # fmt: skip
    assert "7 of 7" in capsys.readouterr().out
