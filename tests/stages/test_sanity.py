"""Can the model learn a handful of frames by heart? If not, say what to look at."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from detection.errors import TrainingError
from detection.outside import tables
from detection.outside.dataset import Dataset
from detection.rules.spec.detector import Sanity
from detection.stages import sanity
from detection.stages.sanity import Params
from tests import examples_dataset
from tests.examples_models import CLASSES, SIZE


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return Dataset.open(examples_dataset.write(tmp_path_factory.mktemp("sanity") / "data", {"train": 12, "val": 4}))


def params(**changes: object) -> Params:
    small: dict[str, object] = {
        "model": "yolov8n.yaml", "frames": 4, "epochs": 1, "size": SIZE, "batch": 2, "learning_rate": 0.004, "seed": 0,
        "threads": 1,
    }  # fmt: skip
    return Params.model_validate(small | changes)


def test_the_frames_are_train_frames_that_show_every_class(dataset: Dataset) -> None:
    rows = sanity.fullest(dataset, 4, CLASSES)
    assert set(rows.tolist()) <= set(dataset.chosen("train").tolist())
    assert len(set(rows.tolist())) == 4
    assert {str(label) for row in rows.tolist() for label in dataset.labels_of(row).label} == set(CLASSES)


def test_a_rare_class_is_not_crowded_out(dataset: Dataset) -> None:
    """The fullest frames alone may show one class many times and another never."""
    rows = dataset.chosen("train")
    by_count = rows[np.argsort([-len(dataset.labels_of(row)) for row in rows.tolist()], kind="stable")[:3]]
    assert _rarest(dataset, sanity.fullest(dataset, 3, CLASSES)) >= _rarest(dataset, by_count) >= 0


def test_more_frames_than_there_are_is_all_of_them(dataset: Dataset) -> None:
    np.testing.assert_array_equal(sanity.fullest(dataset, 99, CLASSES), dataset.chosen("train"))


def test_what_cannot_be_learnt_stops_with_advice(dataset: Dataset) -> None:
    """One pass over four frames teaches nothing."""
    with pytest.raises(TrainingError, match="by heart") as caught:
        sanity.run(params(), Sanity(ap50_minimum=0.95), dataset, CLASSES)
    advice = "\n".join(caught.value.faults)
    assert all(word in advice for word in ("labels", "sanity.size", "sanity.learning_rate", "sanity.epochs"))


def test_what_was_found_is_said_with_its_bound(dataset: Dataset) -> None:
    found = sanity.run(params(), Sanity(ap50_minimum=0.0), dataset, CLASSES)
    assert (found.frames, found.epochs, found.minimum) == (4, 1, 0.0)
    assert found.boxes > 0


def test_frames_without_boxes_are_refused(dataset: Dataset, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="no train frame"):
        sanity.run(params(), Sanity(ap50_minimum=0.0), _bare(tmp_path), CLASSES)


def _rarest(dataset: Dataset, rows: NDArray[np.int64]) -> int:
    labels = np.concatenate([dataset.labels_of(row).label for row in rows.tolist()])
    return min(int(np.count_nonzero(labels == name)) for name in CLASSES)


def _bare(root: Path) -> Dataset:
    examples_dataset.write(root / "data", {"train": 4})
    labels = tables.read_annotations(root / "data" / "agreement" / "labels.parquet")
    tables.write_annotations(root / "data" / "agreement" / "labels.parquet", labels.take(np.zeros(len(labels), bool)))
    return Dataset.open(root / "data")
