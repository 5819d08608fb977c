"""Exports on disk: whole or not at all, and never over something that is no export."""

from __future__ import annotations

from pathlib import Path

import pytest

from detection.errors import DetectionError, LabelsError, SourceError
from detection.outside.files import DiskError
from detection.outside.formats.writing import coco, folders, voc
from detection.outside.formats.writing.folders import FolderError
from detection.rules.labels.outgoing import Labelled
from tests.examples_exports import CLASSES, image
from tests.examples_labels import collected, said


def labelled() -> Labelled:
    made = collected([said("anna", ("car", 1, 2, 3, 4))], [said("anna")])
    return Labelled(made.frames, made.boxes, made.assignments, CLASSES)


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_fault_on_the_way_leaves_nothing(tmp_path: Path) -> None:
    """The second image's shard is damaged, say: no half of an export stays."""

    def broken(row: int) -> bytes:
        if row:
            raise SourceError("the shard is damaged")
        return image(row)

    with pytest.raises(SourceError):
        coco.write(tmp_path / "out", labelled(), broken)
    assert left(tmp_path) == []


def test_an_empty_folder_is_taken_and_a_full_one_is_not(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    coco.write(out, labelled(), image)
    assert left(out) == ["annotations", "export.txt", "images"]
    with pytest.raises(FolderError, match="is not empty"):
        coco.write(out, labelled(), image)


def test_force_replaces_an_export_and_nothing_else(tmp_path: Path) -> None:
    """``--force --out ~`` must not cost anybody a home."""
    out = tmp_path / "out"
    coco.write(out, labelled(), image)
    voc.write(out, labelled(), image, replace=True)
    assert "Annotations" in left(out)
    assert left(tmp_path) == ["out"]
    (out / "export.txt").write_text("my own notes")
    with pytest.raises(FolderError, match="no export of ours"):
        voc.write(out, labelled(), image, replace=True)


def test_a_fault_keeps_the_older_export(tmp_path: Path) -> None:
    out = tmp_path / "out"
    coco.write(out, labelled(), image, note="the first")

    def broken(row: int) -> bytes:
        raise SourceError("the shard is damaged")

    with pytest.raises(SourceError):
        coco.write(out, labelled(), broken, replace=True)
    assert "the first" in (out / "export.txt").read_text()
    assert left(tmp_path) == ["out"]


@pytest.mark.parametrize("kind", ["file", "link"])
def test_what_is_no_folder_is_refused(tmp_path: Path, kind: str) -> None:
    out = tmp_path / "out"
    if kind == "file":
        out.touch()
    else:
        out.symlink_to(tmp_path)
    with pytest.raises(FolderError, match="file or a link"):
        coco.write(out, labelled(), image, replace=True)


def test_a_full_disk_is_told_and_leaves_nothing(small_disk: Path) -> None:
    with pytest.raises(DiskError, match="cannot be written"):
        coco.write(small_disk / "out", labelled(), lambda row: image(row) + bytes(2_000_000))
    assert left(small_disk) == []


def test_an_export_is_readable_by_others(tmp_path: Path) -> None:
    coco.write(tmp_path / "out", labelled(), image)
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize(
    ("content", "kind"),
    [(b"\xff\xd8\xff\xe0", "jpg"), (b"\x89PNG\r\n", "png"), (b"BM..", "bmp"), (b"", ""), (b"GIF89a", "")],
)
def test_an_image_is_told_by_its_first_bytes(content: bytes, kind: str) -> None:
    assert folders.extension(content) == kind


def test_several_annotators_do_not_fit_into_one_answer_a_frame(tmp_path: Path) -> None:
    made = collected([said("anna"), said("bert")])
    several = Labelled(made.frames, made.boxes, made.assignments, CLASSES)
    for writer in (coco, voc):
        with pytest.raises(LabelsError, match=r"anna, bert.*--annotator"):
            writer.write(tmp_path / "out", several, image)
    assert left(tmp_path) == []


def test_every_error_is_one_of_ours() -> None:
    assert issubclass(FolderError, DetectionError)
