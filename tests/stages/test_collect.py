"""Collect: what arrives is stored once, and what does not is listed."""

from __future__ import annotations

import hashlib
import tarfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml

from detection.errors import DocumentError, SourceError
from detection.outside import documents, tables
from detection.outside.exits import status_of
from detection.outside.files import DiskError
from detection.outside.formats.reading import voc
from detection.outside.shards import ShardWriter, read_member
from detection.rules.labels.intake.arrivals import Arrival, Rejected
from detection.rules.labels.intake.collection import Collection
from detection.stages import collect
from detection.stages.collect import Collected, Params
from tests.examples_labels import COMMON, SOURCE, SPEC, arrival, huge_png, jpeg, said

ROOT = Path(__file__).parents[2]
BOX = ("box", 1.0, 1.0, 9.0, 9.0)
XML = """<annotation><size><width>{w}</width><height>48</height></size><object><name>Crate</name>
<bndbox><xmin>1</xmin><ymin>1</ymin><xmax>9</xmax><ymax>9</ymax></bndbox></object></annotation>"""


def _section(**changes: object) -> dict[str, object]:
    section = yaml.safe_load((ROOT / "params.yaml").read_text())["collect"]
    return section | changes  # type: ignore[no-any-return]


def _params(**changes: object) -> Params:
    return Params.model_validate(_section(**({"source": "voc", "path": ".", "scenes": None} | changes)))


def _run(folder: Path, *arriving: Arrival | Rejected) -> Collected:
    with ShardWriter(folder, 1_000_000) as shards:
        return collect.run(_params(), COMMON, arriving, shards)


def _export(folder: Path, **images: bytes) -> Path:
    for name, content in images.items():
        (folder / f"{name}.jpg").write_bytes(content)
        (folder / f"{name}.xml").write_text(XML.format(w=64))
    return folder


def _opened(folder: Path, keep: Sequence[str] | None = None, **changes: object) -> list[Arrival | Rejected]:
    return list(collect.opened(folder, voc.read(folder, "original"), _params(**changes), keep))


def test_every_answer_of_every_frame_is_kept_in_order_of_ids(tmp_path: Path) -> None:
    """An empty answer has an assignment and no box."""
    made = _run(
        tmp_path, arrival("b.jpg", said("ann-2"), said("ann-1", BOX), grey=1), arrival("a.jpg", said("ann-1"), grey=2)
    )
    assert made.tables.frames.id.tolist() == sorted(made.tables.frames.id)
    assert len(made.tables.assignments) == 3
    assert (len(made.tables.boxes), made.tables.boxes.annotator.tolist()) == (1, ["ann-1"])
    assert (made.collection.frames, made.collection.boxes, made.collection.annotators) == (2, 1, ("ann-1", "ann-2"))


def test_an_id_is_the_hash_of_the_bytes_in_the_shard(tmp_path: Path) -> None:
    """Whoever holds the bytes can check the id, and the other way round."""
    frames = _run(tmp_path, arrival("a.jpg", said("ann-1"))).tables.frames
    content = read_member(tmp_path / frames.shard[0], int(frames.offset[0]), int(frames.length[0]), frames.id[0])
    assert hashlib.sha256(content).hexdigest() == frames.id[0]


def test_the_same_bytes_are_stored_once_and_their_other_places_kept(tmp_path: Path) -> None:
    """The split must know both places, else the copy leaks."""
    twins = (arrival("a.jpg", said("ann-1", BOX), camera="c1"), arrival("b.jpg", said("ann-1"), camera="c2"))
    made = _run(tmp_path, *twins)
    assert made.tables.frames.name.tolist() == ["a.jpg"]
    assert (made.duplicates.camera.tolist(), made.duplicates.id.tolist()) == (["c2"], made.tables.frames.id.tolist())
    assert [(r.name, r.finding) for r in made.collection.rejected] == [("b.jpg", "duplicate-frame")]
    assert made.collection.rejected_frames() == 0


