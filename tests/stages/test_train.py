"""The stage around the training: its figures, its files, and nothing half written."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path
from types import FrameType

import pytest
from pydantic import ValidationError
from ruamel.yaml import YAML

from detection.errors import DetectionError, TrainingError
from detection.outside import documents, files
from detection.outside.dataset import Dataset
from detection.outside.ultralytics import weights as weights_file
from detection.stages import train
from detection.stages.train import Params, Training
from tests import examples_dataset
from tests.examples_models import CLASSES
from tests.examples_weights import untrained

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
SMALL = {"epochs": 1, "size": 64, "batch": 8, "nominal_batch": 8, "threads": 1}


def section(**changes: object) -> dict[str, object]:
    """The section of the checkout's params.yaml, made small."""
    found: dict[str, object] = YAML(typ="safe").load(ROOT / "params.yaml")["train"]
    return found | SMALL | changes


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which the stage can run."""
    examples_dataset.write(tmp_path / "data", {"train": 8, "val": 4})
    files.write_json(tmp_path / "data" / "split" / "classes.json", list(CLASSES))
    YAML().dump({"train": section()}, tmp_path / "params.yaml")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_files_belong_together(here: Path) -> None:
    train.main()
    written = documents.read_value(Training, Path("data/train/training.json"))
    weights = weights_file.read(Path("data/train/weights.pt"))
    assert written.tensors_sha256 == weights_file.digest(weights.tensors)
    assert (written.classes, weights.classes, weights.size) == (CLASSES, CLASSES, 64)
    assert (written.train_frames, written.val_frames) == (8, 4)
    lines = Path("data/train/history.csv").read_text().splitlines()
    assert lines[0] == "epoch,box_loss,cls_loss,dfl_loss,val_ap50,val_ap50_95"
    assert len(lines) == 2


def test_a_second_run_writes_the_same_bytes(here: Path) -> None:
    train.main()
    shutil.move("data/train", "first")
    train.main()
    for name in ("weights.pt", "history.csv", "training.json"):
        assert (here / "first" / name).read_bytes() == (here / "data" / "train" / name).read_bytes(), name


def test_ctrl_c_leaves_the_old_output_whole(here: Path) -> None:
    """Stopped in the middle of a long training: what a former run left is untouched, nothing else is there."""
    YAML().dump({"train": section(epochs=100_000)}, here / "params.yaml")
    files.write_text(here / "data" / "train" / "training.json", "old")

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.alarm(4)
    try:
        with pytest.raises(KeyboardInterrupt):
            train.main()
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
    assert [path.name for path in (here / "data" / "train").iterdir()] == ["training.json"]
    assert (here / "data" / "train" / "training.json").read_text() == "old"


def test_a_full_disk_is_one_line_and_no_half_file(
    here: Path, small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(train, "OUT", small_disk / "train")
    with pytest.raises(DetectionError, match="free space"):
        train.main()
    assert not (small_disk / "train" / "weights.pt").exists()
    assert not list((small_disk / "train").glob(".*.part"))


def test_pretrained_weights_are_begun_from(here: Path) -> None:
    path = here / "begin.pt"
    weights_file.write(path, untrained(seed=3))
    params = Params.model_validate(section(pretrained={"path": str(path), "sha256": files.sha256(path)}))
    scratch = Params.model_validate(section())
    begun, fresh = (train.run(p, Dataset.open(), CLASSES).report.tensors_sha256 for p in (params, scratch))
    assert begun != fresh


def test_a_path_without_a_digest_is_refused(here: Path) -> None:
    params = Params.model_validate(section(pretrained={"path": "begin.pt", "sha256": None}))
    with pytest.raises(TrainingError, match="sha256sum"):
        train.run(params, Dataset.open(), CLASSES)


@pytest.mark.parametrize(
    "change",
    [{"size": 100}, {"epochs": 0}, {"learning_rate": -1.0}, {"mosaic": 1.5}, {"model": "../x.yaml"}, {"speed": 1}],
    ids=["size not of 32", "no epoch", "negative rate", "share above one", "path as model", "unknown key"],
)
def test_a_number_without_sense_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Params.model_validate(section(**change))
