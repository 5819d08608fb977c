"""Any change of what judges shows; no change of what does not."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from detection.outside.dataset import Dataset
from detection.rules.judging.sets import changed, digests
from detection.rules.labels.samples import Annotations
from tests import examples_dataset


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    root = tmp_path_factory.mktemp("data")
    return Dataset.open(examples_dataset.write(root, {"train": 4, "val": 4, "test": 8, "golden": 8}))


def of(dataset: Dataset, labels: Annotations | None = None) -> dict[str, str]:
    return digests(dataset.frames, dataset.labels if labels is None else labels, dataset.split_of)


def first_of(dataset: Dataset, name: str) -> int:
    """Row of the first label in a set."""
    ids = dataset.frames.id[dataset.split_of == name]
    return int(np.flatnonzero(np.isin(dataset.labels.frame, ids))[0])


def moved(labels: Annotations, row: int) -> Annotations:
    corners = labels.corners.copy()
    corners[row, 0] += 0.5
    return replace(labels, corners=corners)


def renamed(labels: Annotations, row: int) -> Annotations:
    label = labels.label.copy()
    label[row] = "other"
    return replace(labels, label=label)


def removed(labels: Annotations, row: int) -> Annotations:
    return labels.take(np.delete(np.arange(len(labels)), row))


def doubled(labels: Annotations, row: int) -> Annotations:
    return labels.take(np.append(np.arange(len(labels)), row))


CHANGES = [moved, renamed, removed, doubled]


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_label_changes_its_set_and_no_other(
    dataset: Dataset, change: Callable[[Annotations, int], Annotations]
) -> None:
    before = of(dataset)
    after = of(dataset, change(dataset.labels, first_of(dataset, "golden")))
    assert changed(before, after) == ["golden"]


@pytest.mark.parametrize("change", CHANGES)
def test_what_does_not_judge_has_no_say(dataset: Dataset, change: Callable[[Annotations, int], Annotations]) -> None:
    assert of(dataset, change(dataset.labels, first_of(dataset, "train"))) == of(dataset)


def test_the_order_of_rows_has_no_say(dataset: Dataset) -> None:
    mixed = np.random.default_rng(0).permutation(len(dataset.labels))
    backwards = np.arange(len(dataset))[::-1]
    again = digests(dataset.frames.take(backwards), dataset.labels.take(mixed), dataset.split_of[backwards])
    assert again == of(dataset)


def test_a_frame_that_changes_its_set_changes_both(dataset: Dataset) -> None:
    split_of = dataset.split_of.copy()
    split_of[np.flatnonzero(split_of == "test")[0]] = "golden"
    after = digests(dataset.frames, dataset.labels, split_of)
    assert changed(of(dataset), after) == ["golden", "test"]


def test_a_set_without_frames_has_no_digest_and_its_coming_is_a_change(dataset: Dataset) -> None:
    before = of(dataset)
    assert sorted(before) == ["golden", "test"]
    assert changed(before, before | {"challenge": "0" * 64}) == ["challenge"]


def test_the_digest_stays_the_same_for_good(tmp_path: Path) -> None:
    """Thresholds of last year are checked against it: another spelling would refuse them all."""
    made = Dataset.open(examples_dataset.write(tmp_path, {"golden": 2}))
    fixed = replace(made.frames, id=np.array(["a", "b"], object))
    labels = Annotations(
        frame=np.array(["b", "a"], object), annotator=np.full(2, "x", object), guideline=np.full(2, "1", object),
        label=np.array(["box", "tube"], object), corners=np.array([[0, 1, 2.5, 3], [4, 5, 6, 7.25]], np.float32),
        occluded=np.zeros(2, bool), truncated=np.zeros(2, bool), verified=np.ones(2, bool),
        crowd=np.array([False, True]),
    )  # fmt: skip
    spelled = "a\nb\n\na tube 4.00 5.00 6.00 7.25 1\nb box 0.00 1.00 2.50 3.00 0"
    assert digests(fixed, labels, np.full(2, "golden", object)) == {
        "golden": hashlib.sha256(spelled.encode()).hexdigest()
    }
