"""Leaks: exactly what is said stands on two sides, by the tables and by the lists."""

from __future__ import annotations

import numpy as np

from detection.outside import files, tables
from detection.outside.dataset import Dataset
from detection.outside.faults import leaks
from detection.outside.faults.scratch import Scratch


def groups_of_one(place: Scratch) -> None:
    path = place.data / "split" / "splits.parquet"
    splits = tables.read_columns(path)
    tables.write_columns(path, splits | {"group": splits["frame"]})


def measure(place: Scratch) -> None:
    """Write as much of the statistics as a leak touches."""
    frame = np.sort(Dataset.open(place.data).frames.id)
    hashes = np.arange(len(frame), dtype=np.uint64)
    tables.write_columns(place.data / "validate" / "images.parquet", {"frame": frame, "hash": hashes})


def test_a_torn_group_stands_on_two_sides(place: Scratch) -> None:
    planted = leaks.leak(place)
    splits = tables.read_columns(place.data / "split" / "splits.parquet")
    sides_of = {group: set(splits["split"][splits["group"] == group]) for group in set(splits["group"])}
    torn = [group for group, sides in sides_of.items() if len(sides) > 1]
    assert len(torn) == 1
    assert "train" in sides_of[torn[0]]
    assert planted.told == "2 frames of 1 of 4 judging groups stand in train"


def test_groups_of_one_frame_leak_by_copies(place: Scratch) -> None:
    """Other bytes, the same labels, a picture that differs in one bit."""
    groups_of_one(place)
    measure(place)
    before = Dataset.open(place.data)
    assert leaks.leak(place).told == "copies of 2 of 16 frames that judge, saved anew, stand in train"
    after = Dataset.open(place.data)
    new = np.flatnonzero(~np.isin(after.frames.id, before.frames.id))
    assert len(new) == 2
    hashes = tables.read_columns(place.data / "validate" / "images.parquet")
    hash_of = dict(zip(hashes["frame"].tolist(), hashes["hash"].tolist(), strict=True))
    for row in new.tolist():
        (old,) = np.flatnonzero(before.frames.name == str(after.frames.name[row]).removeprefix("copy of "))
        assert after.split_of[row] == "train"
        assert before.split_of[old] in ("golden", "test")
        assert np.array_equal(after.labels_of(row).corners, before.labels_of(int(old)).corners)
        assert hash_of[after.frames.id[row]] ^ hash_of[before.frames.id[old]] == 1


def test_a_split_that_was_brought_leaks_by_its_lists(place: Scratch) -> None:
    place.set_params("split", lists="official")
    leaks.leak(place)
    folder = place.folder / "lists"
    assert place.params("split")["lists"] == str(folder)
    lengths = {side: len(files.read_lines(folder / f"{side}.txt")) for side in ("train", "val", "test")}
    assert lengths == {"train": 18, "val": 8, "test": 14}


def test_where_nothing_judges_nothing_can_leak(place: Scratch) -> None:
    path = place.data / "split" / "splits.parquet"
    splits = tables.read_columns(path)
    kept = np.isin(splits["split"].astype(str), ("train", "val"))
    tables.write_columns(path, {name: column[kept] for name, column in splits.items()})
    assert leaks.leak(place).obstacle == "no frame judges"
