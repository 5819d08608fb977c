"""Collect: what arrives is stored once, what does not is listed, and what did not change is left alone."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from detection.errors import DocumentError, SourceError
from detection.outside import documents, tables
from detection.outside.exits import status_of
from detection.outside.shards import read_member
from detection.rules.labels.intake.collection import Collection
from detection.rules.labels.intake.promises import Promises
from detection.stages import collect
from detection.stages.collect import Params
from tests.examples_intake import OUT, ROOT, delivery, digests, entry, told, workspace
from tests.examples_labels import jpeg

DRAWN = {
    "seed": 3, "cameras": 2, "frames": 12, "width": 128, "height": 96, "annotators": 2, "verified_share": 0.5,
    "workers": 1,
}  # fmt: skip
LAMP = {"id": "lamp", "values": ["day", "night"], "derived_from": "the hour", "minimum_frames": 1}


def test_the_practice_world_arrives_with_annotators_and_expert(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twice the same bytes, whatever the number of processes."""
    seen = []
    for workers in (1, 2):
        drawn = {"id": "hall", "origin": "scenes", "format": "scenes", "scenes": DRAWN | {"workers": workers}}
        workspace(tmp_path / str(workers), monkeypatch, drawn)
        assert status_of(collect.main) == 0
        seen.append(digests(OUT))
    assert seen[0] == seen[1]
    frames = tables.read_frames(OUT / "frames.parquet")
    answers = tables.read_assignments(OUT / "assignments.parquet")
    assert len(frames) == 12
    assert set(frames.camera) == {"cam-00", "cam-01"}
    assert set(frames.conditions["lighting"]) <= {"bright", "normal", "dim", "dusk"}
    assert sorted(answers.annotator).count("ann-1") == sorted(answers.annotator).count("ann-2") == 12
    assert set(answers.annotator[answers.verified]) <= {"verified"}
    assert set(frames.shard) == {"hall-000000.tar"}


def test_an_id_is_the_hash_of_the_bytes_in_the_shard(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever holds the bytes can check the id, and the other way round; the manifest promises every file."""
    delivery(tmp_path / "yard", {name: jpeg(grey) for grey, name in enumerate("abc")})
    workspace(tmp_path, monkeypatch, entry(path="yard"))
    assert status_of(collect.main) == 0
    frames = tables.read_frames(OUT / "frames.parquet")
    assert frames.id.tolist() == sorted(hashlib.sha256(jpeg(grey)).hexdigest() for grey in range(3))
    for row, digest in enumerate(frames.id):
        read_member(OUT / "shards" / frames.shard[row], int(frames.offset[row]), int(frames.length[row]), digest)
    promised = documents.read_value(Promises, OUT / "manifest.json").files
    there = digests(OUT)
    there.pop("manifest.json")
    assert {promise.name: promise.sha256 for promise in promised} == there
    assert all((OUT / promise.name).stat().st_size == promise.size for promise in promised)


def test_one_image_of_two_sources_has_two_opinions_and_two_places(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same annotator's second answer is listed."""
    delivery(tmp_path / "one", {"a": jpeg(1), "b": jpeg(2)})
    delivery(tmp_path / "two", {"c": jpeg(2), "d": jpeg(3)}, x1=4)
    for annotator, opinions, listed in (("ann-2", 2, 0), ("original", 1, 1)):
        sources = (entry(id="one", path="one"), entry(id="two", path="two", annotators={"original": annotator}))
        workspace(tmp_path, monkeypatch, *sources)
        assert status_of(collect.main) == 0
        shared = hashlib.sha256(jpeg(2)).hexdigest()
        answers = tables.read_assignments(OUT / "assignments.parquet")
        assert (answers.frame == shared).sum() == opinions
        assert [r.finding for r in told().rejected] == ["duplicate-answer"] * listed
        assert tables.read_frames(OUT / "duplicates.parquet").name.tolist() == ["c.jpg"]
        assert (told().source, told().frames) == ("one, two", 3)
        assert [(c.id, c.frames, c.boxes) for c in told().contributions] == [("one", 2, 2), ("two", 2, 2)]


def test_the_same_bytes_are_stored_once_and_their_other_places_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The split must know both places, else the copy leaks."""
    delivery(tmp_path / "yard", {"c1/a": jpeg(), "c2/b": jpeg()})
    workspace(tmp_path, monkeypatch, entry(path="yard", metadata={"camera": [{"name": "(c.)/"}]}))
    assert status_of(collect.main) == 0
    assert tables.read_frames(OUT / "frames.parquet").camera.tolist() == ["c1"]
    assert tables.read_frames(OUT / "duplicates.parquet").camera.tolist() == ["c2"]
    assert [(r.name, r.finding) for r in told().rejected] == [("c2/b.jpg", "duplicate-frame")]
    assert told().rejected_frames() == 0


def test_an_unusable_delivery_is_our_error_with_the_reasons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And what the last run left stays."""
    delivery(tmp_path / "yard", {"a": jpeg()})
    workspace(tmp_path, monkeypatch, entry(path="yard"))
    assert status_of(collect.main) == 0
    before = digests(OUT)
    (tmp_path / "yard" / "a.jpg").write_bytes(b"hello")
    with pytest.raises(SourceError, match=r"(?s)no usable image.*a\.jpg: is no JPEG"):
        collect.main()
    assert digests(OUT) == before


FAULTS = [
    pytest.param([], "at least 1", id="no source"),
    pytest.param(
        [entry(), entry(path="other")], r"collect\.sources\.1\.id: 'yard' names another source", id="one id twice"
    ),
    pytest.param([entry(sauce="voc")], r"sauce: unknown key", id="unknown key"),
    pytest.param([entry(id="../x")], r"\.id: ", id="no identifier"),
    pytest.param([entry(format="excel")], "excel", id="unknown format"),
    pytest.param([entry(metadata={"camera": [{"name": "("}]})], "no regular expression", id="broken pattern"),
    pytest.param([{"id": "a", "origin": "scenes", "format": "scenes"}], "scenes: is missing", id="nothing to draw"),
]


@pytest.mark.parametrize(("sources", "words"), FAULTS)
def test_faults_of_params_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sources: list[dict[str, Any]], words: str
) -> None:
    """With the key, before anything is read."""
    workspace(tmp_path, monkeypatch, *sources)
    with pytest.raises(DocumentError, match=words):
        documents.read_document(Params, Path("params.yaml"), section="collect")


