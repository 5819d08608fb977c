"""``detection data export``: what the stages left, in another tool's format, and read again as it was."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import yaml

from detection.commands.data import app
from detection.errors import DetectionError, LabelsError, SourceError
from detection.outside import tables
from detection.outside.formats.reading import coco, cvat, label_studio, voc, yolo
from detection.outside.formats.writing.folders import FolderError
from detection.rules.labels.intake.mapping import Mapping
from detection.rules.labels.samples import Annotations, Assignments
from detection.stages import collect
from tests import examples_dataset
from tests.examples_deliveries import LIMITS, Format, Reader, read, source

READERS: dict[Format, Reader] = {"coco": coco, "voc": voc, "yolo": yolo, "cvat": cvat, "label_studio": label_studio}
SPEC = Path(__file__).parents[3] / "specs" / "spec.yaml"
COLOURS = {"box": "red", "polybag": "green", "tube": "blue"}


def call(*words: object) -> None:
    app(["export", *(str(word) for word in words)], standalone_mode=False)


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout's folder: six frames of coloured patches in splits, each seen by two annotators."""
    root = examples_dataset.write(tmp_path / "data", {"train": 3, "val": 2, "golden": 1})
    boxes = tables.read_annotations(root / "agreement" / "labels.parquet")
    frames = tables.read_frames(root / "validate" / "frames.parquet")
    _everybody(root, boxes, frames.id)
    text = re.sub(r"\b(box|polybag|tube)\b(?!:)", lambda found: COLOURS[found[1]], SPEC.read_text())
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "spec.yaml").write_text(text)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _everybody(root: Path, boxes: Annotations, ids: np.ndarray[tuple[int], np.dtype[np.object_]]) -> None:
    """Anna draws what was settled, bert finds nothing anywhere."""
    names = {name: getattr(boxes, name) for name in Annotations.__slots__}
    nobody = np.zeros(len(boxes), np.bool_)
    mine = Annotations(**{**names, "annotator": np.full(len(boxes), "anna", object), "verified": nobody})
    tables.write_annotations(root / "validate" / "boxes.parquet", mine)
    who = np.array(["anna", "bert"] * len(ids), object)
    version = np.full(len(who), "1", object)
    said = Assignments(np.repeat(ids, 2), who, version, np.zeros(len(who), np.bool_))
    tables.write_assignments(root / "validate" / "assignments.parquet", said)


@pytest.mark.parametrize("form", READERS)
def test_settled_labels_come_back_with_their_images(workplace: Path, form: Format) -> None:
    """Every frame with its boxes; the images are the very bytes that were collected."""
    call("--format", form, "--out", "out")
    export = read(READERS[form], workplace / "out", source(form))
    settled = tables.read_annotations(workplace / "data" / "agreement" / "labels.parquet")
    assert export.rejected == ()
    assert len(export.images) == 6
    found = Counter(str(label) for image in export.images for a in image.answers for label in a.labels)
    assert found == Counter(settled.label.tolist())
    for image in export.images:
        assert (workplace / "out" / image.name).read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("form", READERS)
