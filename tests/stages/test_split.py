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
