"""Split: certified or refused."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml

from detection.cli import call
from detection.errors import DetectionError, DocumentError, LeakageError, SplitError
from detection.outside import documents, shards, tables
from detection.outside.exits import status_of
from detection.outside.files import DiskError
from detection.rules.labels.samples import Frames
from detection.rules.labels.splits.certificate import SIDE_OF, Certificate
from detection.rules.labels.splits.division import Material
from detection.stages import agreement, collect, split, validate
from detection.stages.split import Params
from tests.examples_labels import SPEC, jpeg
from tests.examples_splits import material, world

ROOT = Path(__file__).parents[2]
ATTACK = {"frames": 2000, "repeats": 20, "seed": 0}
SECTION: dict[str, object] = {
    "salt": "1", "train": 0.6, "val": 0.15, "test": 0.25, "lists": None, "attack": ATTACK
}  # fmt: skip


@pytest.mark.parametrize(
    ("section", "words"),
    [
        pytest.param({"train": 0.7}, "sum to 1.1", id="sum"),
        pytest.param({"train": 60, "val": 15, "test": 25}, "less than 1", id="percent"),
        pytest.param({"seed": 3}, "split.seed: unknown key", id="unknown key"),
        pytest.param({"attack": {"frames": 0}}, "split.attack.frames", id="attack"),
    ],
)
def test_faults_of_params_are_told(tmp_path: Path, section: dict[str, object], words: str) -> None:
    """Shares, not percent."""
    (tmp_path / "params.yaml").write_text(yaml.safe_dump({"split": SECTION | section}))
    with pytest.raises(DocumentError, match=words):
        documents.read_document(Params, tmp_path / "params.yaml", section="split")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which the stage can run: 20 cameras, verified, with pictures."""
    monkeypatch.chdir(tmp_path)
    spec = yaml.safe_load((ROOT / "specs" / "spec.yaml").read_text())
    no_set = {"frames": 5, "where": {}, "balance_by": "lighting", "verified_only": True}
    least = {"train": 3, "val": 1, "test": 1}
    spec["split"] |= {"golden": no_set, "challenge": no_set | {"frames": 0}, "minimum_groups": least}
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "spec.yaml").write_text(json.dumps(spec, indent=1))
    (tmp_path / "params.yaml").write_text(yaml.safe_dump({"split": SECTION}))
    _write(_stored(world(20)))
    return tmp_path


def _stored(table: Frames) -> Frames:
    """One picture for all frames; what it shows plays no part."""
    content = jpeg()
    with shards.ShardWriter(Path("data/collect/shards"), 10**6) as writer:
        at = writer.add(hashlib.sha256(content).hexdigest(), "jpg", content)
    n = len(table)
    return replace(
        table, shard=np.array([at.shard] * n, object), offset=np.full(n, at.offset), length=np.full(n, at.length)
    )


def _write(table: Frames, hashes: np.ndarray[tuple[int], np.dtype[np.uint64]] | None = None) -> Material:
    drawn = np.random.default_rng(0).integers(0, 2**64, len(table), dtype=np.uint64) if hashes is None else hashes
    made = material(table, hashes=drawn)
    everybody = replace(made.labelled, verified=np.ones(len(table), bool))
    tables.write_frames(split.VALIDATE / "frames.parquet", made.frames)
    tables.write_frames(split.VALIDATE / "duplicates.parquet", made.duplicates)
    tables.write_statistics(split.VALIDATE / "images.parquet", made.statistics)
    tables.write_assignments(split.AGREEMENT / "labelled.parquet", everybody)
    tables.write_annotations(split.AGREEMENT / "labels.parquet", made.labels)
    return made


def _sides() -> dict[str, str]:
    columns = tables.read_columns(split.OUT / "splits.parquet")
    return dict(zip(columns["frame"].tolist(), columns["split"].tolist(), strict=True))


