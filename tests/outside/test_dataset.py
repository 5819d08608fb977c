"""The data set as later stages see it: rows, labels and images belong together."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from detection.errors import DocumentError, SourceError
from detection.outside import tables
from detection.outside.dataset import Dataset
from detection.outside.shards import ShardWriter
from detection.rules.labels.agreement.settling.consensus import agree
from detection.rules.labels.intake import arrivals
from detection.rules.labels.intake.arrivals import Stored, strings
from tests import examples_dataset
from tests.examples_labels import COMMON, arrival, said

BOX = ("box", 1.0, 1.0, 9.0, 9.0)
SPLITS = ("train", "val", "golden")


def _stored(folder: Path) -> list[Stored]:
    rows = []
    with ShardWriter(folder / "collect" / "shards", 4000) as shards:
        for n in range(5):
            came = arrival(f"{n}.jpg", said("ann-1", *[BOX] * n), said("verified", *[BOX] * n, verified=True), grey=n)
            answers = came.answers if n == 4 else came.answers[:1]
            digest = hashlib.sha256(came.content).hexdigest()
            place = shards.add(digest, "jpg", came.content)
            rows.append(
                Stored(digest, came.name, place.shard, place.offset, place.length, 64, 48, came.context, answers)
            )
    return rows


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Five collected frames, frame ``n`` with ``n`` boxes; all but frame 0 are in the split, in reverse order."""
    made = arrivals.tables(_stored(tmp_path), COMMON)
    agreed = agree(made.boxes, made.assignments, 0.5)
    tables.write_frames(tmp_path / "validate" / "frames.parquet", made.frames)
    tables.write_annotations(tmp_path / "agreement" / "labels.parquet", agreed.labels)
    tables.write_assignments(tmp_path / "agreement" / "labelled.parquet", agreed.labelled)
    rows = [row for row in range(5) if made.frames.name[row] != "0.jpg"][::-1]
    split_of = strings([("train", "val", "golden", "train")[int(made.frames.name[row][0]) - 1] for row in rows])
    columns = {"frame": made.frames.id[rows], "split": split_of, "group": made.frames.name[rows]}
    tables.write_columns(tmp_path / "split" / "splits.parquet", columns)
    return tmp_path


def test_every_frame_has_its_own_labels_split_and_image(root: Path) -> None:
    """Tables of four stages meet here: a slip of one row would train on foreign labels."""
    dataset = Dataset.open(root)
    assert len(dataset) == 4
    for row in range(4):
        number = int(str(dataset.frames.name[row])[0])
        assert len(dataset.labels_of(row)) == number
        assert set(dataset.labels_of(row).frame) <= {dataset.frames.id[row]}
        assert dataset.split_of[row] == ("train", "val", "golden", "train")[number - 1]
        assert dataset.group_of[row] == f"{number}.jpg"
        assert bool(dataset.verified[row]) == (number == 4)
        assert hashlib.sha256(dataset.image(row)).hexdigest() == dataset.frames.id[row]


def test_chosen_rows_are_those_of_the_sets_asked_for(root: Path) -> None:
    """Ascending, and empty for a set that does not exist here."""
    dataset = Dataset.open(root)
    assert [dataset.split_of[row] for row in dataset.chosen("val", "golden")].count("val") == 1
    assert len(dataset.chosen("train", "val", "golden")) == 4
    assert np.all(np.diff(dataset.chosen("train")) > 0)
    assert len(dataset.chosen("challenge")) == 0


def test_a_damaged_shard_is_found_at_the_first_image(root: Path) -> None:
    """DVC restores damaged files without a word."""
    dataset = Dataset.open(root)
    for shard in (root / "collect" / "shards").iterdir():
        shard.write_bytes(bytes(shard.stat().st_size))
    with pytest.raises(SourceError, match="restore it, or run stage collect again"):
        dataset.image(0)


def test_a_frame_without_pixels_is_told_apart_from_a_damaged_one(root: Path) -> None:
    """Labels alone can be agreed upon and split, and not learnt from."""
    dataset = Dataset.open(root)
    bare = replace(dataset, frames=replace(dataset.frames, length=np.zeros(len(dataset), np.int64)))
    with pytest.raises(SourceError, match="only its labels were delivered"):
        bare.image(0)


def test_a_split_of_frames_that_are_gone_is_our_error(root: Path) -> None:
    """Stages run out of order by hand leave such tables; another frame must not take the place."""
    columns = tables.read_columns(root / "split" / "splits.parquet")
    columns["frame"][0] = "f" * 64
    tables.write_columns(root / "split" / "splits.parquet", columns)
    with pytest.raises(DocumentError, match="run `dvc repro` again"):
        Dataset.open(root)


def test_a_missing_table_is_our_error(tmp_path: Path) -> None:
    """A stage may be asked for before its predecessors."""
    with pytest.raises(DocumentError, match="run `dvc repro` again"):
        Dataset.open(tmp_path)


def test_without_a_golden_set_the_test_frames_are_the_exam(tmp_path: Path) -> None:
    """Public data has no golden set; a device made from it must be able to test itself all the same."""
    with_golden = Dataset.open(examples_dataset.write(tmp_path / "a", {"golden": 3, "test": 2, "train": 2}))
    without = Dataset.open(examples_dataset.write(tmp_path / "b", {"test": 2, "train": 2}))
    assert set(with_golden.split_of[with_golden.exam()]) == {"golden"}
    assert list(without.exam()) == list(without.chosen("test"))
