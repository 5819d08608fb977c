"""Split: certified or refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import yaml

from detection.errors import DocumentError, SplitError
from detection.outside import documents, tables
from detection.outside.exits import status_of
from detection.rules.labels.samples import Assignments, Frames
from detection.rules.labels.splits.certificate import Certificate
from detection.rules.spec.labels import JudgingFrames, MinimumGroups, Split
from detection.stages import agreement, collect, split, validate
from detection.stages.split import Material, Params
from tests.examples_labels import frames, stored

ROOT = Path(__file__).parents[2]
NONE = JudgingFrames(frames=0, where={}, balance_by=None, verified_only=False)
PARAMS = Params(salt="1", train=0.6, val=0.15, test=0.25, lists=None)


def _rule(train: int = 1, val: int = 1, test: int = 1) -> Split:
    least = MinimumGroups(train=train, val=val, test=test)
    return Split(
        keys=["camera", "scene"],
        time_window_s=None,
        near_duplicate_bits=None,
        attack_advantage_maximum=None,
        minimum_groups=least,
        golden=NONE,
        challenge=NONE,
    )


def _material(cameras: int, per_camera: int = 3) -> Material:
    names = [(f"{c}-{n}", f"cam-{c:02d}") for c in range(cameras) for n in range(per_camera)]
    return _with_all_labelled(frames([stored(n, camera, f"{camera}-s") for n, camera in names]))


def _with_all_labelled(table: Frames, duplicates: Frames | None = None) -> Material:
    nobody = np.zeros(len(table), bool)
    none = table.take(np.zeros(0, np.int64)) if duplicates is None else duplicates
    return Material(table, none, Assignments(table.id, table.name, table.name, nobody))


def test_every_labelled_frame_is_placed_with_its_camera() -> None:
    """And the certificate's counts are the table's."""
    placed = split.run(PARAMS, _rule(), _material(20), None)
    certificate = placed.certificate
    assert (len(placed.frame), certificate.crossings, certificate.groups) == (60, 0, 20)
    assert {s.set: s.frames for s in certificate.sets} == {
        "train": 36,
        "val": 9,
        "test": 15,
        "golden": 0,
        "challenge": 0,
    }
    assert certificate.groups_of_side == {"train": 12, "val": 3, "judging": 5}


def test_frames_that_nobody_labelled_are_left_out() -> None:
    """They would be learnt as empty."""
    material = _material(20)
    half = Material(material.frames, material.duplicates, material.labelled.take(np.arange(0, 60, 2)))
    assert len(split.run(PARAMS, _rule(), half, None).frame) == 30


def test_too_few_groups_are_refused() -> None:
    """Three cameras cannot stand on three sides twice over."""
    with pytest.raises(SplitError, match="no honest split of 3 group"):
        split.run(PARAMS, _rule(2, 2, 2), _material(3), None)


def test_an_official_split_is_audited_and_its_crossings_are_counted() -> None:
    """Camera 0 is cut in two by the lists; the frames stay where the lists say."""
    material = _material(3)
    lists = {"train": ["0-0", "0-1"], "val": ["1-0", "1-1"], "test": ["0-2", "2-0"]}
    placed = split.run(PARAMS, _rule(), material, lists)
    assert (placed.certificate.official, placed.certificate.unplaced_frames) == (True, 3)
    assert placed.certificate.crossing_examples == (
        "camera 'cam-00' stands in judging and train",
        "scene 'cam-00-s' stands in judging and train",
    )
    assert len(placed.frame) == 6


def test_an_image_listed_twice_under_two_names_is_a_crossing() -> None:
    """The very bytes stand in train and in test of a split that somebody published."""
    table = frames([stored("a", "1", "1"), stored("b", "2", "2"), stored("c", "3", "3")])
    copy = frames([stored("a", "1", "1")])
    renamed = Frames(**{n: getattr(copy, n) for n in Frames.__slots__} | {"name": np.array(["copy"], object)})
    lists = {"train": ["a"], "val": ["b"], "test": ["c", "copy"]}
    placed = split.run(PARAMS, _rule(), _with_all_labelled(table, renamed), lists)
    assert placed.certificate.crossings == 3
    assert len(placed.frame) == 3


@pytest.mark.parametrize(
    ("section", "words"),
    [
        pytest.param({"train": 0.7}, "sum to 1.1", id="sum"),
        pytest.param({"train": 60, "val": 15, "test": 25}, "less than 1", id="percent"),
        pytest.param({"seed": 3}, "split.seed: unknown key", id="unknown key"),
    ],
)
def test_faults_of_params_are_told(tmp_path: Path, section: dict[str, object], words: str) -> None:
    """Shares, not percent."""
    known = {"salt": "1", "train": 0.6, "val": 0.15, "test": 0.25, "lists": None}
    (tmp_path / "params.yaml").write_text(yaml.safe_dump({"split": known | section}))
    with pytest.raises(DocumentError, match=words):
        documents.read_document(Params, tmp_path / "params.yaml", section="split")


def _run_preset(name: str, data: Path, folder: Path) -> Certificate:
    preset = ROOT / "specs" / "examples" / name
    params = yaml.safe_load((preset / "params.yaml").read_text().replace("DATA/", f"{data}/"))
    params["collect"]["path"] = str(data)
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