def test_what_the_spec_does_not_declare_is_told_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Origins, conditions, values and tags, of all sources."""
    odd = {"site": [{"exif": "Place"}], "conditions": {"rain": {}, "lighting": {"places": [{"always": "neon"}]}}}
    sources = (entry(origin="elsewhere"), entry(id="two", metadata=odd, keep_metadata=["Camera"]))
    workspace(tmp_path, monkeypatch, *sources)
    words = (
        r"(?s)yard: origin 'elsewhere'.*two: no EXIF tag.*'Camera'.*'Place'.*value 'neon' is none of.*condition 'rain'"
    )
    with pytest.raises(SourceError, match=words):
        collect.main()


REAL: dict[str, dict[str, Any]] = {
    "parcels": entry(id="parcels", format="yolo", class_names={"package": "box"}),
    "camera_traps": entry(
        id="traps", format="coco", images="absent", empty_names=["empty"],
        metadata={
            "camera": [{"field": "location"}],
            "scene": [{"field": "seq_id"}],
            "captured_at": [{"field": "date_captured", "zone": "America/Los_Angeles"}],
            "conditions": {"lamp": {"zone": "America/Los_Angeles", "otherwise": "night",
                                    "by_hour": [{"hours": [6, 19], "value": "day"}]}},
        },
    ),
    "crowd": entry(id="crowd", format="csv", images="absent", annotators={}),
}  # fmt: skip


def gathered(folder: Path, monkeypatch: pytest.MonkeyPatch, data: Path, name: str) -> Collection:
    """Collect one public data set; what was said of it."""
    workspace(folder, monkeypatch, REAL[name] | {"path": str(data)}, conditions=[LAMP])
    assert status_of(collect.main) == 0
    return told()


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("preset", "frames", "boxes", "duplicates"), [("bccd", 364, 4888, []), ("plates", 451, 553, ["duplicate-frame"])]
)
def test_public_data_is_collected_by_its_preset(
    real_data: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    preset: str, frames: int, boxes: int, duplicates: Sequence[str],
) -> None:  # fmt: skip
    """Plates holds one image twice, under two seconds of one ride; its names have # and = in them."""
    place = ROOT / "specs" / "examples" / preset
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "spec.yaml").write_bytes((place / "spec.yaml").read_bytes())
    params = (place / "params.yaml").read_text().replace("DATA/", f"{real_data(preset)}/")
    (tmp_path / "params.yaml").write_text(params)
    monkeypatch.chdir(tmp_path)
    assert status_of(collect.main) == 0
    assert (told().frames, told().boxes, [r.finding for r in told().rejected]) == (frames, boxes, duplicates)


@pytest.mark.real_data
def test_public_parcels_are_collected_from_yolo(
    real_data: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Shares become pixels of the upright photograph, inside it."""
    made = gathered(tmp_path, monkeypatch, real_data("parcels"), "parcels")
    boxes = tables.read_annotations(OUT / "boxes.parquet")
    assert (made.frames, made.boxes, set(boxes.label)) == (26, 42, {"box"})
    assert boxes.corners.max() > 100


@pytest.mark.real_data
def test_public_camera_traps_are_collected_without_images(
    real_data: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cameras, sequences and times from the labels' fields; day and night by the hour of the local clock."""
    made = gathered(tmp_path, monkeypatch, real_data("camera_traps"), "camera_traps")
    frames = tables.read_frames(OUT / "frames.parquet")
    assert (made.frames, made.boxes, len(set(frames.camera)), len(set(frames.scene))) == (3484, 1763, 10, 1421)
    lamp = frames.conditions["lamp"].tolist()
    assert (lamp.count("day"), lamp.count("night")) == (1827, 1657)
    years = frames.captured_at.astype("datetime64[Y]").astype(str)
    assert (min(years), max(years)) == ("2011", "2015")
    assert set(frames.shard) == {""}
    assert made.rejected_frames() == 0


@pytest.mark.real_data
def test_public_crowd_is_collected_without_images(
    real_data: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seven workers an image and an expert; answers without boxes count."""
    made = gathered(tmp_path, monkeypatch, real_data("crowd"), "crowd")
    answers = tables.read_assignments(OUT / "assignments.parquet")
    workers = answers.take(answers.annotator.astype(str) != "expert")
    assert made.frames == 1448
    assert len(answers) >= 7 * 1448
    assert len(workers) == 7 * 1448
    assert len(set(workers.annotator)) == 43
