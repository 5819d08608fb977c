"""A lesson of the new frames and some of the old ones, really trained; the challenger's own sets stay whole."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from ruamel.yaml import YAML

from detection.outside import documents, files, tables
from detection.outside.faults.scratch import Scratch
from detection.outside.story import teaching
from detection.rules.field.story.plan import Rehearsal
from detection.stages.train import Training
from tests import examples_dataset
from tests.examples_models import CLASSES

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3]
SMALL = {"epochs": 1, "size": 64, "batch": 4, "nominal_batch": 4, "threads": 1}
OLD, NEW, VAL, SEEN_AGAIN = 12, 4, 4, 4


@pytest.fixture
def place(tmp_path: Path) -> Scratch:
    """A challenger's workspace after ``split``, and the split that taught its champion: without the newest frames."""
    found = Scratch(tmp_path / "challenger")
    examples_dataset.write(found.data, {"train": OLD + NEW, "val": VAL})
    files.write_json(found.data / teaching.CLASSES, list(CLASSES))
    params = YAML(typ="safe").load(ROOT / "params.yaml")["train"]
    YAML().dump({"train": params | SMALL}, found.folder / "params.yaml")
    now = tables.read_columns(found.data / teaching.SPLITS)
    before = {name: np.concatenate([column[:OLD], column[-VAL:]]) for name, column in now.items()}
    tables.write_columns(found.folder / "champion" / teaching.SPLITS, before)
    return found


def test_all_that_is_new_is_taught_and_a_part_of_what_is_known(place: Scratch) -> None:
    before = {path: path.read_bytes() for path in sorted(place.data.rglob("*")) if path.is_file()}
    said = teaching.train(place, place.folder / "champion", Rehearsal(frames=SEEN_AGAIN, balance_by="lighting"))
    assert not said
    told = documents.read_value(Training, place.data / "train" / "training.json")
    assert (told.train_frames, told.val_frames) == (NEW + SEEN_AGAIN, VAL)
    whole = tables.read_columns(place.data / teaching.SPLITS)
    lesson = tables.read_columns(place.folder / teaching.LESSON / "data" / teaching.SPLITS)
    assert set(whole["frame"][OLD : OLD + NEW]) < set(lesson["frame"])
    assert {path: path.read_bytes() for path in before} == before


def test_what_the_stage_refuses_is_said_and_nothing_comes_home(place: Scratch) -> None:
    YAML().dump({"train": {}}, place.folder / "params.yaml")
    said = teaching.train(place, place.folder / "champion", Rehearsal(frames=SEEN_AGAIN, balance_by="lighting"))
    assert "params.yaml" in said
    assert not (place.data / "train").exists()