def test_an_empty_data_set_is_our_error_with_the_reasons(tmp_path: Path) -> None:
    """Nothing usable: the first reasons say why."""
    with pytest.raises(SourceError, match=r"(?s)no usable image.*a\.jpg: broken"):
        _run(tmp_path, Rejected("a.jpg", "unreadable", "broken"))
    with pytest.raises(SourceError, match="no usable image"):
        _run(tmp_path)


def test_bad_images_are_listed_and_the_others_go_on(tmp_path: Path) -> None:
    """A truncated JPEG, a PNG of 900 megapixels in 100 kB, a text, and a good one."""
    whole = jpeg()
    folder = _export(tmp_path, good=whole, half=whole[: len(whole) // 2], huge=huge_png(), text=b"hello")
    arrived = _opened(folder)
    assert [a.name for a in arrived if isinstance(a, Arrival)] == ["good.jpg"]
    told = {r.name: (r.finding, r.reason) for r in arrived if isinstance(r, Rejected)}
    assert {name: finding for name, (finding, _) in told.items()} == dict.fromkeys(
        ["half.jpg", "huge.jpg", "text.jpg"], "unreadable"
    )
    assert "pixel limit" in told["huge.jpg"][1]


def test_labels_of_another_size_are_not_trusted(tmp_path: Path) -> None:
    """Images are scaled and their labels forgotten: the boxes lie elsewhere."""
    folder = _export(tmp_path, a=jpeg())
    (folder / "a.xml").write_text(XML.format(w=128))
    refused = _opened(folder)[0]
    assert isinstance(refused, Rejected)
    assert (refused.finding, refused.reason) == (
        "size-mismatch",
        "the labels say 128 x 48, the image has 64 x 48 pixels",
    )


def test_class_names_are_mapped_and_others_left_as_they_are(tmp_path: Path) -> None:
    """What stays unknown is for validate to name."""
    folder = _export(tmp_path, a=jpeg())
    for names, label in (({"Crate": "box"}, "box"), ({}, "Crate")):
        arrived = _opened(folder, class_names=names)[0]
        assert isinstance(arrived, Arrival)
        assert arrived.answers[0].labels.tolist() == [label]


def test_a_keep_list_restricts_and_tells_what_it_misses(tmp_path: Path) -> None:
    """A mistyped list would otherwise train on whatever matched."""
    arrived = _opened(_export(tmp_path, a=jpeg(1), b=jpeg(2)), keep=["a", "c"])
    assert [(type(x).__name__, x.name) for x in arrived] == [("Rejected", "c"), ("Arrival", "a.jpg")]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({"source": "voc"}, "path is null", id="no folder"),
        pytest.param({"scenes": None}, "give the section scenes", id="no scenes"),
        pytest.param({"sauce": "voc"}, "collect.sauce: unknown key", id="unknown key"),
        pytest.param({"pixel_limit": "64 MP"}, "collect.pixel_limit", id="unit in text"),
        pytest.param({"shard_megabytes": 0.5}, "collect.shard_megabytes", id="fraction"),
        pytest.param({"origin": "../x"}, "collect.origin", id="no identifier"),
        pytest.param({"camera": {"pattern": "(", "default": ""}}, "no regular expression", id="broken pattern"),
    ],
)
def test_faults_of_params_are_told(tmp_path: Path, changes: dict[str, object], words: str) -> None:
    """With the key, before anything is read."""
    (tmp_path / "params.yaml").write_text(yaml.safe_dump({"collect": _section(**changes)}))
    with pytest.raises(DocumentError, match=words):
        documents.read_document(Params, tmp_path / "params.yaml", section="collect")


def test_frames_come_from_a_declared_source_that_may_still_be_kept() -> None:
    """The right to use frames is looked at before they are."""
    assert collect.source_of(_params(), SPEC.sources, date(2026, 1, 1)) == SPEC.sources[0]
    with pytest.raises(SourceError, match="the spec's sources are scenes"):
        collect.source_of(_params(origin="elsewhere"), SPEC.sources, date(2026, 1, 1))
    ended = SOURCE.model_copy(update={"retain_until": date(2025, 12, 31)})
    assert collect.source_of(_params(), [ended], date(2025, 12, 31)) == ended
    with pytest.raises(SourceError, match="could be kept until 2025-12-31"):
        collect.source_of(_params(), [ended], date(2026, 1, 1))


