"""A workspace to plant faults in: a data set of coloured patches, the model that knows them, the default spec."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from detection.outside.faults.scratch import Scratch, scratch
from tests import examples_dataset

ROOT = Path(__file__).resolve().parents[3]
FRAMES = {"train": 16, "val": 8, "test": 8, "golden": 8}


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Only read: faults are planted in copies of it."""
    folder = tmp_path_factory.mktemp("workspace")
    root = examples_dataset.write(folder / "data", FRAMES)
    examples_dataset.write_model(root)
    (root / "train").mkdir()
    (root / "profile").mkdir()
    shutil.copytree(ROOT / "specs", folder / "specs")
    shutil.copyfile(ROOT / "params.yaml", folder / "params.yaml")
    return folder


@pytest.fixture
def place(workspace: Path) -> Iterator[Scratch]:
    """A copy of the workspace."""
    with scratch(workspace) as made:
        yield made