def test_stage_collect_takes_an_export_for_what_was_exported(
    workplace: Path, form: Format, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the mapping that was printed: the same images to the bit, their cameras, scenes, times and conditions."""
    call("--format", form, "--out", "out")
    printed = capsys.readouterr().out
    mapping = yaml.safe_load(printed[printed.index("metadata:") :])["metadata"]
    entry = {**source(form).model_dump(mode="json"), "origin": "scenes", "path": "out", "metadata": mapping}
    params = {"shard_megabytes": 1, "limits": LIMITS.model_dump(), "sources": [entry]}
    (workplace / "params.yaml").write_text(yaml.safe_dump({"collect": params}))
    collect.main()
    before = tables.read_frames(workplace / "data" / "validate" / "frames.parquet")
    after = tables.read_frames(workplace / "data" / "collect" / "frames.parquet")
    before = before.take(np.argsort(before.id))
    for column in ("id", "width", "height", "camera", "scene", "captured_at"):
        assert getattr(before, column).tolist() == getattr(after, column).tolist()
    assert {n: v.tolist() for n, v in before.conditions.items()} == {n: v.tolist() for n, v in after.conditions.items()}


@pytest.mark.parametrize("form", ["cvat", "label_studio"])
def test_everybodys_answers_survive_where_the_format_holds_them(workplace: Path, form: Format) -> None:
    call("--format", form, "--out", "out", "--labels", "everybody", "--no-images")
    export = read(READERS[form], workplace / "out", source(form, "absent"))
    assert {tuple(a.annotator for a in image.answers) for image in export.images} == {("anna", "bert")}
    assert sum(len(a) for image in export.images for a in image.answers if a.annotator == "bert") == 0


def test_one_annotator_fits_everywhere(workplace: Path) -> None:
    with pytest.raises(LabelsError, match="anna, bert"):
        call("--format", "coco", "--out", "out", "--labels", "everybody")
    with pytest.raises(LabelsError, match="expected one of anna, bert"):
        call("--format", "coco", "--out", "out", "--annotator", "carl")
    assert not (workplace / "out").exists()
    call("--format", "coco", "--out", "out", "--annotator", "bert")
    images = read(coco, workplace / "out", source("coco")).images
    assert [len(image.answers[0]) for image in images] == [0] * 6


def test_the_split_parts_the_export(workplace: Path) -> None:
    call("--format", "yolo", "--out", "out", "--split")
    folders = {path.name: len(list(path.iterdir())) for path in (workplace / "out" / "images").iterdir()}
    assert folders == {"train": 3, "val": 2, "golden": 1}


def test_what_to_say_when_it_is_collected_again_is_printed(workplace: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A ready mapping, in the folder too; it names the camera and the conditions."""
    call("--format", "voc", "--out", "out")
    printed = capsys.readouterr().out
    note = (workplace / "out" / "export.txt").read_text()
    for text in (printed, note):
        mapping = Mapping.model_validate(yaml.safe_load(text[text.index("metadata:") :])["metadata"])
        assert mapping.camera[0].column == "camera"
        assert sorted(mapping.conditions) == ["crowding", "lighting"]
    assert printed.startswith("out: voc, 6 frames, ")


@pytest.mark.parametrize("form", READERS)
def test_the_mapping_names_nothing_that_the_export_does_not_tell(
    workplace: Path, form: Format, capsys: pytest.CaptureFixture[str]
) -> None:
    """Bert looked at one frame, whose camera is unknown: a mapping that asks for cameras would refuse the export."""
    place = workplace / "data" / "validate"
    frames = tables.read_frames(place / "frames.parquet")
    frames.camera[0] = frames.scene[0] = ""
    tables.write_frames(place / "frames.parquet", frames)
    said = tables.read_assignments(place / "assignments.parquet")
    tables.write_assignments(place / "assignments.parquet", said.take(said.frame == frames.id[0]))
    boxes = tables.read_annotations(place / "boxes.parquet")
    tables.write_annotations(place / "boxes.parquet", boxes.take(boxes.frame == frames.id[0]))
    call("--format", form, "--out", "out", "--annotator", "bert")
    printed = capsys.readouterr().out
    told = yaml.safe_load(printed[printed.index("params.yaml:") + len("params.yaml:") :])
    assert told.get("annotator", "bert") == "bert"
    entry = {**source(form).model_dump(mode="json"), "origin": "scenes", "path": "out", **told}
    params = {"shard_megabytes": 1, "limits": LIMITS.model_dump(), "sources": [entry]}
    (workplace / "params.yaml").write_text(yaml.safe_dump({"collect": params}))
    collect.main()
    after = tables.read_assignments(workplace / "data" / "collect" / "assignments.parquet")
    assert (after.annotator.tolist(), after.guideline.tolist()) == (["bert"], ["1"])


def test_force_is_needed_to_replace_an_export(workplace: Path) -> None:
    call("--format", "voc", "--out", "out")
    with pytest.raises(FolderError, match="--force"):
        call("--format", "coco", "--out", "out")
    call("--format", "coco", "--out", "out", "--force")
    assert (workplace / "out" / "annotations").is_dir()


@pytest.mark.parametrize(
    ("table", "stage"),
    [("agreement/labels", "agreement"), ("validate/frames", "validate"), ("split/splits", "split")],
)
def test_a_missing_stage_is_named(workplace: Path, table: str, stage: str) -> None:
    (workplace / "data" / f"{table}.parquet").unlink()
    with pytest.raises(SourceError, match=rf"is missing; run `dvc repro {stage}` first"):
        call("--format", "coco", "--out", "out", "--split")


def test_a_damaged_shard_leaves_no_export(workplace: Path) -> None:
    shard = next((workplace / "data" / "collect" / "shards").iterdir())
    content = bytearray(shard.read_bytes())
    content[600] ^= 1
    shard.write_bytes(content)
    with pytest.raises(DetectionError, match="damaged"):
        call("--format", "coco", "--out", "out")
    assert sorted(path.name for path in workplace.iterdir()) == ["data", "specs"]