def test_a_full_disk_stops_the_stage_and_leaves_whole_shards_only(small_disk: Path) -> None:
    """Seen on a real disk of 2 MB: the shard being written is gone, with its temporary file."""
    many = [replace(arrival(f"{n}.jpg", said("ann-1")), content=jpeg(n, 700, 700)) for n in range(8)]
    with pytest.raises(DiskError, match="No space left"):
        _run(small_disk, *many)
    for left in small_disk.iterdir():
        with tarfile.open(left) as tar:
            assert tar.getmembers()


def _workspace(folder: Path, monkeypatch: pytest.MonkeyPatch, preset: str | None, **changes: object) -> None:
    place = ROOT / "specs" / "examples" / preset if preset else ROOT
    section = yaml.safe_load((place / "params.yaml").read_text())["collect"] | changes
    (folder / "params.yaml").write_text(yaml.safe_dump({"collect": section}))
    (folder / "specs").mkdir()
    (folder / "specs" / "spec.yaml").write_bytes((place / ("spec.yaml" if preset else "specs/spec.yaml")).read_bytes())
    monkeypatch.chdir(folder)


def test_the_practice_world_arrives_with_annotators_and_expert(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twice the same bytes, whatever the number of processes."""
    digests = []
    for workers in (1, 2):
        folder = tmp_path / str(workers)
        folder.mkdir()
        scenes = {"seed": 3, "cameras": 2, "frames": 12, "width": 128, "height": 96, "annotators": 2,
                  "verified_share": 0.5, "workers": workers}  # fmt: skip
        _workspace(folder, monkeypatch, None, scenes=scenes)
        assert status_of(collect.main) == 0
        digests.append({p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in Path("data").rglob("*.*")})
    assert digests[0] == digests[1]
    frames = tables.read_frames(Path("data/collect/frames.parquet"))
    answers = tables.read_assignments(Path("data/collect/assignments.parquet"))
    assert len(frames) == 12
    assert set(frames.camera) == {"cam-00", "cam-01"}
    assert set(frames.conditions["lighting"]) <= {"bright", "normal", "dim", "dusk"}
    assert sorted(answers.annotator).count("ann-1") == sorted(answers.annotator).count("ann-2") == 12
    assert set(answers.annotator[answers.verified]) <= {"verified"}


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("preset", "frames", "boxes", "duplicates"), [("bccd", 364, 4888, []), ("plates", 451, 553, ["duplicate-frame"])]
)
def test_public_data_is_collected_by_its_preset(
    real_data: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    preset: str, frames: int, boxes: int, duplicates: list[str],
) -> None:  # fmt: skip
    """Plates holds one image twice, under two seconds of one ride."""
    _workspace(tmp_path, monkeypatch, preset, path=str(real_data(preset)))
    assert status_of(collect.main) == 0
    told = documents.read_value(Collection, Path("data/collect/source.json"))
    assert (told.frames, told.boxes, [r.finding for r in told.rejected]) == (frames, boxes, duplicates)


@pytest.mark.real_data
def test_public_parcels_are_collected_from_yolo(
    real_data: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shares become pixels of the upright photograph, inside it."""
    changes = {"source": "yolo", "path": str(real_data("parcels")), "scenes": None, "class_names": {"package": "box"}}
    _workspace(tmp_path, monkeypatch, None, **changes)
    assert status_of(collect.main) == 0
    boxes = tables.read_annotations(Path("data/collect/boxes.parquet"))
    frames = tables.read_frames(Path("data/collect/frames.parquet"))
    assert (len(frames), len(boxes), set(boxes.label)) == (26, 42, {"box"})
    assert boxes.corners.max() > 100