def test_the_stage_writes_split_certificate_and_page_the_same_every_time(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Same input, same bytes: also when it finds what it wrote, which it tells the terminal alone."""
    split.main()
    assert "stayed where they were" not in capsys.readouterr().out
    first = {path.name: path.read_bytes() for path in split.OUT.iterdir()}
    split.main()
    assert "60 frames stayed where they were" in capsys.readouterr().out
    again = {path.name: path.read_bytes() for path in split.OUT.iterdir()}
    made = {
        "splits.parquet",
        "departed.parquet",
        "identity.json",
        "certificate.json",
        "certificate.html",
        "classes.json",
    }
    assert set(first) == made
    assert again == first
    certificate = documents.read_value(Certificate, split.OUT / "certificate.json")
    assert certificate.crossings == 0
    assert json.loads(first["classes.json"]) == SPEC.class_ids()
    assert b"Nearest pictures across sides" in first["certificate.html"]


def test_growth_keeps_everybody_and_another_salt_draws_anew(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The former split is the stage's own output."""
    split.main()
    before = _sides()
    _write(world(40))
    split.main()
    side = {frame: SIDE_OF[name] for frame, name in _sides().items()}
    assert all(side[frame] == SIDE_OF[name] for frame, name in before.items())
    assert len(side) == 120
    (place / "params.yaml").write_text(yaml.safe_dump({"split": SECTION | {"salt": "2"}}))
    capsys.readouterr()
    split.main()
    assert "stayed where they were" not in capsys.readouterr().out


def test_frames_that_left_the_data_return_to_where_they_stood(place: Path) -> None:
    """A source is taken out for two runs: a model that was released may have learnt from it."""
    everything, fewer = _stored(world(20)), _stored(world(12))
    split.main()
    before = {frame: SIDE_OF[name] for frame, name in _sides().items()}
    for table in (fewer, fewer, everything):
        _write(table)
        split.main()
        side = {frame: SIDE_OF[name] for frame, name in _sides().items()}
        assert side.items() <= before.items()
    assert side == before
    (split.OUT / split.DEPARTED).unlink()
    split.main()
    assert len(tables.read_columns(split.OUT / split.DEPARTED)["frame"]) == 0


@pytest.mark.parametrize("name", ["splits.parquet", "certificate.json"])
def test_a_run_that_was_cut_off_forgets_no_placement(place: Path, name: str) -> None:
    """Some files are of the new run and one still of the old: nobody moves when it runs again."""
    split.main()
    before = {frame: SIDE_OF[name] for frame, name in _sides().items()}
    old = (split.OUT / name).read_bytes()
    _write(_stored(world(12)))
    split.main()
    finished = {path.name: path.read_bytes() for path in split.OUT.iterdir()}
    (split.OUT / name).write_bytes(old)
    split.main()
    assert {path.name: path.read_bytes() for path in split.OUT.iterdir()} == finished
    _write(_stored(world(20)))
    split.main()
    assert {frame: SIDE_OF[name] for frame, name in _sides().items()} == before


def test_other_rules_unmake_the_identity_before_anything_else(place: Path) -> None:
    """A placement half written under new rules must not pass for one of the old, nor of the new."""
    split.main()
    (place / "params.yaml").write_text(yaml.safe_dump({"split": SECTION | {"salt": "2"}}))
    (split.OUT / split.DEPARTED).unlink()
    (split.OUT / split.DEPARTED).mkdir()
    with pytest.raises(DiskError):
        split.main()
    assert not (split.OUT / split.IDENTITY).exists()


def test_a_refused_split_leaves_the_former_one_and_a_page(place: Path) -> None:
    """Labels that can be copied: the certificate shows why, and what stood stands."""
    split.main()
    before = _sides()
    (split.OUT / "certificate.html").unlink()
    spec = yaml.safe_load((place / "specs" / "spec.yaml").read_text())
    spec["split"]["attack_advantage_maximum"] = 0.0
    (place / "specs" / "spec.yaml").write_text(json.dumps(spec, indent=1))
    table = world(40)
    light = np.unique(table.camera, return_inverse=True)[1].astype(np.uint64)
    made = _write(table, light)
    labels = replace(made.labels, label=np.array([f"c{n % 7}" for n in light.tolist()], object))
    tables.write_annotations(split.AGREEMENT / "labels.parquet", labels)
    with pytest.raises((LeakageError, SplitError)):
        split.main()
    assert _sides() == before


def test_golden_is_frozen_and_changed_by_its_command_alone(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Freeze what was drawn; add and remove with a reason; a hand in the file is refused by the split."""
    split.main()
    golden = {frame for frame, name in _sides().items() if name == "golden"}
    call(["golden", "freeze", "--reason", "first release", "--day", "2026-11-21"])
    test = sorted(frame for frame, name in _sides().items() if name == "test")
    call(["golden", "add", test[0], "--reason", "a [/new] printer", "--day", "2026-11-22"])
    call(["golden", "remove", min(golden), "--reason", "a face", "--day", "2026-11-23"])
    _write(world(40))
    split.main()
    assert {f for f, name in _sides().items() if name == "golden"} == (golden | {test[0]}) - {min(golden)}
    assert (
        "last changed 2026-11-23 (a face)" in documents.read_value(Certificate, split.OUT / "certificate.json").judging
    )
    capsys.readouterr()
    call(["golden", "list"])
    assert len(capsys.readouterr().out.splitlines()) == 5
    call(["golden", "list", "--log"])
    assert "a [/new] printer" in capsys.readouterr().out
    path = place / "specs" / "judging" / "golden.json"
    path.write_text(path.read_text().replace("a face", "a hand"))
    with pytest.raises(SplitError, match="restore the file from version control"):
        split.main()


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (["add", "TRAIN", "--reason", "why"], "models have learnt from the others"),
        (["add", "nobody", "--reason", "why"], "nobody: names no frame"),
        (["add", "TEST", "--reason", " "], "reason: is empty"),
        (["add", "TEST"], "shows what can be typed"),
        (["freeze", "--reason", "why"], "it is frozen already"),
        (["add", "TEST", "--reason", "why", "--day", "today"], "is no day"),
        (["add", "TEST", "--reason", "why", "--set", "challenge"], "not frozen yet"),
    ],
)
def test_a_golden_frame_needs_a_place_and_a_reason(place: Path, words: list[str], fault: str) -> None:
    """And a refused change writes nothing."""
    split.main()
    call(["golden", "freeze", "--reason", "first"])
    written = (place / "specs" / "judging" / "golden.json").read_bytes()
    some = {name.upper(): frame for frame, name in _sides().items()}
    with pytest.raises(DetectionError, match=fault):
        call(["golden", *(some.get(word, word) for word in words)])
    assert (place / "specs" / "judging" / "golden.json").read_bytes() == written
    assert not (place / "specs" / "judging" / "challenge.json").exists()


def _run_preset(name: str, data: Path, folder: Path) -> Certificate:
    preset = ROOT / "specs" / "examples" / name
    params = yaml.safe_load((preset / "params.yaml").read_text().replace("DATA/", f"{data}/"))
    (folder / "params.yaml").write_text(yaml.safe_dump(params))
    (folder / "specs").mkdir()
    (folder / "specs" / "spec.yaml").write_bytes((preset / "spec.yaml").read_bytes())
    assert [status_of(stage.main) for stage in (collect, validate, agreement, split)] == [0, 0, 0, 0]
    return documents.read_value(Certificate, Path("data/split/certificate.json"))


@pytest.mark.real_data
def test_a_public_split_is_taken_as_published(
    real_data: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """205, 87 and 72 images, so that figures compare with published ones."""
    monkeypatch.chdir(tmp_path)
    certificate = _run_preset("bccd", real_data("bccd"), tmp_path)
    assert [(s.set, s.frames) for s in certificate.sets[:3]] == [("train", 205), ("val", 87), ("test", 72)]
    assert (certificate.official, certificate.crossings, certificate.unplaced_frames) == (True, 0, 0)
    assert json.loads(Path("data/split/classes.json").read_text()) == ["rbc", "wbc", "platelets"]


@pytest.mark.real_data
def test_rides_are_split_by_time_so_that_no_neighbours_part(
    real_data: Callable[[str], Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As shipped, most valid frames have a train frame of the same ride within a second; ours have none within ten."""
    monkeypatch.chdir(tmp_path)
    certificate = _run_preset("plates", real_data("plates"), tmp_path)
    assert (certificate.groups, certificate.crossings) == (54, 0)
    table = tables.read_frames(Path("data/validate/frames.parquet"))
    second = table.captured_at.astype("datetime64[s]").astype(int)
    shipped = np.array([name.startswith("valid/") for name in table.name])
    near = [
        bool(np.any((table.camera == table.camera[i]) & ~shipped & (np.abs(second - second[i]) <= 1)))
        for i in np.flatnonzero(shipped)
    ]
    assert np.mean(near) > 0.5
